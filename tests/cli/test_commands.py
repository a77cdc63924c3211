"""Commands that are no operations, and the options of all."""

from __future__ import annotations

import pytest

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.errors import CliError
from fakeaws.cli.invocation import Globals
from fakeaws.cli.main import run
from fakeaws.cli.tree.dispatch import dispatch
from tests.cli.lines import failure, parsed, streams


def test_a_table_finds_its_subcommand() -> None:
    table = {"one": lambda *given: 1, "two": {"three": lambda argv, *rest: len(argv)}}
    assert dispatch("x", table, ["one"], Globals(), streams(), lambda *call: {}) == 1
    assert dispatch("x", table, ["two", "three", "a", "b"], Globals(), streams(), lambda *call: {}) == 2
    with pytest.raises(CliError) as caught:
        dispatch("x", table, ["two"], Globals(), streams(), lambda *call: {})
    assert (
        caught.value.message == "usage: aws [options] x two <subcommand> [parameters]\naws: [ERROR]: too few arguments"
    )


def test_options_of_a_command() -> None:
    options = (Option("paths", nargs="+"), Option("--recursive", nargs=0, default=False), Option("--size", convert=int))
    assert parse_command(options, ["a", "--size=3"]) == {"paths": ["a"], "recursive": False, "size": 3}
    assert parse_command(options, ["a", "b", "--rec"])["recursive"] is True
    with pytest.raises(CliError, match="Unknown options: --foo"):
        parse_command(options, ["a", "--foo"])


def test_global_options_stand_anywhere() -> None:
    options = Globals()
    parsed("--region", "eu-west-1", "sqs", "--output", "text", "list-queues", "--no-paginate", options=options)
    assert (options.region, options.output, options.paginate) == ("eu-west-1", "text", False)


def test_a_bad_query_is_refused_before_the_command_is_looked_at() -> None:
    assert failure("sqs nothing --query a[").message.startswith("Bad value for --query a[: Invalid jmespath")


def test_the_program_is_named_as_it_was_called() -> None:
    terminal = streams("fakeaws")
    assert run(["ec2"], terminal) == 252
    text = terminal.stderr.getvalue()
    assert text.startswith(
        "\nfakeaws: [ERROR]: An error occurred (ParamValidation): the following arguments are required"
    )
    assert "  fakeaws <command> <subcommand> help\n" in text


def test_a_misspelled_command_brings_suggestions() -> None:
    assert "Maybe you meant:\n\n  * dynamodb" in failure("dynamod").message


def test_version_answers_at_once() -> None:
    terminal = streams()
    assert run(["ec2", "--version"], terminal) == 0
    assert terminal.stdout.getvalue().startswith("aws-cli/2.")
