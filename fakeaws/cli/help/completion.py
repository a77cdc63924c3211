"""Completion on the command line: the candidates, and the scripts by which bash, zsh and fish request them.

The shell runs the program with FAKEAWS_COMPLETE=1 and the line so far in COMP_LINE, as it runs `aws_completer`;
the answer is one candidate a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments import globals, names
from fakeaws.cli.arguments.options import Table
from fakeaws.cli.arguments.parser import Option
from fakeaws.cli.customizations import services
from fakeaws.cli.tree import finder

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Streams

VARIABLE = "FAKEAWS_COMPLETE"

SCRIPTS = {
    "bash": """_fakeaws_complete() {{
    local IFS=$'\\n'
    COMPREPLY=($({variable}=1 COMP_LINE="${{COMP_LINE:0:$COMP_POINT}}" "$1" 2>/dev/null))
}}
complete -o default -F _fakeaws_complete {programs}
""",
    "zsh": """_fakeaws_complete() {{
    local -a found
    found=("${{(@f)$({variable}=1 COMP_LINE="${{(j: :)words[1,CURRENT]}}" "${{words[1]}}" 2>/dev/null)}}")
    compadd -a found
}}
compdef _fakeaws_complete {programs}
""",
    "fish": """for program in {programs}
    complete -c $program -f -a "(env {variable}=1 COMP_LINE=(commandline -cp) $program 2>/dev/null)"
end
""",
}


def script(shell: str) -> str:
    """The script that a shell evaluates to complete the commands of `fakeaws` and of its `aws`."""
    return SCRIPTS[shell].format(variable=VARIABLE, programs="fakeaws aws")


def answer(streams: Streams) -> int:
    """Print the candidates for the line in COMP_LINE."""
    line = streams.env.get("COMP_LINE", "")
    point = streams.env.get("COMP_POINT", "")
    for candidate in candidates(line[: int(point)] if point.isdecimal() else line):
        streams.stdout.write(candidate + "\n")
    return 0


def candidates(line: str) -> list[str]:
    """The candidates for the last word of `line`, sorted."""
    words = line.split(" ")
    current, done = words[-1], [word for word in words[1:-1] if word]
    path, last = _place(done)
    return sorted(found for found in _choices(path, last, current, done) if found.startswith(current))


def _place(done: Sequence[str]) -> tuple[list[str], str]:
    """The commands named so far, and the option (or "") whose value is next."""
    takes_value = {option.name for option in globals.OPTIONS if option.nargs != 0}
    path: list[str] = []
    waiting = ""
    for word in done:
        if word.startswith("--"):
            waiting = word
        elif waiting in takes_value:
            waiting = ""
        elif not waiting:
            path.append(word)
    return path, waiting


def _choices(path: list[str], waiting: str, current: str, done: Sequence[str]) -> Iterable[str]:
    chosen = next((option.choices for option in globals.OPTIONS if option.name == waiting), None)
    if chosen and waiting == done[-1]:
        return chosen
    node = _node(path)
    if isinstance(node, _Operation):
        return _of_operation(node.table, waiting, current, done)
    if current.startswith("-"):
        return [option.name for option in (*_own_options(path), *globals.OPTIONS)]
    return node


class _Operation:
    """The arguments of an operation, where the line names one."""

    def __init__(self, table: Table) -> None:
        self.table = table


def _node(path: list[str]) -> _Operation | list[str]:
    """The operation at `path`, or the names that may follow."""
    from fakeaws.cli.tree import nodes
    from fakeaws.cli.tree.operation import argument_table
    from fakeaws.core.model import models

    root = nodes.Root("fakeaws")
    if not path:
        return root.list_commands(root.make_context("fakeaws", []))
    table = _own_table(path)
    if table is not None:
        return table
    service = services.service_of(path[0])
    if services.command_of(service) != path[0] or service not in models.services():
        return []
    model = models.service(service)
    if len(path) == 1:
        return finder.operation_commands(path[0], service)
    if path[1] == "wait":
        waiters = {names.cli_name(name): name for name in model.waiter_names}
        if len(path) == 2 or path[2] not in waiters:
            return list(waiters)
        operation = model.operation(model.waiter(waiters[path[2]])["operation"])
        return _Operation(argument_table(tuple(path[:3]), operation)[0])
    found = finder.find_operation(path[0], model, path[1])
    return [] if found is None else _Operation(argument_table(tuple(path[:2]), found)[0])


def _own_table(path: list[str]) -> list[str] | None:
    """What follows in a command of `fakeaws/cli/commands`; None where `path` is none of those."""
    module = finder.own_module(path[0])
    if module is None:
        return None
    found: Any = getattr(module, "SUBCOMMANDS", {})
    if len(path) == 1 and not hasattr(module, "run"):
        return None
    for name in path[1:]:
        if not isinstance(found, Mapping) or name not in found:
            return None if len(path) == 2 and not hasattr(module, "run") else []
        found = found[name]
    return list(found) if isinstance(found, Mapping) else []


def _own_options(path: list[str]) -> Sequence[Option]:
    module = finder.own_module(path[0]) if path else None
    options: Sequence[Option] = getattr(module, "OPTIONS", ()) if len(path) == 1 else ()
    return getattr(module, "HELP", {}).get(path[-1], options) if path else options


def _of_operation(table: Table, waiting: str, current: str, done: Sequence[str]) -> Iterable[str]:
    argument = table.get(waiting.removeprefix("--"))
    shape = getattr(argument, "shape", None)
    if waiting and waiting == done[-1] and shape is not None and not current.startswith("-"):
        values: list[str] = (shape.member if shape.type == "list" else shape).get("enum") or []
        if values or shape.type != "boolean":
            return values
    own = [f"--{a.name}" for a in table.values() if not a.hidden and not a.option().positional]
    return [name for name in (*own, *(option.name for option in globals.OPTIONS)) if name not in done]
