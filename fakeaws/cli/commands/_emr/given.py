"""The arguments of an `emr` command: parsed, read from files, and converted by their schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakeaws.cli.arguments import values
from fakeaws.cli.arguments.paramfile import load_text
from fakeaws.cli.arguments.parser import Option, Values, parse_command
from fakeaws.cli.arguments.schema import shape_of
from fakeaws.cli.arguments.validation import validated
from fakeaws.cli.errors import CliError

Document = dict[str, Any]


def given(options: tuple[Option, ...], schemas: Mapping[str, Document], argv: list[str]) -> Values:
    """The values by name; `schemas` says of which options (`--steps`) the values have a structure."""
    found = parse_command(options, argv)
    for option in options:
        value = found[option.dest]
        if value is not None and option.nargs != 0:
            loaded = load_text(value, option.name)
            schema = schemas.get(option.name)
            found[option.dest] = loaded if schema is None else _structured(schema, loaded, option.name)
    return found


def _structured(schema: Document, value: Any, name: str) -> Any:
    shape = shape_of(schema)
    unpacked = values.unpack(shape, value, name)
    _, wrong = validated(shape, unpacked)
    if wrong:
        raise CliError("Parameter validation failed:\n" + "\n".join(wrong))
    return unpacked


def flag(found: Values, name: str) -> bool:
    """Whether `--name` is given and not `--no-name` too."""
    dest = name.replace("-", "_")
    if found[dest] and found[f"no_{dest}"]:
        raise CliError(f"cannot use both --{name} and --no-{name} options together.")
    return bool(found[dest])


def flags(*names: str) -> tuple[Option, ...]:
    """The options `--name` and `--no-name` of each name."""
    return tuple(Option(f"--{prefix}{name}", nargs=0, default=False) for name in names for prefix in ("", "no-"))


def tags(texts: list[str] | None) -> list[Document]:
    """`key=value` as tags."""
    return [{"Key": key, "Value": value} for key, _, value in (text.partition("=") for text in texts or ())]
