"""An answer laid onto its output shape: order of members, types, timestamps, and nothing that the shape lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from fakeaws.core.model.models import Shape
from fakeaws.core.tools import tags

Document = dict[str, Any]
Layer = Callable[[Shape, Any, bool], Any]

WHOLE_SECONDS = ("ec2", "query", "rest-xml")
"""The protocols whose services answer with times of whole seconds; those of JSON have milliseconds."""


class Misfit(Exception):
    """A handler's answer has a member that the output shape lacks."""


def lay(shape: Shape | None, document: Document, strict: bool = False) -> Document:
    """The document in the order and types of `shape`. With `strict`, a member that the shape lacks is a Misfit, unless
    it begins in lower case: those are our own and never shown."""
    if shape is None:
        return {}
    found: Document = _structure(shape, document, strict)
    return found


def _structure(shape: Shape, document: Any, strict: bool) -> Any:
    if shape.get("document") or shape.get("eventstream"):
        return document
    if not isinstance(document, dict):
        return _misfit(shape, document, strict)
    if strict:
        _refuse_strangers(shape, document)
    laid, known = {}, shape.layers
    for name in shape.traits["members"]:
        value = document.get(name)
        if value is not None:
            member, lay_one, is_union = known.get(name) or _layer(shape, name)
            laid[name] = value if lay_one is None else lay_one(member, value, strict)
            if laid[name] is None or (is_union and laid[name] == {}):
                del laid[name]
    return laid


def _misfit(shape: Shape, value: Any, strict: bool) -> None:
    """A value of another type than its member's is left out: one document that is not as it should be does not keep
    the others from being listed."""
    if strict:
        raise Misfit(f"{shape.name} cannot be {value!r}")


def _layer(shape: Shape, name: str) -> tuple[Shape, Layer | None, bool]:
    """A member's shape, what lays a value onto it, and whether it is a union: kept with the shape, since answers repeat
    their members."""
    member = shape.at(name)
    found = shape.layers[name] = (member, _LAYERS.get(member.type), bool(member.get("union")))
    return found


def _refuse_strangers(shape: Shape, document: Document) -> None:
    for name in document:
        if not shape.has_member(name) and not name[:1].islower() and not name.startswith("_"):
            raise Misfit(f"{shape.name} has no member {name}")


def _list(shape: Shape, value: Any, strict: bool) -> Any:
    """A map where the shape has a list is tags, which are kept in either form."""
    member = shape.member
    lay_one = _LAYERS.get(member.type)
    if isinstance(value, dict):
        value = tags.as_list(value, tags.spelling([member.traits.get("members", {})]))
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        return _misfit(shape, value, strict)
    return list(value) if lay_one is None else [lay_one(member, item, strict) for item in value]


def _map(shape: Shape, value: Any, strict: bool) -> Any:
    part = shape.value
    lay_one = _LAYERS.get(part.type)
    if not isinstance(value, dict):
        return _misfit(shape, value, strict)
    return {key: item if lay_one is None else lay_one(part, item, strict) for key, item in value.items()}


def _timestamp(shape: Shape, value: Any, strict: bool) -> Any:
    if isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        exact = int(value) if shape.service.protocol in WHOLE_SECONDS else round(value, 3)
        return datetime.fromtimestamp(exact, UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return _misfit(shape, value, strict)


def _blob(shape: Shape, value: Any, strict: bool) -> Any:
    return value.encode(errors="replace") if isinstance(value, str) else value


_LAYERS: dict[str, Layer] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "timestamp": _timestamp,
    "blob": _blob,
}
