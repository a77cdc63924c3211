"""Groups of commands that are no operations: the subcommand that a command line begins with, and its function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments.parser import Option, choice_error, parse_known
from fakeaws.cli.errors import CliError

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

Run = Callable[[list[str], "Globals", "Streams", "Perform"], int]
Table = Mapping[str, Any]
"""Name → a function of the kind `Run`, or a further table."""


def dispatch(path: str, table: Table, argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Run the subcommand that `argv` begins with; `path` (`configure`, `dynamodb wait`) is named in the usage."""
    names = [*table, "help"]
    values, rest = parse_known((Option("subcommand", nargs="?"),), argv)
    name = values["subcommand"]
    if name is None:
        if rest:
            raise CliError(f"Unknown options: {','.join(rest)}")
        raise too_few_arguments(path, streams)
    if name not in names:
        raise choice_error("subcommand", name, names)
    chosen = table[name]
    if isinstance(chosen, Mapping):
        return dispatch(f"{path} {name}", chosen, rest, options, streams, perform)
    exit_code: int = chosen(rest, options, streams, perform)
    return exit_code


def table_runner(path: str, table: Table) -> Run:
    """A function of the kind `Run` for a table of subcommands."""

    def run(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
        return dispatch(path, table, argv, options, streams, perform)

    return run


def too_few_arguments(path: str, streams: Streams) -> CliError:
    """The error of a group of commands when none is named: a second usage line within the first."""
    program = streams.program
    usage = f"usage: {program} [options] {path} <subcommand> [parameters]"
    return CliError(f"{usage}\n{program}: [ERROR]: too few arguments")
