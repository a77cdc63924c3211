"""Secrets: versions and their labels, deletion and restoration, filters, passwords."""

from __future__ import annotations

import pytest

from tests.conftest import Clock, Terminal

DELETED = "You can't perform this operation on the secret because it was marked for deletion."


@pytest.fixture
def secret(aws: Terminal) -> str:
    return str(aws("secretsmanager create-secret --name prod/db --secret-string one --query ARN").json)


def _value(aws: Terminal, options: str = "") -> str:
    return str(aws(f"secretsmanager get-secret-value --secret-id prod/db --query SecretString {options}").json)


def test_a_new_value_becomes_current_and_the_old_one_the_previous(aws: Terminal, secret: str) -> None:
    assert secret.startswith("arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-")
    for value in ("two", "three"):
        aws(f"secretsmanager put-secret-value --secret-id prod/db --secret-string {value}")
    assert (_value(aws), _value(aws, "--version-stage AWSPREVIOUS")) == ("three", "two")
    listed = aws("secretsmanager list-secret-version-ids --secret-id prod/db").json["Versions"]
    assert [version["VersionStages"] for version in listed] == [["AWSPREVIOUS"], ["AWSCURRENT"]]
    every = aws("secretsmanager list-secret-version-ids --secret-id prod/db --include-deprecated").json["Versions"]
    assert len(every) == 3


def test_a_label_moves_from_the_version_that_has_it(aws: Terminal, secret: str) -> None:
    put = "secretsmanager put-secret-value --secret-id prod/db --secret-string two --version-stages trial"
    new = aws(put).json["VersionId"]
    assert (_value(aws), _value(aws, "--version-stage trial")) == ("one", "two")
    move = f"secretsmanager update-secret-version-stage --secret-id prod/db --move-to-version-id {new}"
    aws.refused(f"{move} --version-stage AWSCURRENT", "InvalidParameterException")
    old = aws("secretsmanager get-secret-value --secret-id prod/db").json["VersionId"]
    aws(f"{move} --version-stage AWSCURRENT --remove-from-version-id {old}")
    assert (_value(aws), _value(aws, "--version-stage AWSPREVIOUS")) == ("two", "one")


def test_the_same_request_makes_one_version_and_another_value_is_refused(aws: Terminal, secret: str) -> None:
    token = "11111111-2222-4333-8444-555555555555"
    put = f"secretsmanager put-secret-value --secret-id prod/db --client-request-token {token} --secret-string"
    assert aws(f"{put} two").json == aws(f"{put} two").json
    aws.refused(f"{put} three", "ResourceExistsException")


def test_a_secret_is_named_by_its_arn_with_or_without_the_end(aws: Terminal, secret: str) -> None:
    for named in (secret, secret[:-7]):
        assert aws("secretsmanager describe-secret --query Name", SecretId=named).json == "prod/db"
    wrong = secret[:-6] + "aaaaaa"
    missing = "Secrets Manager can't find the specified secret."
    aws.refused("secretsmanager describe-secret", "ResourceNotFoundException", missing, SecretId=wrong)


def test_a_deleted_secret_keeps_its_name_until_its_last_day(aws: Terminal, secret: str, clock: Clock) -> None:
    aws("secretsmanager delete-secret --secret-id prod/db --recovery-window-in-days 7")
    aws.refused("secretsmanager get-secret-value --secret-id prod/db", "InvalidRequestException", DELETED)
    aws.refused("secretsmanager create-secret --name prod/db", "InvalidRequestException")
    assert aws("secretsmanager list-secrets").json["SecretList"] == []
    assert len(aws("secretsmanager list-secrets --include-planned-deletion").json["SecretList"]) == 1
    aws("secretsmanager restore-secret --secret-id prod/db")
    assert _value(aws) == "one"
    aws("secretsmanager delete-secret --secret-id prod/db --recovery-window-in-days 7")
    clock.advance(7 * 86400)
    aws.refused("secretsmanager get-secret-value --secret-id prod/db", "ResourceNotFoundException")
    aws("secretsmanager create-secret --name prod/db")


