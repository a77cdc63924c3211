"""Aliases of commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakeaws.cli.errors import CliError
from fakeaws.cli.invocation import Globals, Invocation
from fakeaws.cli.main import run
from fakeaws.cli.tree.nodes import parse
from tests.cli.lines import streams

FILE = """
[toplevel]
whoami = sts get-caller-identity --query Account
hello = !f() { echo "hi $1"; }; f
sqs = sqs --region eu-west-1
bad = sts 'x

[command sts]
who = get-caller-identity --output text
"""


@pytest.fixture
def home(tmp_path: Path) -> str:
    (tmp_path / "cli").mkdir()
    (tmp_path / "cli" / "alias").write_text(FILE)
    return str(tmp_path)


def test_an_alias_stands_for_words(home: str) -> None:
    options = Globals()
    found = parse(["whoami"], streams(FAKEAWS_HOME=home), options)
    assert isinstance(found, Invocation)
    assert (found.operation.name, options.query) == ("GetCallerIdentity", "Account")


def test_commands_have_aliases_of_their_own(home: str) -> None:
    options = Globals()
    found = parse(["sts", "who"], streams(FAKEAWS_HOME=home), options)
    assert isinstance(found, Invocation)
    assert options.output == "text"


def test_an_alias_may_be_named_as_what_it_begins_with(home: str) -> None:
    options = Globals()
    parse(["sqs", "list-queues"], streams(FAKEAWS_HOME=home), options)
    assert options.region == "eu-west-1"


def test_the_shell_runs_what_begins_with_an_exclamation_mark(home: str) -> None:
    terminal = streams(FAKEAWS_HOME=home, PATH="/usr/bin:/bin")
    assert run(["hello", "my world"], terminal, lambda options, terminal: lambda *call: {}) == 0
    assert terminal.stdout.getvalue() == "hi my world\n"


def test_an_alias_that_cannot_be_read(home: str) -> None:
    with pytest.raises(CliError, match='Value of alias "bad" could not be parsed'):
        parse(["bad"], streams(FAKEAWS_HOME=home))


def test_a_file_that_is_not_text_is_named(home: str) -> None:
    file = Path(home) / "cli" / "alias"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(CliError, match=r"Unable to parse config file: .*alias"):
        parse(["whoami"], streams(FAKEAWS_HOME=home), Globals())
