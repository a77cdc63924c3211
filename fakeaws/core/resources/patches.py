"""Changes by path: `[{"op": "replace", "path": "/throttle/rateLimit", "value": "10"}]`, values as texts.

A last step below a list of texts is the item itself; `~1` in a step is a slash, `~0` a tilde (RFC 6901).
"""

from __future__ import annotations

from typing import Any

from fakeaws.core.model.models import Shape
from fakeaws.core.resources.showing import fitted
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]


def patched(shape: Shape, document: Document, operations: list[Document]) -> Document:
    """The members of `document`, a resource of that shape, that the operations change; BadRequestException where there
    is no such path."""
    changed: Document = {}
    for one in operations:
        name, *rest = steps_of(one.get("path", ""))
        if not shape.has_member(name):
            raise refusal(one)
        member, held = shape.at(name), changed.get(name, document.get(name))
        changed[name] = _changed(member, held, rest, one)
    return changed


def steps_of(path: str) -> list[str]:
    """The steps of a path, with the slashes that are meant: `/a/image~1png` → a, image/png."""
    return [step.replace("~1", "/").replace("~0", "~") for step in path.removeprefix("/").split("/")]


def refusal(one: Document) -> AwsError:
    """The error for an operation that the resource does not allow."""
    path, op = one.get("path", ""), one.get("op", "")
    return AwsError("BadRequestException", f"Invalid patch path  '{path}' specified for op '{op}'.")


def _changed(shape: Shape, held: Any, steps: list[str], one: Document) -> Any:
    if shape.type == "list":
        return _listed(shape, list(held or ()), steps, one)
    if not steps:
        return _value(shape, one)
    step, *rest = steps
    if shape.type not in ("map", "structure") or (shape.type == "structure" and not shape.has_member(step)):
        raise refusal(one)
    inner = shape.value if shape.type == "map" else shape.at(step)
    found = dict(held or {})
    found[step] = _changed(inner, found.get(step), rest, one)
    return {name: value for name, value in found.items() if value is not None}


def _value(shape: Shape, one: Document) -> Any:
    if one.get("op") == "remove":
        return None
    if one.get("op") not in ("add", "replace"):
        raise refusal(one)
    value = one.get("value", "")
    if shape.type == "boolean":
        return value == "true"
    if shape.type in ("float", "double"):
        return _number(value, one)
    found = fitted(shape, value)
    if found is None:
        raise refusal(one)
    return found


def _number(value: str, one: Document) -> float:
    try:
        return float(value)
    except ValueError:
        raise refusal(one) from None


def _listed(shape: Shape, held: list[Any], steps: list[str], one: Document) -> list[Any] | None:
    """The list with an item more, less or in the place of another: a text, or a structure's members with colons."""
    names, op, value = (
        shape.member.member_names if shape.member.type == "structure" else [],
        one.get("op"),
        one.get("value"),
    )
    wanted = steps[0] if steps else value or ""
    if steps and op == "replace":
        return [
            value if item == wanted or (wanted.isdecimal() and place == int(wanted)) else item
            for place, item in enumerate(held)
        ]
    if not steps and op == "replace":
        return [_item(names, wanted)]
    left = [item for item in held if item != _item(names, wanted)]
    if op == "remove":
        return left or None
    return [*left, _item(names, wanted)]


def _item(names: list[str], text: str) -> Any:
    return dict(zip(names, text.split(":"), strict=False)) if names else text
