"""`fakeaws cloud explain` for what was refused, but not by policies: the reason, and the command that helps."""

from __future__ import annotations

import pytest

from tests.conftest import Terminal

MISSING = [
    (
        "iam get-user --user-name bob",
        "UserName names the user bob, which does not exist.",
        "iam create-user --user-name bob",
    ),
    ("dynamodb describe-table --table-name t", "TableName names the table t, which does not exist.", None),
    (
        "s3api list-objects-v2 --bucket lake",
        "Bucket names the bucket lake, which does not exist.",
        "s3api create-bucket --bucket lake",
    ),
    ("kms describe-key --key-id 00000000-0000-4000-8000-000000000000", "which does not exist.", None),
]


@pytest.mark.parametrize(("command", "reason", "creation"), MISSING)
def test_a_missing_resource_can_be_created(terminal: Terminal, command: str, reason: str, creation: str | None) -> None:
    terminal(command, code=254)
    output = terminal("cloud explain")
    assert reason in output
    if creation is not None:
        assert f"This command creates it:\n    {creation}\n" in output
        terminal(creation)
        terminal(command)


def test_what_prevents_a_deletion_is_shown(terminal: Terminal) -> None:
    terminal("iam create-user --user-name bob")
    terminal("iam create-access-key --user-name bob")
    terminal("iam delete-user --user-name bob", code=254)
    output = terminal("cloud explain")
    assert "UserName names the user bob, which exists." in output
    [listing] = [line.strip() for line in output.splitlines() if "list-access-keys" in line]
    assert len(terminal(listing).json["AccessKeyMetadata"]) == 1


def test_an_existing_resource_is_shown(terminal: Terminal) -> None:
    terminal("iam create-user --user-name bob")
    terminal("iam create-user --user-name bob", code=254)
    output = terminal("cloud explain")
    assert "Choose another name, or look at the existing user:\n    iam get-user --user-name bob\n" in output
