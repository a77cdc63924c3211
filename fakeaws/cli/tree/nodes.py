"""The tree of commands: `fakeaws` → a service → an operation, each loaded only when the command line names it.

Parsing does nothing: its result is a value (an Invocation, a CommandCall, …) that `main` then carries out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from fakeaws.cli.arguments import globals, names
from fakeaws.cli.arguments.parser import Option, UsageError, choice_error, parse_known
from fakeaws.cli.customizations import services
from fakeaws.cli.errors import CliError
from fakeaws.cli.invocation import Globals, Invocation, Streams
from fakeaws.cli.tree.alias import Shell, aliases, expand
from fakeaws.cli.tree.dispatch import Run, table_runner, too_few_arguments
from fakeaws.cli.tree.finder import find_operation, operation_commands, own_commands, own_module
from fakeaws.cli.tree.operation import parse_operation
from fakeaws.core.model import models

VERSION = "2.36.7"
"""The version of the AWS CLI whose behaviour this is."""


class CommandCall:
    """A command that is no operation, with its arguments."""

    def __init__(self, path: tuple[str, ...], function: Run, argv: list[str]) -> None:
        self.path = path
        self.function = function
        self.argv = argv


class Help:
    """The page of `path`: (), ("ec2",) or ("ec2", "run-instances")."""

    def __init__(self, path: tuple[str, ...]) -> None:
        self.path = path


class Version:
    """`--version`."""

    def __init__(self) -> None:
        import platform

        system = f"{platform.system()}/{platform.release()}"
        self.text = f"aws-cli/{VERSION} Python/{platform.python_version()} {system} source/{platform.machine()}"


Parsed = Invocation | CommandCall | Help | Version


class _Session:
    """State that all levels of one command line share."""

    def __init__(self, streams: Streams, options: Globals) -> None:
        self.streams = streams
        self.options = options


def parse(argv: list[str], streams: Streams, options: Globals | None = None) -> Parsed:
    """The command of `argv` (without the program's name); fills `options`. Raises CliError."""
    session = _Session(streams, options if options is not None else Globals())
    with Root("fakeaws").make_context(streams.program, list(argv), obj=session) as context:
        parsed: Parsed = context.command.invoke(context)
        return parsed


class _Node(click.Command):
    """A command whose arguments are parsed by the AWS CLI's rules instead of click's."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.args = args
        return args

    def invoke(self, ctx: click.Context) -> Any:
        raise NotImplementedError


class Root(_Node, click.Group):
    """`fakeaws`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, as help and completion show them."""
        modelled = {services.command_of(service) for service in models.services()}
        return sorted(modelled | set(own_commands()))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = own_module(cmd_name)
        if module is not None and hasattr(module, "run"):
            return OwnCommand((cmd_name,), module.run)
        service = services.service_of(cmd_name)
        if services.command_of(service) == cmd_name and service in models.services():
            return ServiceGroup(cmd_name, service)
        return None

    def invoke(self, ctx: click.Context) -> Parsed:
        session: _Session = ctx.obj
        command, rest = self._parse_globals(ctx.args, session)
        if command is None:
            return Version()
        if command == "help":
            return Help(())
        command, rest, shell = _unaliased((), command, rest, session)
        if shell is not None:
            return CommandCall((command,), shell, rest)
        chosen = self.get_command(ctx, command)
        if chosen is None:
            error = choice_error("command", command, [*self.list_commands(ctx), "help"])
            error.structured = False
            raise error
        globals.check(session.options, session.streams.env)
        with chosen.make_context(command, rest, parent=ctx) as child:
            parsed: Parsed = chosen.invoke(child)
            return parsed

    def _parse_globals(self, argv: list[str], session: _Session) -> tuple[str | None, list[str]]:
        globals.check_first_pass(argv, session.streams.program)
        if _asks_version(argv):
            return None, []
        try:
            values, rest = parse_known((*globals.OPTIONS, Option("command")), argv)
        except UsageError as error:
            error.structured = False
            raise
        if values["version"]:
            return None, []
        globals.fill(session.options, values)
        return values["command"], rest


def _asks_version(argv: list[str]) -> bool:
    """`--version` answers at once, whatever else is missing."""
    if "--version" not in argv:
        return False
    position = argv.index("--version")
    values, _ = parse_known(globals.OPTIONS, argv[: position + 1])
    return bool(values["version"])


def _unaliased(
    path: tuple[str, ...], name: str, rest: list[str], session: _Session
) -> tuple[str, list[str], Shell | None]:
    """The command and arguments of the alias `name`, or the shell command that it runs."""
    known = aliases(session.streams.env, path)
    while name in known:
        value = known.pop(name)
        if value.startswith("!"):
            return name, rest, Shell(value)
        words = expand(name, value, session.options)
        name, rest = words[0] if words else name, [*words[1:], *rest]
    globals.check(session.options, session.streams.env)
    return name, rest, None


class ServiceGroup(_Node, click.Group):
    """A service of the models: `fakeaws ec2`."""

    def __init__(self, name: str, service: str) -> None:
        super().__init__(name)
        self.service = service
        self.place = name

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All operations and the commands added to them, in the order of the model."""
        return operation_commands(self.place, self.service)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        added = getattr(own_module(self.place), "SUBCOMMANDS", {})
        if cmd_name in added:
            return OwnCommand((self.place, cmd_name), added[cmd_name])
        model = models.service(self.service)
        if cmd_name == "wait" and model.waiter_names:
            return WaitGroup(self.place, model)
        operation = find_operation(self.place, model, cmd_name)
        return None if operation is None else OperationCommand(self.place, cmd_name, operation)

    def invoke(self, ctx: click.Context) -> Parsed:
        values, rest = parse_known((Option("operation"),), ctx.args)
        chosen = values["operation"]
        if chosen == "help":
            return Help((self.place,))
        session: _Session = ctx.obj
        chosen, rest, shell = _unaliased((self.place,), chosen, rest, session)
        if shell is not None:
            return CommandCall((self.place, chosen), shell, rest)
        command = self.get_command(ctx, chosen)
        if command is None:
            raise choice_error("operation", chosen, [*self.list_commands(ctx), "help"])
        with command.make_context(chosen, rest, parent=ctx) as child:
            parsed: Parsed = command.invoke(child)
            return parsed


class OperationCommand(_Node):
    """An operation: `fakeaws ec2 run-instances`."""

    def __init__(self, command: str, name: str, operation: models.Operation, waiter: str | None = None) -> None:
        super().__init__(name)
        self.place = command
        self.operation = operation
        self.waiter = waiter

    def invoke(self, ctx: click.Context) -> Parsed:
        session: _Session = ctx.obj
        place = (self.place, "wait", self.name or "") if self.waiter else (self.place, self.name or "")
        parsed = parse_operation(place, self.operation, ctx.args, session.streams, session.options)
        if parsed is None:
            return Help(place)
        parsed.waiter = self.waiter
        return parsed


class WaitGroup(_Node, click.Group):
    """`wait`: the waiters of a service."""

    def __init__(self, command: str, model: models.Service) -> None:
        super().__init__("wait")
        self.place = command
        self.model = model

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [names.cli_name(name) for name in self.model.waiter_names]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for name in self.model.waiter_names:
            if names.cli_name(name) == cmd_name:
                operation = self.model.operation(self.model.waiter(name)["operation"])
                return OperationCommand(self.place, cmd_name, operation, name)
        return None

    def invoke(self, ctx: click.Context) -> Parsed:
        session: _Session = ctx.obj
        if ctx.args == ["help"]:
            return Help((self.place, "wait"))
        values, rest = parse_known((Option("subcommand", nargs="?"),), ctx.args)
        chosen = values["subcommand"]
        if chosen is None:
            if rest:
                raise CliError(f"Unknown options: {','.join(rest)}")
            raise too_few_arguments(f"{self.place} wait", session.streams)
        command = self.get_command(ctx, chosen)
        if command is None:
            raise choice_error("subcommand", chosen, self.list_commands(ctx))
        with command.make_context(chosen, rest, parent=ctx) as child:
            parsed: Parsed = command.invoke(child)
            return parsed


class OwnCommand(_Node):
    """A command of `fakeaws/cli/commands`."""

    def __init__(self, path: tuple[str, ...], function: Run | Mapping[str, Any]) -> None:
        super().__init__(path[-1])
        self.path = path
        self.function = function

    def invoke(self, ctx: click.Context) -> Parsed:
        if ctx.args == ["help"]:
            return Help(self.path)
        function = self.function
        if isinstance(function, Mapping):
            return CommandCall(self.path, table_runner(" ".join(self.path), function), ctx.args)
        return CommandCall(self.path, function, ctx.args)
