"""Credentials for a while: durations, tags, chains and ends."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Clock, Terminal

ROLE = "arn:aws:iam::123456789012:role/dev"


@pytest.fixture
def dev(aws: Terminal) -> Terminal:
    """A terminal of a session of the role `dev`."""
    trust = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    aws("iam create-role --role-name dev --max-session-duration 7200", AssumeRolePolicyDocument=document)
    return session(aws, "--tags Key=team,Value=red --transitive-tag-keys team")


def session(aws: Terminal, options: str = "") -> Terminal:
    keys = aws(f"sts assume-role --role-arn {ROLE} --role-session-name one {options} --query Credentials").json
    return aws.with_env(
        AWS_ACCESS_KEY_ID=keys["AccessKeyId"],
        AWS_SECRET_ACCESS_KEY=keys["SecretAccessKey"],
        AWS_SESSION_TOKEN=keys["SessionToken"],
    )


REFUSED = [
    (
        "--duration-seconds 7201",
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    ),
    (
        "--tags Key=a,Value=1 Key=A,Value=2",
        "InvalidParameterValue",
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    ),
    (
        "--tags Key=a,Value=1 --transitive-tag-keys b",
        "InvalidParameterValue",
        "The specified transitive tag key must be included in the requested tags.",
    ),
]


@pytest.mark.parametrize(("options", "code", "message"), REFUSED)
def test_a_session_that_cannot_be_is_refused(
    aws: Terminal, dev: Terminal, options: str, code: str, message: str
) -> None:
    aws.refused(f"sts assume-role --role-arn {ROLE} --role-session-name two {options}", code, message)


def test_chains_last_an_hour_and_pass_tags_on(dev: Terminal) -> None:
    assume = f"sts assume-role --role-arn {ROLE} --role-session-name two"
    dev.refused(
        f"{assume} --duration-seconds 3601",
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    )
    dev.refused(
        f"{assume} --tags Key=team,Value=blue",
        "InvalidParameterValue",
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the"
        " calling session.",
    )
    dev(assume)


def test_a_session_ends(aws: Terminal, clock: Clock, dev: Terminal) -> None:
    assert dev("sts get-caller-identity --query Arn").json == "arn:aws:sts::123456789012:assumed-role/dev/one"
    clock.advance(3600)
    dev.refused("sts get-caller-identity", "ExpiredToken", "The security token included in the request is expired")
    dev.refused("dynamodb list-tables", "ExpiredTokenException")
    dev.refused("ec2 describe-vpcs", "RequestExpired", "Request has expired.")


def test_a_session_needs_its_token(dev: Terminal) -> None:
    stranger = dev.with_env(AWS_SESSION_TOKEN="another")
    stranger.refused(
        "sts get-caller-identity", "InvalidClientTokenId", "The security token included in the request is invalid."
    )


def test_a_key_tells_its_account(aws: Terminal) -> None:
    aws("iam create-user --user-name bob")
    key = aws("iam create-access-key --user-name bob --query AccessKey.AccessKeyId").json
    assert aws(f"sts get-access-key-info --access-key-id {key} --query Account").json == "123456789012"


def test_a_role_that_is_made_again_is_another_role(aws: Terminal, dev: Terminal) -> None:
    trust = aws("iam get-role --role-name dev --query Role.AssumeRolePolicyDocument").json
    aws("iam delete-role --role-name dev")
    aws("iam create-role --role-name dev", AssumeRolePolicyDocument=json.dumps(trust))
    dev.refused(
        "sts get-caller-identity", "InvalidClientTokenId", "The security token included in the request is invalid."
    )
    assert session(aws)("sts get-caller-identity --query Arn").json == "arn:aws:sts::123456789012:assumed-role/dev/one"
