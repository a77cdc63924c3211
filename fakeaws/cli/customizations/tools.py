"""Functions that several modules of customizations share."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from fakeaws.cli.arguments import values
from fakeaws.cli.arguments.options import Argument, Extra, Table
from fakeaws.cli.arguments.parser import Option, Values
from fakeaws.cli.errors import CliError
from fakeaws.cli.invocation import Document
from fakeaws.core.model.models import Shape

Put = Callable[[Document, Any], None]


def extra(table: Table, name: str, put: Put | None = None, kind: str = "string", **option: Any) -> Extra:
    """Add an argument of the AWS CLI's own; `option` is as for parser.Option."""
    argument = table[name] = Extra(Option(f"--{name}", **option), put, kind)
    return argument


def optional(table: Table, *names: str) -> None:
    """Make arguments optional that the model requires."""
    for name in names:
        table[name].required = False


def hide(table: Table, *names: str) -> None:
    for name in names:
        table[name].hidden = True


def exclusive(given: Values, *groups: Sequence[str]) -> None:
    """Refuse arguments of more than one group at once."""
    taken: Sequence[str] | None = None
    for name, value in given.items():
        group = next((group for group in groups if name in group), None)
        if value is None or group is None:
            continue
        if taken is not None and taken is not group:
            raise CliError(
                f'The key "{name}" cannot be specified when one of the following keys are also specified: '
                f"{', '.join(taken)}"
            )
        taken = group


class Part(Argument):
    """An argument for one member of a structure; another argument gives the rest of the structure."""

    def __init__(self, name: str, member: str, shape: Shape, within: str, required: bool = False) -> None:
        super().__init__(name, member, shape, required)
        self.within = within

    def apply(self, given: Values, params: Document) -> None:
        value = self.given(given)
        if value is not None:
            params.setdefault(self.within, {})[self.member] = values.unpack(self.shape, value, f"--{self.name}")


class Whole(Argument):
    """The argument for that member itself; `apart` is the part of it that has an argument of its own."""

    def __init__(self, argument: Argument, apart: str, refusal: str | None = None) -> None:
        super().__init__(argument.name, argument.member, without(argument.shape, apart), argument.required)
        self.apart = apart
        self.refusal = refusal

    def apply(self, given: Values, params: Document) -> None:
        value = self.given(given)
        if value is None:
            return
        unpacked = values.unpack(self.shape, value, f"--{self.name}")
        if self.refusal and self.apart in unpacked:
            raise CliError(self.refusal)
        params.setdefault(self.member, {}).update(unpacked)


def without(shape: Shape, member: str) -> Shape:
    """The shape lacking one of its members."""
    members = {name: part for name, part in shape.get("members", {}).items() if name != member}
    return Shape(shape.service, shape.name, {**shape.traits, "members": members})


def hoist(
    table: Table,
    whole: str,
    part: str,
    name: str,
    *,
    required: bool = False,
    whole_required: bool = False,
    refusal: str | None = None,
) -> None:
    """Give the blob `part` of the argument `whole` an argument of its own."""
    argument = table.get(whole)
    if argument is None or not argument.shape.has_member(part):
        return
    table[name] = Part(name, part, argument.shape.at(part), argument.member, required)
    rest = table[whole] = Whole(argument, part, refusal)
    rest.required = whole_required


def writable(path: str) -> str:
    """The file that `path` names, whose folder must exist."""
    resolved = os.path.expandvars(os.path.expanduser(path))
    folder = os.path.dirname(resolved)
    if folder and not os.path.isdir(folder):
        raise CliError(f"Unable to write to file: {path}")
    return resolved


def save_private(path: str, content: bytes) -> None:
    """Write a file that only its owner may read."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        os.chmod(path, 0o600)
        file.write(content)


def split_commas(text: str) -> list[str]:
    """`a=1,"b=2,3"` at the commas outside quotes; without quotes, at every comma."""
    if not any(char in text for char in "\"'[]"):
        return text.split(",")
    import csv

    rows = list(csv.reader([text], escapechar="\\", skipinitialspace=True))
    return [part for row in rows for part in row]
