"""What the client checks before a call is made: parameters against the model, in botocore's words.

Services refuse in words of their own; this is the check that stops a call from being made at all (exit code 252).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from fakeaws.core.model.models import Shape

_SIZED = ("string", "list")
"""Types whose minimum length is checked; blobs and maps are sent whatever their size."""
_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "list": (list, tuple),
    "map": (dict,),
    "string": (str,),
    "character": (str,),
    "integer": (int,),
    "long": (int,),
    "boolean": (bool,),
    "float": (float, int),
    "double": (float, int),
    "blob": (bytes, bytearray, str),
}
_BLOB_NAMES = "<class 'bytes'>, <class 'bytearray'>, file-like object"
_TIMESTAMP_NAMES = "<class 'datetime.datetime'>, timestamp-string"
_DOCUMENT_TYPES = (str, int, bool, float, list, dict)


class Report:
    """The findings of a check, in the order found."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def missing(self, where: str, member: str) -> None:
        self.lines.append(f'Missing required parameter in {_place(where)}: "{member}"')

    def unknown(self, where: str, member: str, known: list[str]) -> None:
        self.lines.append(f'Unknown parameter in {_place(where)}: "{member}", must be one of: {", ".join(known)}')

    def wrong_type(self, where: str, value: Any, valid: str, what: str = "parameter") -> None:
        self.lines.append(
            f"Invalid type for {what} {_place(where)}, value: {value}, type: {type(value)}, valid types: {valid}"
        )

    def too_short(self, where: str, size: int, least: int) -> None:
        self.lines.append(f"Invalid length for parameter {_place(where)}, value: {size}, valid min length: {least}")

    def too_small(self, where: str, value: Any, least: int) -> None:
        self.lines.append(f"Invalid value for parameter {_place(where)}, value: {value}, valid min value: {least}")


def validated(shape: Shape | None, params: Any) -> tuple[Any, list[str]]:
    """The parameters with their timestamps as datetime and text for blobs as bytes, and what is wrong with them."""
    if shape is None:
        return params, []
    report = Report()
    return _value(shape, params, "", report), report.lines


def moment(value: Any) -> datetime | None:
    """A timestamp as an option gives it (ISO 8601, epoch seconds, what dateutil reads); None if it is none."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    try:
        return datetime.fromtimestamp(float(value), UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return _written_moment(value) if isinstance(value, str) else None


def _written_moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        from dateutil import parser  # type: ignore[import-untyped]

        try:
            found = parser.parse(text)
        except (ValueError, OverflowError):
            return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _place(where: str) -> str:
    return where.removeprefix(".") or "input"


def _value(shape: Shape, value: Any, where: str, report: Report) -> Any:
    if shape.get("document"):
        return _document(value, where, report)
    if shape.type == "timestamp":
        return _timestamp(value, where, report)
    if not _has_type(shape, value):
        names = _BLOB_NAMES if shape.type == "blob" else ", ".join(str(kind) for kind in _TYPES[shape.type])
        report.wrong_type(where, value, names)
        return value
    _check_range(shape, value, where, report)
    nest = _NESTED.get(shape.type)
    if nest is not None:
        return nest(shape, value, where, report)
    return value.encode() if shape.type == "blob" and isinstance(value, str) else value


def _has_type(shape: Shape, value: Any) -> bool:
    if shape.get("jsonvalue") and shape.get("location") == "header":
        return True
    return isinstance(value, _TYPES[shape.type]) or (shape.type == "blob" and hasattr(value, "read"))


def _timestamp(value: Any, where: str, report: Report) -> Any:
    found = moment(value)
    if found is None:
        report.wrong_type(where, value, _TIMESTAMP_NAMES)
    return found


def _document(value: Any, where: str, report: Report) -> Any:
    """Any JSON; null counts as no value."""
    if value is not None and not isinstance(value, _DOCUMENT_TYPES):
        report.wrong_type(where, value, ", ".join(map(str, _DOCUMENT_TYPES)), "document parameter")
    elif isinstance(value, dict):
        for key, item in value.items():
            _document(item, f"{where}.{key}", report)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _document(item, f"{where}[{index}]", report)
    return value


def _check_range(shape: Shape, value: Any, where: str, report: Report) -> None:
    """The client checks only the lower bound."""
    least = shape.get("min", 1 if shape.get("hostLabel") else None)
    if least is None:
        return
    if shape.type in ("integer", "long", "float", "double"):
        if value < least:
            report.too_small(where, value, least)
    elif shape.type in _SIZED and len(value) < least:
        report.too_short(where, len(value), least)


def _structure(shape: Shape, value: dict[str, Any], where: str, report: Report) -> Any:
    """An idempotency token is never missing: one is generated where none is given."""
    if shape.get("union"):
        _check_union(shape, value, where, report)
    for name in shape.required:
        if name not in value and not shape.at(name).get("idempotencyToken"):
            report.missing(where, name)
    for name in value:
        if not shape.has_member(name):
            report.unknown(where, name, shape.member_names)
    return {
        name: _value(shape.at(name), item, f"{where}.{name}", report)
        for name, item in value.items()
        if shape.has_member(name)
    }


def _check_union(shape: Shape, value: dict[str, Any], where: str, report: Report) -> None:
    members = ", ".join(shape.member_names)
    if len(value) > 1:
        report.lines.append(
            f"Invalid number of parameters set for tagged union structure {_place(where)}. "
            f"Can only set one of the following keys: {members}."
        )
    elif not value:
        report.lines.append(f"Must set one of the following keys for tagged unionstructure {_place(where)}: {members}.")


def _list(shape: Shape, value: list[Any], where: str, report: Report) -> Any:
    return [_value(shape.member, item, f"{where}[{index}]", report) for index, item in enumerate(value)]


def _map(shape: Shape, value: dict[str, Any], where: str, report: Report) -> Any:
    found = {}
    for key, item in value.items():
        _value(shape.key, key, f"{where} (key: {key})", report)
        found[key] = _value(shape.value, item, f"{where}.{key}", report)
    return found


_NESTED: dict[str, Callable[[Shape, Any, str, Report], Any]] = {"structure": _structure, "list": _list, "map": _map}
