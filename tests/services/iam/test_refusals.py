"""What IAM and STS refuse, one line each in refusals.txt and documents.txt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakeaws.cli.calls.local import initialise
from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.tools import totp
from tests.conftest import Clock, Terminal

ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
TRUST = ALLOW.replace('"Resource": "*"', '"Principal": {"AWS": "123456789012"}').replace("s3:*", "sts:AssumeRole")
DOCUMENTS = {"@allow": ALLOW, "@trust": TRUST}
OWN = "arn:aws:iam::123456789012:policy"
SETTING = f"""
create-user --user-name bob
create-user --user-name keys
create-user --user-name member
create-user --user-name inline
create-user --user-name login
create-user --user-name device
create-group --group-name staff
create-group --group-name policed
create-policy --policy-name full --policy-document @allow
create-policy --policy-name held --policy-document @allow
{f"create-policy-version --policy-arn {OWN}/full --policy-document @allow{chr(10)}" * 4}
attach-user-policy --user-name bob --policy-arn {OWN}/held
attach-group-policy --group-name policed --policy-arn {OWN}/held
create-access-key --user-name keys
create-access-key --user-name keys
add-user-to-group --group-name staff --user-name member
put-user-policy --user-name inline --policy-name own --policy-document @allow
create-login-profile --user-name login --password Correct-Horse-9
create-role --role-name app --assume-role-policy-document @trust
create-role --role-name policed --assume-role-policy-document @trust
create-role --role-name inlined --assume-role-policy-document @trust
attach-role-policy --role-name policed --policy-arn {OWN}/held
put-role-policy --role-name inlined --policy-name own --policy-document @allow
create-instance-profile --instance-profile-name web
create-instance-profile --instance-profile-name empty
add-role-to-instance-profile --instance-profile-name web --role-name app
create-open-id-connect-provider --url https://token.example.com
"""


def lines(name: str) -> list[list[str]]:
    """The cases of a file: what stands between bars."""
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    return [[part.strip() for part in line.split(" | ")] for line in text.splitlines() if line and line[0] != "#"]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A cloud for all cases: none of them changes it."""
    home = tmp_path_factory.mktemp("refusals")
    env = {"FAKEAWS_HOME": str(home / "cloud"), "HOME": str(home), "AWS_PAGER": "", "COLUMNS": "80"}
    initialise(env)
    terminal = Terminal(env)
    for line in filter(None, SETTING.splitlines()):
        command, documents = _filled(line)
        terminal(f"iam {command}", **documents)
    _enable_device(terminal, home)
    return terminal


def _enable_device(terminal: Terminal, home: Path) -> None:
    """Give the user `device` its device, at a time that stands still."""
    Clock(Cloud(home / "cloud"))
    create = "iam create-virtual-mfa-device --virtual-mfa-device-name phone --bootstrap-method Base32StringSeed"
    terminal(f"{create} --outfile {home / 'seed'}")
    seed = (home / "seed").read_text().strip()
    first, second = (totp.code(seed, 1_800_000_000 // totp.STEP + later) for later in (-1, 0))
    enable = "iam enable-mfa-device --user-name device --serial-number arn:aws:iam::123456789012:mfa/phone"
    terminal(f"{enable} --authentication-code1 {first} --authentication-code2 {second}")


def _filled(line: str) -> tuple[str, dict[str, str]]:
    """A command without its documents, and the options that hold them."""
    for word, document in DOCUMENTS.items():
        if line.endswith(word):
            command, _, option = line.removesuffix(word).strip().rpartition(" ")
            name = "".join(part.title() for part in option.removeprefix("--").split("-"))
            return command, {name: document}
    return line, {}


@pytest.mark.parametrize(("command", "code", "text"), lines("refusals.txt"), ids=lambda v: v[:60])
def test_what_iam_refuses(prepared: Terminal, command: str, code: str, text: str) -> None:
    command, documents = _filled(command)
    prepared.refused(f"iam {command}", code, None if text == "*" else text, **documents)


@pytest.mark.parametrize(("kind", "document", "text"), lines("documents.txt"), ids=lambda v: v[:60])
def test_which_documents_iam_refuses(prepared: Terminal, kind: str, document: str, text: str) -> None:
    if kind == "trust":
        create, option = "iam create-role --role-name new", "AssumeRolePolicyDocument"
    else:
        create, option = "iam create-policy --policy-name new", "PolicyDocument"
    prepared.refused(create, "MalformedPolicyDocument", None if text == "*" else text, **{option: document})
