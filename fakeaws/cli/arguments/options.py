"""The options of one operation, made from its input shape, and what they put into the parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fakeaws.cli.arguments import paramfile, values
from fakeaws.cli.arguments.names import cli_name
from fakeaws.cli.arguments.parser import Option, Values
from fakeaws.cli.errors import CliError
from fakeaws.cli.invocation import Document, Globals
from fakeaws.core.model.models import Operation, Shape

Table = dict[str, "Argument"]
"""The arguments of an operation by option name without `--`, in the order of the model."""

_CONVERT: dict[str, Callable[[str], Any]] = {"long": int, "float": float, "double": float}


class Argument:
    """An option that is a member of the input: `--instance-ids`."""

    def __init__(self, name: str, member: str, shape: Shape, required: bool = False) -> None:
        self.name = name
        self.member = member
        self.shape = shape
        self.required = required
        self.hidden = False
        """Whether help and completion leave it out."""
        self.loads_files = True
        """Whether `file://` is read."""
        self.bare = False
        """Whether the items of a list of structures of one member are given as that member's values."""

    @property
    def dest(self) -> str:
        return self.name.replace("-", "_")

    def option(self) -> Option:
        """The option for the parser."""
        if self.shape.type == "list":
            return Option(f"--{self.name}", nargs="*", required=self.required)
        convert = _CONVERT.get(self.shape.type)
        return Option(f"--{self.name}", required=self.required, convert=convert)

    def apply(self, given: Values, params: Document) -> None:
        """Put what was given on the command line into `params`."""
        value = self.given(given)
        if value is not None and self.bare and isinstance(value, list) and not values.looks_like_json(value):
            params[self.member] = [{self.shape.member.member_names[0]: item} for item in value]
        elif value is not None:
            params[self.member] = values.unpack(self.shape, value, f"--{self.name}")

    def given(self, given: Values) -> Any:
        """What was given, with `file://` read; None for nothing."""
        value = given.get(self.dest)
        return paramfile.load_text(value, f"--{self.name}") if self.loads_files else value


class Flag(Argument):
    """A boolean member: `--dry-run` or, with `value` False, `--no-dry-run`, which shares the first one's place."""

    def __init__(self, name: str, member: str, shape: Shape, required: bool = False, value: bool = True) -> None:
        super().__init__(name, member, shape, required)
        self.value = value
        self.place = name if value else name.removeprefix("no-")

    @property
    def dest(self) -> str:
        return self.place.replace("-", "_")

    def option(self) -> Option:
        return Option(f"--{self.name}", nargs=0, dest=self.dest, const=self.value)

    def apply(self, given: Values, params: Document) -> None:
        value = given.get(self.dest)
        if value is not None:
            params[self.member] = value


class Extra(Argument):
    """An argument that the AWS CLI adds: `put` says what its value does to the parameters."""

    def __init__(
        self, option: Option, put: Callable[[Document, Any], None] | None = None, kind: str = "string"
    ) -> None:
        self.name = option.name.removeprefix("--")
        self.member = ""
        self.hidden = False
        self.loads_files = True
        self.bare = False
        self.kind = kind
        self._option = option
        self._put = put
        self._required = option.required

    @property
    def required(self) -> bool:
        return self._required

    @required.setter
    def required(self, value: bool) -> None:
        self._required = value
        self._option.required = value

    def option(self) -> Option:
        return self._option

    @property
    def dest(self) -> str:
        return self._option.dest

    def apply(self, given: Values, params: Document) -> None:
        value = self.given(given)
        if value is not None and self._put is not None:
            self._put(params, value)


def build(operation: Operation) -> Table:
    """The arguments that the input shape of `operation` gives."""
    table: Table = {}
    shape = operation.input
    if shape is None:
        return table
    required = shape.required
    for member, part in shape.members.items():
        name = cli_name(member)
        needed = member in required and not part.get("idempotencyToken")
        if part.type == "boolean":
            table[name] = Flag(name, member, part)
            table[f"no-{name}"] = Flag(f"no-{name}", member, part, value=False)
        else:
            table[name] = Argument(name, member, part, needed)
    return table


def rename(table: Table, old: str, new: str) -> None:
    """Call an argument `new`; nothing where there is no `old`."""
    if old in table:
        argument = table.pop(old)
        argument.name = new
        table[new] = argument


def alias(table: Table, name: str, older: str) -> None:
    """Accept an older name for an argument, which help does not show."""
    if name in table:
        from copy import copy

        second = copy(table[name])
        second.name = older
        second.hidden = True
        second.required = table[name].required = False
        table[older] = second


def add_paging(table: Table, operation: Operation) -> Table:
    """Add the options of paging, hide the service's own; the arguments whose names they replace."""
    paginator = operation.paginator
    if paginator is None or operation.input is None:
        return {}
    for name in paging_names(operation):
        if name in table:
            table[name].hidden = True
    limit = paginator.get("limit_key")
    convert = int if limit is None or operation.input.at(limit).type in ("integer", "long") else None
    added = [Option("--starting-token"), Option("--max-items", convert=convert)]
    if limit is not None:
        added.insert(1, Option("--page-size", convert=convert))
    shadowed: Table = {}
    for option in added:
        name = option.name.removeprefix("--")
        if name in table:
            shadowed[name] = table[name]
        table[name] = Extra(option, kind="string" if option.convert is None else "integer")
    return shadowed


def paging_members(operation: Operation) -> list[str]:
    """The members by which the service itself pages: the tokens and the limit."""
    paginator = operation.paginator or {}
    tokens = paginator.get("input_token", [])
    members = list(tokens) if isinstance(tokens, list) else [tokens]
    return members + ([paginator["limit_key"]] if "limit_key" in paginator else [])


def paging_names(operation: Operation) -> list[str]:
    return [cli_name(member) for member in paging_members(operation)]


def check_paging(operation: Operation, given: Values, shadowed: Table, table: Table, options: Globals) -> None:
    """Paging is disabled where the service's own tokens are given; its other options are then refused."""
    if operation.paginator is None:
        return
    own = [name.replace("-", "_") for name in paging_names(operation)]
    if any(given.get(name) is not None for name in own if name not in ("start_token", "max_items")):
        options.paginate = False
    if options.paginate:
        return
    used = [
        f"--{name}"
        for name in ("starting-token", "page-size", "max-items")
        if name not in shadowed and given.get(name.replace("-", "_"))
    ]
    if used:
        raise CliError(f"Cannot specify --no-paginate along with pagination arguments: {', '.join(used)}")
    table.update(shadowed)
