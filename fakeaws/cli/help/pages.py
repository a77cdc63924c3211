"""`help` at every level: a page in the layout of the AWS CLI's man pages, through a pager on a terminal."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments import globals, names
from fakeaws.cli.arguments.options import Argument, Extra, Flag, Table
from fakeaws.cli.arguments.parser import Option
from fakeaws.cli.customizations import services
from fakeaws.cli.help import syntax
from fakeaws.cli.help.text import MARGIN, Page
from fakeaws.cli.tree import finder, nodes
from fakeaws.cli.tree.operation import argument_table
from fakeaws.core.model import models
from fakeaws.core.model.models import Operation

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Streams

Document = dict[str, Any]


def show(path: tuple[str, ...], streams: Streams) -> int:
    """Show the page of `path`: (), ("ec2",), ("ec2", "run-instances"), ("ec2", "wait", "instance-running")."""
    terminal = streams.stdout.isatty()
    page = Page(_width(streams), bold=terminal)
    write(path, page, streams.program)
    if terminal:
        _page_through(page.text(), streams)
    else:
        streams.stdout.write(page.text())
    return 0


def _width(streams: Streams) -> int:
    columns = streams.env.get("COLUMNS", "")
    if columns.isdecimal():
        return int(columns)
    import shutil

    return min(shutil.get_terminal_size((80, 24)).columns, 120)


def _page_through(text: str, streams: Streams) -> None:
    import shlex
    import subprocess

    env = streams.env
    command = shlex.split(env.get("MANPAGER") or env.get("PAGER") or "less -R")
    try:
        subprocess.run(command, input=text.encode(), check=False, env=dict(env))
    except OSError:
        streams.stdout.write(text)


def write(path: tuple[str, ...], page: Page, program: str) -> None:
    """Write the page of `path`."""
    function = _own_function(path)
    if not path:
        _write_program(page, program)
    elif function is not None:
        _write_own(path, function, page, program)
    elif len(path) == 1:
        _write_service(path[0], page)
    elif path[1:] == ("wait",):
        _write_waiters(path[0], page)
    else:
        _write_operation(path, page, program)


def _write_program(page: Page, program: str) -> None:
    page.heading("NAME")
    page.paragraph(f"{program} -", tight=True)
    page.heading("DESCRIPTION")
    page.paragraph(
        "One command line for all services of Amazon Web Services, here with a whole cloud behind it in one local "
        "folder.",
        tight=True,
    )
    page.heading("SYNOPSIS")
    page.paragraph(f"{program} [options] <command> <subcommand> [parameters]", MARGIN + 3, tight=True)
    page.paragraph(
        f"Use {program} <command> help for a command, and {program} <command> <subcommand> help for one of its "
        "subcommands. In the synopsis of a command, optional parameters stand in square brackets."
    )
    _write_globals(page)
    page.heading("AVAILABLE SERVICES")
    root = nodes.Root("fakeaws")
    for name in root.list_commands(root.make_context("fakeaws", [])):
        page.item(name)


def _write_globals(page: Page) -> None:
    page.heading("GLOBAL OPTIONS")
    for option in globals.OPTIONS:
        kind = "boolean" if option.nargs == 0 else "string"
        page.paragraph(f"{page.strong(option.name)} ({kind})", tight=option is globals.OPTIONS[0])
        page.paragraph(option.help)
        for choice in option.choices or ():
            page.item(choice)


def _write_service(command: str, page: Page) -> None:
    service = services.service_of(command)
    page.heading("NAME")
    page.paragraph(f"{command} -", tight=True)
    page.heading("DESCRIPTION")
    page.html(models.service(service).documented().get("documentation", ""), tight=True)
    page.heading("AVAILABLE COMMANDS")
    for name in sorted([*finder.operation_commands(command, service), "help"]):
        page.item(name)


def _write_waiters(command: str, page: Page) -> None:
    page.heading("NAME")
    page.paragraph("wait -", tight=True)
    page.heading("DESCRIPTION")
    page.paragraph(
        "Wait until a resource is as asked for. Each subcommand polls an operation until it is so.", tight=True
    )
    page.heading("AVAILABLE COMMANDS")
    for waiter in models.service(services.service_of(command)).waiter_names:
        page.item(names.cli_name(waiter))


def _write_operation(path: tuple[str, ...], page: Page, program: str) -> None:
    operation = _operation(path)
    model = operation.service.documented()
    table, _ = argument_table(path, operation)
    page.heading("NAME")
    page.paragraph(f"{path[-1]} -", tight=True)
    page.heading("DESCRIPTION")
    if path[1] == "wait":
        _write_waiting(path, operation, page)
    else:
        page.html(model["operations"][operation.name].get("documentation", ""), tight=True)
        _write_paging(path[-1], operation, page)
    page.heading("SYNOPSIS")
    page.literal("\n".join([f"  {path[-1]}", *_synopsis(table)]), MARGIN + 3)
    page.heading("OPTIONS")
    _write_options(table, page, _Described(operation, model["shapes"]))
    _write_globals(page)
    page.heading("OUTPUT")
    _write_output(operation, page, model["shapes"])


def _operation(path: tuple[str, ...]) -> Operation:
    model = models.service(services.service_of(path[0]))
    if path[1] == "wait":
        waiter = next(name for name in model.waiter_names if names.cli_name(name) == path[2])
        return model.operation(model.waiter(waiter)["operation"])
    found = finder.find_operation(path[0], model, path[1])
    assert found is not None
    return found


def _write_waiting(path: tuple[str, ...], operation: Operation, page: Page) -> None:
    waiter = next(name for name in operation.service.waiter_names if names.cli_name(name) == path[2])
    config = operation.service.waiter(waiter)
    page.paragraph(
        f"Wait until {waiter} holds, polling with {names.operation_command(operation.name)} every {config['delay']} "
        f"seconds. After {config['maxAttempts']} attempts without success the exit code is 255.",
        tight=True,
    )


def _write_paging(name: str, operation: Operation, page: Page) -> None:
    paginator = operation.paginator
    if paginator is None:
        return
    page.paragraph(
        f"{name} is a paginated operation: several API calls may be made to get the whole set of results, unless "
        "--no-paginate is given."
    )
    keys = paginator.get("result_key", [])
    shown = ", ".join([keys] if isinstance(keys, str) else keys)
    page.paragraph(f"With --output text, --query applies to each page: to what is in {shown}.")


def _synopsis(table: Table) -> list[str]:
    lines: list[str] = []
    for argument in table.values():
        if argument.hidden or (isinstance(argument, Flag) and not argument.value):
            continue
        text = _usage(argument.option())
        if isinstance(argument, Flag):
            text = f"--{argument.name} | --no-{argument.name}"
        lines.append(text if argument.required else f"[{text}]")
    lines += [f"[{_usage(option)}]" for option in globals.OPTIONS]
    return lines


def _usage(option: Option) -> str:
    if option.positional:
        return f"<{option.name}>"
    return option.name if option.nargs == 0 else f"{option.name} <value>"


class _Described:
    """The documentation of members of an operation's input."""

    def __init__(self, operation: Operation, shapes: Document) -> None:
        self.shapes = shapes
        self.input: Document = shapes[operation.input.name] if operation.input is not None else {}

    def member(self, name: str) -> Document:
        """A member's shape as documented, with the reference's own documentation before the shape's."""
        return _referred(self.input.get("members", {}).get(name), self.shapes)


