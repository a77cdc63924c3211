"""Shares: with whom, accepted or not, and what they let others do."""

from __future__ import annotations

import pytest

from tests.conftest import Terminal
from tests.services.iam.test_enforcement import allow, denied, user

OTHER = "444455556666"
PARAMETER = "arn:aws:ssm:us-east-1:123456789012:parameter/config"


@pytest.fixture
def other(aws: Terminal) -> Terminal:
    return aws.with_env(AWS_ACCESS_KEY_ID=OTHER, AWS_SECRET_ACCESS_KEY="x")


def test_a_share_counts_when_it_is_accepted(aws: Terminal, other: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    create = f"ram create-resource-share --name config --resource-arns {PARAMETER} --principals {OTHER}"
    share = aws(f"{create} --query resourceShare.resourceShareArn").json
    associations = f"ram get-resource-share-associations --association-type PRINCIPAL --resource-share-arns {share}"
    assert aws(f"{associations} --query resourceShareAssociations[].status").json == ["ASSOCIATING"]
    assert other("ram list-resources --resource-owner OTHER-ACCOUNTS").json == {"resources": []}
    invitations = other("ram get-resource-share-invitations --query resourceShareInvitations").json
    assert [each["senderAccountId"] for each in invitations] == ["123456789012"]
    eve = user(other, "eve", allow("ssm:*"))
    monkeypatch.setenv("FAKEAWS_ENFORCE", "1")
    assert "no resource-based policy allows" in denied(eve, f"ssm get-parameter --name {PARAMETER}")
    accept = "ram accept-resource-share-invitation --resource-share-invitation-arn"
    arn = invitations[0]["resourceShareInvitationArn"]
    other(f"{accept} {arn}")
    other.refused(f"{accept} {arn}", "ResourceShareInvitationAlreadyAcceptedException")
    assert "ParameterNotFound" in eve(f"ssm get-parameter --name {PARAMETER}", code=254).stderr
    denied(eve, f"ssm delete-parameter --name {PARAMETER}")
    [resource] = other("ram list-resources --resource-owner OTHER-ACCOUNTS --query resources").json
    assert (resource["arn"], resource["type"]) == (PARAMETER, "ssm:Parameter")
    aws(f"ram disassociate-resource-share --resource-share-arn {share} --principals {OTHER}")
    denied(eve, f"ssm get-parameter --name {PARAMETER}")


def test_members_of_the_organization_need_not_accept(aws: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    organization = aws("organizations create-organization --query Organization").json
    aws("organizations create-account --email a@example.com --account-name a")
    account = aws("organizations list-accounts", Query="Accounts[?Name=='a'].Id|[0]").json
    assert aws("ram enable-sharing-with-aws-organization").json == {"returnValue": True}
    aws(f"ram create-resource-share --name all --resource-arns {PARAMETER} --principals {organization['Arn']}")
    member = aws.with_env(AWS_ACCESS_KEY_ID=account, AWS_SECRET_ACCESS_KEY="x")
    assert len(member("ram get-resource-shares --resource-owner OTHER-ACCOUNTS").json["resourceShares"]) == 1
    eve = user(member, "eve", allow("ssm:*"))
    monkeypatch.setenv("FAKEAWS_ENFORCE", "1")
    assert "ParameterNotFound" in eve(f"ssm get-parameter --name {PARAMETER}", code=254).stderr


REFUSED = [
    ("--resource-arns nothing", "MalformedArnException"),
    ("--resource-arns arn:aws:ssm:us-east-1:444455556666:parameter/x", "OperationNotPermittedException"),
    ("--resource-arns arn:aws:sqs:us-east-1:123456789012:jobs", "InvalidParameterException"),
    ("--principals 12", "InvalidParameterException"),
    ("--principals 444455556666 --no-allow-external-principals", "OperationNotPermittedException"),
    ("--principals arn:aws:organizations::1:organization/o-1", "UnknownResourceException"),
]


@pytest.mark.parametrize(("options", "code"), REFUSED)
def test_what_cannot_be_shared(terminal: Terminal, options: str, code: str) -> None:
    terminal.refused(f"ram create-resource-share --name s {options}", code)


def test_a_share_that_is_not_there(aws: Terminal) -> None:
    arn = "arn:aws:ram:us-east-1:123456789012:resource-share/0"
    said = f"ResourceShare {arn} could not be found."
    aws.refused(f"ram delete-resource-share --resource-share-arn {arn}", "UnknownResourceException", said)
    aws.refused("ram enable-sharing-with-aws-organization", "OperationNotPermittedException")
