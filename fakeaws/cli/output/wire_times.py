"""`cli_timestamp_format = wire`: timestamps as the service's protocol writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fakeaws.core.model.models import Operation, Shape

Document = dict[str, Any]

_DEFAULTS = {"query": "iso8601", "ec2": "iso8601", "rest-xml": "iso8601"}


def wired(operation: Operation, answer: Document) -> Document:
    """`answer` with its timestamps as text or numbers, in the format of the shape, the header or the protocol."""
    if operation.output is None:
        return answer
    found: Document = _value(operation.output, answer, _DEFAULTS.get(operation.service.protocol, "unixTimestamp"))
    return found


def _value(shape: Shape, value: Any, default: str) -> Any:
    if shape.type == "structure" and isinstance(value, dict) and not shape.get("document"):
        return {k: _value(shape.at(k), v, default) if shape.has_member(k) else v for k, v in value.items()}
    if shape.type == "list" and isinstance(value, list):
        return [_value(shape.member, item, default) for item in value]
    if shape.type == "map" and isinstance(value, dict):
        return {key: _value(shape.value, item, default) for key, item in value.items()}
    if isinstance(value, datetime):
        in_header = shape.get("location") in ("header", "headers")
        return _written(value, shape.get("timestampFormat") or ("rfc822" if in_header else default))
    return value


def _written(moment: datetime, style: str) -> Any:
    moment = moment.astimezone(UTC)
    if style == "rfc822":
        from email.utils import format_datetime

        return format_datetime(moment, usegmt=True)
    if style == "unixTimestamp":
        seconds = moment.timestamp()
        return int(seconds) if seconds == int(seconds) else round(seconds, 6)
    fraction = f".{moment.microsecond:06d}".rstrip("0") if moment.microsecond else ""
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + fraction + "Z"
