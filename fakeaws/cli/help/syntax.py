"""How the value of an option is written: the shorthand and the JSON that help shows, made from the shape."""

from __future__ import annotations

from typing import Any

from fakeaws.cli.arguments.shorthand import is_document, suits
from fakeaws.core.model.models import Shape

DEPTH = 4
"""Shorthand nested deeper than this is not shown."""


class _TooDeep(Exception):
    pass


def shorthand(shape: Shape) -> str:
    """`Key=string,Value=string ...`; empty where it would be too long to help."""
    if not suits(shape) or (shape.type == "structure" and shape.member_names == ["Value"]):
        return ""
    try:
        if shape.type == "list":
            return _short(shape.member, []) + " ..."
        return _short(shape, [])
    except _TooDeep:
        return ""


def _short(shape: Shape, above: list[str]) -> str:
    if len(above) >= DEPTH:
        raise _TooDeep
    within = [*above, shape.name]
    if shape.type == "structure":
        parts = ",".join(_pair(name, part, within) for name, part in shape.members.items() if not is_document(part))
        return f"{{{parts}}}" if above else parts
    if shape.type == "list":
        item = _short(shape.member, within)
        bracketed = len(above) > 1 or shape.member.type in ("structure", "list", "map")
        return f"[{item},{item}]" if bracketed else f"{item},{item}"
    if shape.type == "map":
        value = _short(shape.value, within)
        parts = f"KeyName1={value},KeyName2={value}"
        return f"{{{parts}}}" if above else parts
    return shape.type


def _pair(name: str, shape: Shape, above: list[str]) -> str:
    if shape.name in above:
        return f"{name}=( ... recursive ... )"
    return f"{name}={_short(shape, above)}"


def as_json(shape: Shape) -> str:
    """The layout of the value as JSON, on several lines."""
    return "\n".join(_json(shape, []))


_SCALARS = {"boolean": "true|false", "string": '"string"'}


def _json(shape: Shape, above: list[str]) -> list[str]:
    if shape.name in above:
        return ["{ ... recursive ... }"]
    within = [*above, shape.name]
    if is_document(shape):
        return ["{...}"]
    if shape.type == "structure":
        lines: list[str] = []
        for index, (name, part) in enumerate(shape.members.items()):
            comma = "," if index < len(shape.member_names) - 1 else ""
            lines += _entry(f'"{name}": ', _json(part, within), comma)
        return ["{", *_deeper(lines), "}"]
    if shape.type == "list":
        item = _json(shape.member, within)
        if len(item) == 1:
            return [f"[{item[0]}, ...]"]
        return ["[", *_deeper([*item, "..."]), "]"]
    if shape.type == "map":
        key = _scalar(shape.key)
        return ["{", *_deeper([*_entry(f"{key}: ", _json(shape.value, within), ""), "..."]), "}"]
    return [_scalar(shape)]


def _scalar(shape: Shape) -> str:
    values = shape.get("enum")
    return "|".join(f'"{value}"' for value in values) if values else _SCALARS.get(shape.type, shape.type)


def _entry(start: str, value: list[str], comma: str) -> list[str]:
    lines = [start + value[0], *value[1:]]
    lines[-1] += comma
    return lines


def _deeper(lines: list[str]) -> list[str]:
    return ["  " + line for line in lines]


def describe(shape: Shape) -> list[tuple[str, Any]]:
    """The forms in which an option's value may be given: (title, text)."""
    if shape.type == "list" and shape.member.type not in ("structure", "list", "map"):
        item = _scalar(shape.member)
        found: list[tuple[str, Any]] = [("Syntax:", f"{item} {item} ...")]
        return found
    if shape.type not in ("structure", "list", "map"):
        return []
    short = shorthand(shape)
    return ([("Shorthand Syntax:", short)] if short else []) + [("JSON Syntax:", as_json(shape))]