def _referred(reference: Document | None, shapes: Document) -> Document:
    return {**shapes.get(reference["shape"], {}), **reference} if reference else {}


def _write_options(table: Table, page: Page, described: _Described) -> None:
    for argument in table.values():
        if argument.hidden or (isinstance(argument, Flag) and not argument.value):
            continue
        if isinstance(argument, Extra):
            _write_extra(argument.option(), argument.kind, page)
        else:
            _write_argument(argument, page, described)


def _write_extra(option: Option, kind: str, page: Page) -> None:
    required = " [required]" if option.required else ""
    page.term(f"{page.strong(option.name)} ({kind}){required}")
    page.paragraph(option.help or _EXTRAS.get(option.name, ""), MARGIN + 3, tight=True)
    for choice in option.choices or ():
        page.item(choice, MARGIN + 3)


def _write_argument(argument: Argument, page: Page, described: _Described) -> None:
    shape = described.member(argument.member)
    title = f"--{argument.name}"
    if isinstance(argument, Flag):
        title += f" | --no-{argument.name}"
    required = " [required]" if argument.required else ""
    page.term(f"{page.strong(title)} ({_kind(shape) if shape else argument.shape.type}){required}")
    page.html(shape.get("documentation", ""), MARGIN + 3, tight=True)
    _write_limits(shape, page, MARGIN + 3)
    _Members(page, described.shapes).write(shape, MARGIN + 3)
    for heading, text in syntax.describe(argument.shape):
        page.paragraph(heading)
        page.literal(text, MARGIN + 3)


