"""Profiles of a role, and `fakeaws cloud enforce`, `explain` and `least-privilege`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Terminal

ACCOUNT = "arn:aws:iam::123456789012"


def _trust(**more: object) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def profiles(terminal: Terminal, home: Path) -> Terminal:
    """A terminal with a role that requires an external id, and profiles for it."""
    trust = _trust(Condition={"StringEquals": {"sts:ExternalId": "42"}})
    terminal("iam create-role --role-name dev", AssumeRolePolicyDocument=trust)
    with (home / "config").open("a", encoding="utf-8") as file:
        file.write(
            f"[profile dev]\nrole_arn = {ACCOUNT}:role/dev\nsource_profile = default\nexternal_id = 42\n"
            "role_session_name = ada\n"
            f"[profile refused]\nrole_arn = {ACCOUNT}:role/dev\nsource_profile = default\n"
            f"[profile twice]\nrole_arn = {ACCOUNT}:role/dev\nsource_profile = dev\nexternal_id = 42\n"
        )
    return terminal.with_env(AWS_REGION="us-east-1")


def test_a_profile_with_a_role_calls_as_its_session(profiles: Terminal) -> None:
    session = "arn:aws:sts::123456789012:assumed-role/dev/ada"
    assert profiles("sts get-caller-identity --profile dev --query Arn").json == session
    again = profiles("sts get-caller-identity --profile twice --query Arn").json
    assert again.startswith("arn:aws:sts::123456789012:assumed-role/dev/botocore-session-")


def test_a_profile_without_the_external_id_is_refused(profiles: Terminal) -> None:
    profiles.refused(
        "sqs list-queues --profile refused",
        "AccessDenied",
        "User: arn:aws:iam::123456789012:root is not authorized to perform: sts:AssumeRole on resource:"
        f" {ACCOUNT}:role/dev",
    )


def test_a_session_is_kept_until_it_is_about_to_expire(profiles: Terminal, home: Path) -> None:
    profiles("sqs list-queues --profile dev")
    profiles("sqs list-queues --profile dev")
    [kept] = (home / "cli" / "cache").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600


def test_policies_bind_once_enforcement_is_on(terminal: Terminal) -> None:
    assert terminal("cloud enforce show") == "off\n"
    terminal("cloud enforce on")
    assert terminal("cloud enforce show") == "on\n"
    terminal("iam create-user --user-name bob")
    key = terminal("iam create-access-key --user-name bob --query AccessKey").json
    bob = terminal.with_env(AWS_ACCESS_KEY_ID=key["AccessKeyId"], AWS_SECRET_ACCESS_KEY=key["SecretAccessKey"])
    bob.refused(
        "iam list-users",
        "AccessDenied",
        f"User: {ACCOUNT}:user/bob is not authorized to perform: iam:ListUsers on resource: {ACCOUNT}:user/ because no"
        " identity-based policy allows the iam:ListUsers action",
    )
    output = terminal("cloud explain")
    assert "no identity-based policy allows iam:ListUsers" in output
    suggestion = output.splitlines()[-1]
    terminal(suggestion)
    assert bob("iam list-users --query Users[].UserName").json == ["bob"]
    terminal("cloud enforce off")
    assert bob("sqs list-queues") == ""


def test_a_reset_cloud_enforces_as_before(terminal: Terminal) -> None:
    terminal("cloud enforce on")
    terminal("cloud reset")
    assert terminal("cloud enforce show") == "on\n"


def test_a_slip_of_the_pen_is_not_taken_for_off(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKEAWS_ENFORCE", "ture")
    printed = terminal("sqs list-queues", code=255)
    assert "FAKEAWS_ENFORCE must be 1 (on) or 0 (off), not 'ture'" in printed.stderr


def test_least_privilege_is_what_was_really_called(terminal: Terminal) -> None:
    terminal("sqs create-queue --queue-name jobs")
    terminal("iam create-user --user-name bob")
    found = terminal("cloud least-privilege").json
    assert {
        "Effect": "Allow",
        "Action": ["sqs:CreateQueue"],
        "Resource": "arn:aws:sqs:us-east-1:123456789012:jobs",
    } in found["Statement"]


def test_explain_tells_of_the_statement_that_denied(terminal: Terminal) -> None:
    terminal("iam create-user --user-name bob")
    deny = {"Sid": "NoQueues", "Effect": "Deny", "Action": "sqs:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": deny})
    terminal("iam put-user-policy --user-name bob --policy-name no", PolicyDocument=document)
    key = terminal("iam create-access-key --user-name bob --query AccessKey").json
    terminal("cloud enforce on")
    bob = terminal.with_env(AWS_ACCESS_KEY_ID=key["AccessKeyId"], AWS_SECRET_ACCESS_KEY=key["SecretAccessKey"])
    printed = bob("sqs list-queues", code=254)
    assert "with an explicit deny in an identity-based policy" in printed.stderr
    assert 'Statement 1 ("NoQueues") of the identity-based policy no denies it.' in terminal("cloud explain")


def test_a_duration_that_is_no_number_is_left_out(profiles: Terminal, home: Path) -> None:
    with (home / "config").open("a", encoding="utf-8") as file:
        file.write(
            f"[profile long]\nrole_arn = {ACCOUNT}:role/dev\nsource_profile = default\nexternal_id = 42\n"
            "duration_seconds = long\n"
        )
    assert ":assumed-role/dev/" in profiles("sts get-caller-identity --profile long --query Arn").json
