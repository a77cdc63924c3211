"""Unexpected errors of the command line: one line and exit code 255, with --debug the traceback."""

import shlex
import sys
from pathlib import Path

import pytest

from fakeaws.cli import main as entry
from tests.conftest import Terminal

DEEP = 3000


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    def run(*_: object) -> int:
        raise KeyError("Name\nof it")

    monkeypatch.setattr(entry, "run", run)
    return monkeypatch


def ended(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[object, str]:
    monkeypatch.setattr(sys, "argv", ["fakeaws", *argv])
    with pytest.raises(SystemExit) as exit_:
        entry.main()
    return exit_.value.code, capsys.readouterr().err


def test_an_internal_error_is_one_line(broken: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, message = ended(broken, capsys, "s3", "ls")
    assert code == 255
    assert message == (
        "\nfakeaws: [ERROR]: internal error (KeyError: 'Name\\nof it'); please report it, with what --debug shows\n"
    )


@pytest.mark.parametrize(
    ("function", "command"),
    [
        ("fakeaws.cli.tree.nodes.parse_operation", "sqs list-queues"),
        ("fakeaws.cli.commands.configure.run", "configure list"),
        ("fakeaws.cli.commands.cloud.open_cloud", "cloud status"),
        ("fakeaws.cli.profile.settings.read_ini", "sts get-caller-identity"),
        ("fakeaws.core.pipeline.cloud.Cloud.perform", "sts get-caller-identity"),
        ("fakeaws.cli.calls.paging.Pages.merged", "sqs list-queues"),
        ("fakeaws.cli.calls.waiters.wait", "ec2 wait instance-exists"),
        ("fakeaws.cli.output.pager.paged", "sts get-caller-identity"),
        ("fakeaws.cli.output.json.rendered", "sts get-caller-identity"),
        ("fakeaws.cli.help.pages.show", "help"),
        ("fakeaws.cli.help.skeleton.sample", "sqs create-queue --generate-cli-skeleton"),
        ("fakeaws.cli.help.completion.candidates", ""),
    ],
)
def test_an_internal_error_is_one_line_wherever_it_happens(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path, function: str, command: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("Name")

    monkeypatch.setenv("FAKEAWS_HOME", str(home))
    if not command:
        monkeypatch.setenv("FAKEAWS_COMPLETE", "1")
    monkeypatch.setattr(function, fail)
    code, message = ended(monkeypatch, capsys, *command.split())
    expected = "\nfakeaws: [ERROR]: internal error (KeyError: 'Name'); please report it, with what --debug shows\n"
    assert (code, message) == (255, expected)


def test_an_interrupt_of_completion_is_quiet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setenv("FAKEAWS_COMPLETE", "1")
    monkeypatch.setattr("fakeaws.cli.help.completion.candidates", interrupt)
    assert ended(monkeypatch, capsys) == (130, "")


def test_debug_shows_where(broken: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, message = ended(broken, capsys, "s3", "ls", "--debug")
    assert code == 255
    assert message.startswith("Traceback (most recent call last):\n")
    assert ", in main\n" in message
    assert message.endswith("please report it\n")


def test_an_error_of_the_system_keeps_its_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*_: object) -> int:
        raise PermissionError(13, "Permission denied", "/etc/shadow")

    monkeypatch.setattr(entry, "run", run)
    assert ended(monkeypatch, capsys, "s3", "ls") == (
        255,
        "\nfakeaws: [ERROR]: [Errno 13] Permission denied: '/etc/shadow'\n",
    )


def test_debug_shows_where_a_refusal_came_from(terminal: Terminal) -> None:
    message = terminal("sqs get-queue-url --queue-name none --debug", code=254).stderr
    assert message.startswith("Traceback (most recent call last):\n")
    assert "fakeaws.core.tools.errors.AwsError: " in message
    assert "\naws: [ERROR]: An error occurred (" in message
    assert "Traceback" not in terminal("sqs get-queue-url --queue-name none", code=254).stderr


@pytest.mark.parametrize(
    "query",
    ["[" * DEEP + "a" + "]" * DEEP, "(" * DEEP + "a" + ")" * DEEP, "!" * DEEP + "a", "`" + "[" * 99999 + "`"],
)
def test_a_query_that_nests_too_deep_is_refused(terminal: Terminal, query: str) -> None:
    message = terminal("sts get-caller-identity", code=252, query=query).stderr
    assert "An error occurred (ParamValidation): Bad value for --query " in message


def test_a_query_that_takes_too_much_is_refused(terminal: Terminal) -> None:
    message = terminal("sts get-caller-identity", code=255, query="a||" * 20_000 + "a").stderr
    assert message == "\naws: [ERROR]: maximum recursion depth exceeded\n"


@pytest.mark.parametrize("statement", ["", " ", "-- a remark", ";"])
def test_a_statement_that_selects_nothing_has_no_rows(terminal: Terminal, statement: str) -> None:
    assert terminal(f"cloud db query {shlex.quote(statement)}") == "[]\n"


@pytest.mark.parametrize(
    "statement", ["select", "drop table note", "select 1; select 2", "select \ud800", "select '\x00'"]
)
def test_a_wrong_statement_is_one_line(terminal: Terminal, statement: str) -> None:
    message = terminal(f"cloud db query {shlex.quote(statement)}", code=255).stderr
    assert message.startswith("\naws: [ERROR]: SQLite: ")
    assert message.count("\n") == 2
