"""A resource as an output shape shows it: whole, or those of its members that the shape has, under its names."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

from fakeaws.core.model.models import Shape
from fakeaws.core.resources.kinds import Kind
from fakeaws.core.tools import tags

Document = dict[str, Any]
LATEST = 253402300799
"""The last second of the year 9999, the end of what dates can say."""
NUMBERS = ("integer", "long", "float", "double")
DEPTH = 8


def show(kind: Kind, shape: Shape, resource: Document, depth: int = 0) -> Document:
    """The resource laid onto `shape`; what the shape requires and the resource lacks is filled neutrally."""
    view = kind.views.get(shape.name, {})
    found = {}
    for name in shape.member_names:
        source = view.get(name, name)
        if source is None:
            continue
        member = shape.at(name)
        if source == "." and member.type == "structure" and depth < DEPTH:
            found[name] = show(kind, member, resource, depth + 1)
        elif resource.get(source) is not None:
            value = fitted(member, resource[source])
            if value is not None:
                found[name] = value
    return completed(shape, found)


def completed(shape: Shape, document: Document, depth: int = 0) -> Document:
    """The document with the members that its shape requires and it lacks."""
    for name in shape.required:
        if document.get(name) is None:
            document[name] = neutral(shape.at(name), depth)
    return document


def neutral(shape: Shape, depth: int = 0) -> Any:
    """A value that says nothing, for a member that an answer must have."""
    if shape.type == "structure":
        return completed(shape, {}, depth + 1) if depth < DEPTH else {}
    if shape.type == "string":
        enum = shape.get("enum")
        return enum[0] if enum else ""
    return {"list": [], "map": {}, "boolean": False, "blob": b"", "timestamp": 0.0}.get(shape.type, 0)


def fitted(shape: Shape, value: Any) -> Any:
    """The value as `shape` has it, None where it cannot be that: a model's shapes may have members of the same name
    and of different types."""
    if shape.type == "structure":
        return _structure(shape, value)
    if shape.type == "list":
        return _list(shape, value)
    if shape.type == "map":
        return _map(shape, value)
    if shape.type == "boolean":
        return value if isinstance(value, bool) else None
    if isinstance(value, (dict, list)):
        return None
    return _scalar(shape, value)


def _structure(shape: Shape, value: Any) -> Any:
    if shape.get("document"):
        return value
    if not isinstance(value, dict):
        return None
    found = {}
    for name, item in value.items():
        if item is not None and shape.has_member(name):
            inner = fitted(shape.at(name), item)
            if inner is not None:
                found[name] = inner
    return completed(shape, found)


def _list(shape: Shape, value: Any) -> Any:
    member = shape.member
    if isinstance(value, dict) and member.type == "structure":
        spelled = next((pair for pair in tags.SPELLINGS if member.has_member(pair[0])), tuple(member.member_names[:2]))
        if len(spelled) < 2:
            return None
        key, text = spelled
        return [{key: name, text: item} for name, item in tags.as_map(value).items()]
    if not isinstance(value, list):
        value = [value]
    found = [fitted(member, item) for item in value]
    if value and all(item is None for item in found):
        return None
    return [item for item in found if item is not None]


def _map(shape: Shape, value: Any) -> Any:
    if isinstance(value, list):
        return tags.as_map(value)
    if not isinstance(value, dict):
        return None
    part = shape.value
    found = {key: fitted(part, item) for key, item in value.items()}
    return {key: item for key, item in found.items() if item is not None}


def _scalar(shape: Shape, value: Any) -> Any:
    if shape.type == "string":
        return _text(value)
    if shape.type == "timestamp":
        return value if not isinstance(value, (bool, bytes)) else None
    if shape.type in NUMBERS:
        return _number(shape, value)
    if shape.type == "blob":
        return value if isinstance(value, (bytes, str)) else None
    return value


def _text(value: Any) -> str | None:
    if isinstance(value, bytes):
        return None
    if isinstance(value, float) and 1e8 < value < LATEST:
        moment = datetime.fromtimestamp(value, UTC).replace(tzinfo=None)
        return moment.isoformat(timespec="milliseconds") + "Z"
    return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


def _number(shape: Shape, value: Any) -> int | float | None:
    if isinstance(value, str):
        if not value.lstrip("-").isdecimal():
            return None
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if isinstance(value, float) and not math.isfinite(value) and shape.type in ("integer", "long"):
        return None
    if shape.type == "long" and isinstance(value, float):
        return int(value * 1000) if value > 1e8 else int(value)
    return int(value) if shape.type in ("integer", "long") else float(value)
