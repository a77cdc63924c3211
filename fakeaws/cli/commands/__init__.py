'''The commands that are not operations of a service: the AWS CLI's own (`s3`, `configure`, …) and fakeaws's.

A command is a module of this folder and is found by its name only when it is used: nothing is registered anywhere.
`-` becomes `_` (`ecr-public` → `ecr_public.py`). There are two kinds:

1. A command of its own (`aws s3`, `aws configure`, `fakeaws cloud`): the module has a function `run`.

   def run(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
       """One line that the list of commands shows."""

   `argv` is what follows the command's name, without the global options, which are in `options`. `streams` is where to
   read and write, with the environment (never use sys.stdin, print or os.environ); binary data goes to
   `streams.stdout.buffer`. `perform(service, operation, params)` calls an operation of the cloud, which is opened at
   the first call only; `client_for(perform, options, streams)` of `fakeaws.cli.calls.client` checks region, credentials and
   parameters too, and words the service's errors. The answer is the exit code. Failures are raised: `CliError` of
   `fakeaws.cli.errors` (`CliError("…")` for wrong arguments, `GeneralError("…")` for the rest).

2. Commands added to a service of the models (`aws logs tail`, `aws cloudformation deploy`): the module is named as
   the service's command and has a table of such functions. They come before the service's operations of the same name.

   SUBCOMMANDS = {"tail": tail, "start-live-tail": start_live_tail}

A command of its own with subcommands ends in the same table: `return dispatch("configure", SUBCOMMANDS, argv, options,
streams, perform)`. A value of a table may be a further table.

Options are declared and parsed with `fakeaws.cli.arguments.parser`, which has the AWS CLI's rules and messages (prefixes,
`--opt=value`, required options, choices, unknown options):

   OPTIONS = (
       Option("paths", nargs="+", help="…"),                       # a positional
       Option("--recursive", nargs=0, default=False, help="…"),    # a flag
       Option("--page-size", convert=int, help="…"),
   )
   values = parse_command(OPTIONS, argv)      # {"paths": [...], "recursive": True, "page_size": None}

`load_text(value, "--name")` of `fakeaws.cli.arguments.paramfile` reads `file://` and `fileb://` values as the AWS CLI does.
`help` describes a command by its docstring and by the module's `OPTIONS` (for `run`) or `HELP = {"tail": OPTIONS}`.
'''

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments.parser import Option, choice_error, parse_known
from fakeaws.cli.errors import CliError

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

Run = Callable[[list[str], "Globals", "Streams", "Perform"], int]
Table = Mapping[str, Any]
"""Name → a function of the kind `Run`, or a further table."""

_FOLDER = os.path.dirname(__file__)


def find(command: str) -> ModuleType | None:
    """The module of `command`, or None."""
    name = command.replace("-", "_")
    if not name.isidentifier() or name.startswith("_") or not os.path.exists(os.path.join(_FOLDER, name + ".py")):
        return None
    return import_module(f"fakeaws.cli.commands.{name}")


def own_commands() -> list[str]:
    """The names of all modules of this folder as commands, sorted."""
    files = sorted(entry.removesuffix(".py") for entry in os.listdir(_FOLDER) if entry.endswith(".py"))
    return [name.replace("_", "-") for name in files if not name.startswith("_")]


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
    """What a group of commands answers when none is named: a second banner within the first."""
    program = streams.program
    usage = f"usage: {program} [options] {path} <subcommand> [parameters]"
    return CliError(f"{usage}\n{program}: [ERROR]: too few arguments")