def _kind(shape: Document) -> str:
    if shape.get("union"):
        return "tagged union structure"
    return "document" if shape.get("document") else str(shape.get("type", "string"))


def _write_limits(shape: Document, page: Page, indent: int) -> None:
    if shape.get("enum"):
        page.paragraph("Possible values:", indent)
        for value in shape["enum"]:
            page.item(value, indent)
    limits = [f"{name}: {shape[name]}" for name in ("min", "max", "pattern") if name in shape]
    if limits:
        page.paragraph("Constraints:", indent)
        for limit in limits:
            page.item(limit, indent)


class _Members:
    """Writes the parts of a structure, list or map, each below its name and type."""

    def __init__(self, page: Page, shapes: Document) -> None:
        self._page = page
        self._shapes = shapes

    def write(self, shape: Document, indent: int, above: tuple[str, ...] = ()) -> None:
        kind = shape.get("type")
        if kind == "structure":
            required = shape.get("required", ())
            for name, reference in shape.get("members", {}).items():
                self._part(f"{self._page.strong(name)} -> ", reference, indent, above, name in required)
        elif kind == "list":
            self._part("", shape["member"], indent, above)
        elif kind == "map":
            self._part("key -> ", shape["key"], indent, above)
            self._part("value -> ", shape["value"], indent, above)

    def _part(
        self, title: str, reference: Document, indent: int, above: tuple[str, ...], required: bool = False
    ) -> None:
        part = _referred(reference, self._shapes)
        self._page.term(f"{title}({_kind(part)}){' [required]' if required else ''}", indent)
        within = indent + (3 if title else 4)
        self._page.html(part.get("documentation", ""), within, tight=True)
        _write_limits(part, self._page, within)
        if reference["shape"] in above:
            self._page.paragraph("( ... recursive ... )", within)
        else:
            self.write(part, within, (*above, reference["shape"]))


def _write_output(operation: Operation, page: Page, shapes: Document) -> None:
    output: Document = shapes[operation.output.name] if operation.output is not None else {}
    if not output.get("members"):
        page.paragraph("None", tight=True)
        return
    assert operation.output is not None
    _Members(page, shapes).write(output, MARGIN, (operation.output.name,))


def _own_function(path: tuple[str, ...]) -> Any:
    """The function or table of a command of `fakeaws/cli/commands`."""
    module = finder.own_module(path[0]) if path else None
    if module is None or (len(path) == 1 and not hasattr(module, "run")):
        return None
    found: Any = module.run if len(path) == 1 else getattr(module, "SUBCOMMANDS", {})
    for name in path[1:]:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _write_own(path: tuple[str, ...], function: Any, page: Page, program: str) -> None:
    module = finder.own_module(path[0])
    options: Any = getattr(module, "HELP", {}).get(path[-1]) or (
        getattr(module, "OPTIONS", ()) if len(path) == 1 else ()
    )
    table = function if isinstance(function, dict) else getattr(module, "SUBCOMMANDS", {}) if len(path) == 1 else {}
    page.heading("NAME")
    page.paragraph(f"{path[-1]} -", tight=True)
    page.heading("DESCRIPTION")
    text = inspect.getdoc(function) if callable(function) else ""
    for index, paragraph in enumerate((text or getattr(module, "__doc__", "") or "").split("\n\n")):
        page.paragraph(paragraph, tight=index == 0)
    page.heading("SYNOPSIS")
    usages = [f"[{_usage(option)}]" if not option.required else _usage(option) for option in options]
    page.literal("\n".join([f"  {' '.join(path)}", *usages]), MARGIN + 3)
    if options:
        page.heading("OPTIONS")
        for option in options:
            _write_extra(option, "boolean" if option.nargs == 0 else "string", page)
    if table:
        page.heading("AVAILABLE COMMANDS")
        for name in table:
            page.item(name)
    else:
        _write_globals(page)


_EXTRAS = {
    "--cli-input-json": "Takes the parameters from a JSON document, as --generate-cli-skeleton prints it. What other "
    "options say goes before it.",
    "--cli-input-yaml": "Takes the parameters from a YAML document, as --generate-cli-skeleton yaml-input prints it. "
    "What other options say goes before it.",
    "--generate-cli-skeleton": "Makes no call, but prints an example: of the input as JSON (input, or no value), of "
    "the input as YAML (yaml-input), or of the output (output).",
    "--starting-token": "The token where to go on: the NextToken of a command whose output was cut short.",
    "--page-size": "How many results one call of the service brings; all are shown nevertheless.",
    "--max-items": "How many results are shown at most; if there are more, a NextToken says where to go on.",
}
