"""Organizations: accounts, units, and policies that hold for all of them."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Terminal

REGIONS = {
    "Sid": "Regions",
    "Effect": "Deny",
    "NotAction": ["iam:*", "organizations:*"],
    "Resource": "*",
    "Condition": {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}},
}


@pytest.fixture
def root(aws: Terminal) -> str:
    """The root of a new organization."""
    aws("organizations create-organization")
    found: str = aws("organizations list-roots --query Roots[0].Id").json
    return found


@pytest.fixture
def member(aws: Terminal, root: str) -> str:
    """A member account."""
    aws("organizations create-account --email dev@example.com --account-name dev")
    found: str = aws("""organizations list-accounts --query "Accounts[?Name=='dev'].Id | [0]" """).json
    return found


def test_an_account_without_an_organization_is_told_so(aws: Terminal) -> None:
    aws.refused(
        "organizations describe-organization",
        "AWSOrganizationsNotInUseException",
        "Your account is not a member of an organization.",
    )


def test_a_member_comes_with_a_role_for_its_manager(aws: Terminal, member: str) -> None:
    role = f"arn:aws:iam::{member}:role/OrganizationAccountAccessRole"
    keys = aws(f"sts assume-role --role-arn {role} --role-session-name ops --query Credentials").json
    there = aws.with_env(
        AWS_ACCESS_KEY_ID=keys["AccessKeyId"],
        AWS_SECRET_ACCESS_KEY=keys["SecretAccessKey"],
        AWS_SESSION_TOKEN=keys["SessionToken"],
    )
    assert there("sts get-caller-identity --query Account").json == member
    there.refused(
        "organizations list-accounts",
        "AccessDeniedException",
        "You don't have permissions to access this resource.",
    )


def test_a_control_policy_binds_members_and_not_the_manager(
    aws: Terminal, root: str, member: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws(f"organizations enable-policy-type --root-id {root} --policy-type SERVICE_CONTROL_POLICY")
    unit = aws(f"organizations create-organizational-unit --parent-id {root} --name work").json
    unit_id = unit["OrganizationalUnit"]["Id"]
    move = f"organizations move-account --account-id {member} --source-parent-id {root}"
    aws(f"{move} --destination-parent-id {unit_id}")
    content = json.dumps({"Version": "2012-10-17", "Statement": [REGIONS]})
    make = "organizations create-policy --name regions --description x --type SERVICE_CONTROL_POLICY"
    policy = aws(make, Content=content).json["Policy"]["PolicySummary"]["Id"]
    aws(f"organizations attach-policy --policy-id {policy} --target-id {unit_id}")
    monkeypatch.setenv("FAKEAWS_ENFORCE", "1")
    there = aws.with_env(AWS_ACCESS_KEY_ID=member, AWS_SECRET_ACCESS_KEY="x")
    there("sqs list-queues --region us-east-1")
    printed = there("sqs list-queues --region eu-west-1", code=254)
    assert "with an explicit deny in a service control policy" in printed.stderr
    aws("sqs list-queues --region eu-west-1")
    aws.refused(f"organizations delete-policy --policy-id {policy}", "PolicyInUseException")


def test_units_hold_accounts_until_they_are_empty(aws: Terminal, root: str, member: str) -> None:
    make = f"organizations create-organizational-unit --parent-id {root} --name work"
    unit = aws(f"{make} --query OrganizationalUnit.Id").json
    aws.refused(make, "DuplicateOrganizationalUnitException", "An OU with the same name already exists.")
    aws(f"organizations move-account --account-id {member} --source-parent-id {root} --destination-parent-id {unit}")
    assert aws(f"organizations list-parents --child-id {member} --query Parents[0].Id").json == unit
    aws.refused(
        f"organizations delete-organizational-unit --organizational-unit-id {unit}",
        "OrganizationalUnitNotEmptyException",
    )


def test_all_features_need_those_who_were_invited(aws: Terminal) -> None:
    aws("organizations create-organization --feature-set CONSOLIDATED_BILLING")
    other = aws.with_env(AWS_ACCESS_KEY_ID="444455556666", AWS_SECRET_ACCESS_KEY="x")
    invite = "organizations invite-account-to-organization --target Id=444455556666,Type=ACCOUNT"
    accept = "organizations accept-handshake --handshake-id"
    other(f"{accept} {aws(f'{invite} --query Handshake.Id').json}")
    mine = aws("organizations enable-all-features --query Handshake").json
    assert (mine["Action"], mine["State"]) == ("ENABLE_ALL_FEATURES", "REQUESTED")
    aws.refused("organizations enable-all-features", "DuplicateHandshakeException")
    aws.refused(f"{accept} {mine['Id']}", "HandshakeAlreadyInStateException")
    asked = other("organizations list-handshakes-for-account", Query="Handshakes[?State=='OPEN'].Id|[0]").json
    other(f"{accept} {asked}")
    aws(f"{accept} {mine['Id']}")
    assert aws("organizations describe-organization --query Organization.FeatureSet").json == "ALL"
    aws.refused("organizations enable-all-features", "HandshakeConstraintViolationException")
