"""Values of a shape as JSON, both ways: the json and rest-json protocols."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

from fakeaws.core.model.models import Shape
from fakeaws.core.tools.errors import Malformed
from fakeaws.wire.messages.values import read_blob, read_timestamp, write_blob, write_timestamp

_NAMES = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_TYPE_NAMES = {dict: "START_OBJECT", list: "START_ARRAY", str: "STRING_VALUE", bool: "TRUE_VALUE"}
_JAVA_NAMES = {"integer": "Integer", "long": "Long", "float": "Float", "double": "Double", "string": "String"}


def dumps(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def loads(content: bytes) -> Any:
    """The JSON value of a body; Malformed where it is none, or nested beyond measure."""
    try:
        return json.loads(content, parse_constant=_refuse)
    except (ValueError, RecursionError) as problem:
        raise Malformed("Could not parse request body into json") from problem


def _refuse(name: str) -> Any:
    raise Malformed(f"{name} is no JSON")


def write(shape: Shape, value: Any) -> Any:
    """What stands in JSON for `value`."""
    writer = _WRITERS.get(shape.type)
    return value if writer is None or value is None else writer(shape, value)


def _write_structure(shape: Shape, value: dict[str, Any]) -> Any:
    if shape.get("document"):
        return value
    out = {}
    for name, item in value.items():
        if item is not None and shape.has_member(name):
            member = shape.at(name)
            out[member.get("locationName", name)] = write(member, item)
    return out


def _write_list(shape: Shape, value: list[Any]) -> Any:
    return [write(shape.member, item) for item in value]


def _write_map(shape: Shape, value: dict[str, Any]) -> Any:
    return {str(key): write(shape.value, item) for key, item in value.items()}


def _write_timestamp(shape: Shape, value: Any) -> Any:
    return write_timestamp(value, shape.get("timestampFormat", "unixTimestamp"))


def _write_float(_: Shape, value: Any) -> Any:
    number = float(value)
    if math.isfinite(number):
        return value if isinstance(value, (int, float)) else number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


_WRITERS: dict[str, Callable[[Shape, Any], Any]] = {
    "structure": _write_structure,
    "list": _write_list,
    "map": _write_map,
    "timestamp": _write_timestamp,
    "blob": lambda _, value: write_blob(value),
    "float": _write_float,
    "double": _write_float,
}


def read(shape: Shape, value: Any) -> Any:
    """The value of `shape` that the JSON value stands for; Malformed where it cannot be one."""
    if value is None:
        return None
    return _READERS[shape.type](shape, value)


def _read_structure(shape: Shape, value: Any) -> Any:
    if shape.get("document"):
        return value
    if not isinstance(value, dict):
        raise Malformed(_unexpected(value, "structure"))
    out = {}
    for name in shape.member_names:
        member = shape.at(name)
        item = value.get(member.get("locationName", name))
        if item is not None:
            out[name] = read(member, item)
    return out


def _read_list(shape: Shape, value: Any) -> Any:
    if not isinstance(value, list):
        raise Malformed(_unexpected(value, "list"))
    return [read(shape.member, item) for item in value]


def _read_map(shape: Shape, value: Any) -> Any:
    """A null value of a map counts only where the model calls the map sparse."""
    if not isinstance(value, dict):
        raise Malformed(_unexpected(value, "map"))
    sparse = shape.get("sparse", False)
    return {key: read(shape.value, item) for key, item in value.items() if item is not None or sparse}


def _read_string(_: Shape, value: Any) -> Any:
    """Numbers and booleans given for text are taken as text, as AWS's services do."""
    if isinstance(value, str):
        return value
    if isinstance(value, (dict, list)):
        raise Malformed(_unexpected(value, "string"))
    return json.dumps(value)


def _read_integer(shape: Shape, value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return int(value)
    raise Malformed(_unexpected(value, shape.type))


def _read_float(shape: Shape, value: Any) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value in _NAMES:
        return _NAMES[value]
    raise Malformed(_unexpected(value, shape.type))


def _read_boolean(shape: Shape, value: Any) -> Any:
    if isinstance(value, bool):
        return value
    raise Malformed(_unexpected(value, shape.type))


def _unexpected(value: Any, kind: str) -> str:
    """AWS's own words where a JSON value is of another type than the model's."""
    found = _TYPE_NAMES.get(type(value), "NUMBER_VALUE")
    if kind in _JAVA_NAMES:
        return f"{found} cannot be converted to {_JAVA_NAMES[kind]}"
    return f"Unexpected token {found}"


_READERS: dict[str, Callable[[Shape, Any], Any]] = {
    "structure": _read_structure,
    "list": _read_list,
    "map": _read_map,
    "string": _read_string,
    "integer": _read_integer,
    "long": _read_integer,
    "float": _read_float,
    "double": _read_float,
    "boolean": _read_boolean,
    "timestamp": lambda _, value: read_timestamp(value),
    "blob": lambda _, value: read_blob(value),
    "character": _read_string,
}