def test_a_forced_deletion_is_at_once_and_never_refused(aws: Terminal, secret: str) -> None:
    force = "secretsmanager delete-secret --force-delete-without-recovery --secret-id"
    aws.refused(f"{force} prod/db --recovery-window-in-days 7", "InvalidParameterException")
    for name in ("prod/db", "nobody"):
        assert aws(f"{force} {name} --query Name").json == name
    aws.refused("secretsmanager describe-secret --secret-id prod/db", "ResourceNotFoundException")


def test_a_secret_without_a_value_and_one_with_bytes(aws: Terminal) -> None:
    aws("secretsmanager create-secret --name empty")
    aws.refused(
        "secretsmanager get-secret-value --secret-id empty",
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    )
    aws("secretsmanager create-secret --name bytes --secret-binary AAEC")
    assert aws("secretsmanager get-secret-value --secret-id bytes --query SecretBinary").json == "AAEC"
    aws.refused("secretsmanager create-secret --name bytes", "ResourceExistsException")
    aws.refused("secretsmanager create-secret --name a:b", "ValidationException")


def test_filters_look_at_beginnings(aws: Terminal, secret: str) -> None:
    aws("secretsmanager create-secret --name test/db --tags Key=team,Value=blue")

    def names(key: str, *values: str) -> list[str]:
        found = aws(f"secretsmanager list-secrets --filters Key={key},Values={','.join(values)}").json["SecretList"]
        return [one["Name"] for one in found]

    assert names("name", "prod") == ["prod/db"]
    assert names("name", "'!prod'") == ["test/db"]
    assert names("tag-value", "bl") == ["test/db"]
    assert names("all", "DB") == ["prod/db", "test/db"]


def test_several_values_come_together_with_what_failed(aws: Terminal, secret: str) -> None:
    found = aws("secretsmanager batch-get-secret-value --secret-id-list prod/db nobody").json
    assert [value["SecretString"] for value in found["SecretValues"]] == ["one"]
    assert found["Errors"][0]["ErrorCode"] == "ResourceNotFoundException"


def test_nothing_rotates_without_a_function(aws: Terminal, secret: str) -> None:
    text = "No Lambda rotation function ARN is associated with this secret."
    aws.refused("secretsmanager rotate-secret --secret-id prod/db", "InvalidRequestException", text)


def test_a_policy_and_tags_come_and_go(aws: Terminal, secret: str) -> None:
    policy = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}'
    put = "secretsmanager put-resource-policy --secret-id prod/db"
    aws.refused(f"{put} --block-public-policy", "PublicPolicyException", ResourcePolicy=policy)
    aws(put, ResourcePolicy=policy)
    assert aws("secretsmanager get-resource-policy --secret-id prod/db").json["ResourcePolicy"] == policy
    aws("secretsmanager delete-resource-policy --secret-id prod/db")
    assert "ResourcePolicy" not in aws("secretsmanager get-resource-policy --secret-id prod/db").json
    aws("secretsmanager tag-resource --secret-id prod/db --tags Key=a,Value=1 Key=b,Value=2")
    aws("secretsmanager untag-resource --secret-id prod/db --tag-keys a")
    assert aws("secretsmanager describe-secret --secret-id prod/db").json["Tags"] == [{"Key": "b", "Value": "2"}]


def test_a_password_has_some_of_each_kind_that_is_not_left_out(aws: Terminal) -> None:
    made = aws("secretsmanager get-random-password --password-length 4 --query RandomPassword").json
    assert any(c.islower() for c in made)
    assert any(c.isupper() for c in made)
    assert any(c.isdigit() for c in made)
    plain = "secretsmanager get-random-password --exclude-punctuation --exclude-numbers --query RandomPassword"
    assert aws(plain).json.isalpha()
    assert len(aws(plain).json) == 32


def test_a_name_with_braces_is_a_name(aws: Terminal) -> None:
    forced = "secretsmanager delete-secret --force-delete-without-recovery"
    assert aws(f"{forced} --query Name", SecretId="{a}").json == "{a}"
