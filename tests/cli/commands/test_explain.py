"""`fakeaws cloud explain` for what was refused, but not by policies: what is at fault, and what mends it."""

from __future__ import annotations

import pytest

from tests.conftest import Terminal

MISSING = [
    (
        "iam get-user --user-name bob",
        "UserName names the user bob, which is not there.",
        "iam create-user --user-name bob",
    ),
    ("dynamodb describe-table --table-name t", "TableName names the table t, which is not there.", None),
    (
        "s3api list-objects-v2 --bucket lake",
        "Bucket names the bucket lake, which is not there.",
        "s3api create-bucket --bucket lake",
    ),
    ("kms describe-key --key-id 00000000-0000-4000-8000-000000000000", "which is not there.", None),
]


@pytest.mark.parametrize(("command", "said", "mend"), MISSING)
def test_what_is_not_there_can_be_made(terminal: Terminal, command: str, said: str, mend: str | None) -> None:
    terminal(command, code=254)
    told = terminal("cloud explain")
    assert said in told
    if mend is not None:
        assert f"This would make it:\n    {mend}\n" in told
        terminal(mend)
        terminal(command)


def test_what_is_in_the_way_is_shown(terminal: Terminal) -> None:
    terminal("iam create-user --user-name bob")
    terminal("iam create-access-key --user-name bob")
    terminal("iam delete-user --user-name bob", code=254)
    told = terminal("cloud explain")
    assert "UserName names the user bob, which is there." in told
    [listing] = [line.strip() for line in told.splitlines() if "list-access-keys" in line]
    assert len(terminal(listing).json["AccessKeyMetadata"]) == 1


def test_what_is_there_already_is_shown(terminal: Terminal) -> None:
    terminal("iam create-user --user-name bob")
    terminal("iam create-user --user-name bob", code=254)
    told = terminal("cloud explain")
    assert "Choose another name, or see what there is:\n    iam get-user --user-name bob\n" in told
