"""Scalars as they are written on the wire: timestamps, numbers, blobs."""

from __future__ import annotations

import base64
import binascii
import math
from datetime import UTC, datetime, timedelta
from typing import Any

from fakeaws.core.model.models import Shape
from fakeaws.core.tools.errors import Malformed

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def write_timestamp(value: Any, form: str) -> str | int | float:
    """A moment as `iso8601`, `rfc822` or `unixTimestamp`; fractions of a second only where there are some."""
    moment = read_timestamp(value) if not isinstance(value, datetime) else value
    if moment.tzinfo is not UTC:
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    form = form.lower()
    if form == "iso8601":
        return _iso8601(moment)
    if form == "rfc822":
        return _rfc822(moment)
    micros = (moment - _EPOCH) // _MICROSECOND
    return micros // 1_000_000 if micros % 1_000_000 == 0 else micros / 1_000_000


def _iso8601(moment: datetime) -> str:
    micro = moment.microsecond
    fraction = "" if not micro else f".{micro:06d}" if micro % 1000 else f".{micro // 1000:03d}"
    return f"{moment.replace(tzinfo=None, microsecond=0).isoformat()}{fraction}Z"


def _rfc822(moment: datetime) -> str:
    """Names of days and months are English whatever the locale says (RFC 9110, 5.6.7)."""
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    return f"{day}, {moment.day:02d} {month} {moment.year:04d} {moment:%H:%M:%S} GMT"


def read_timestamp(value: Any) -> datetime:
    """A moment from any of the forms in use: seconds as a number or its text, ISO 8601, RFC 822."""
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return _from_seconds(value)
        if not isinstance(value, str):
            raise Malformed(f"{value!r} is no timestamp")
        return _from_text(value.strip())
    except (ValueError, OverflowError, TypeError) as problem:
        raise Malformed(f"Unable to parse date as timestamp: {value}") from problem


def _from_seconds(seconds: float) -> datetime:
    if isinstance(seconds, int):
        return _EPOCH + timedelta(seconds=seconds)
    return _EPOCH + timedelta(microseconds=round(seconds * 1_000_000))


def _from_text(text: str) -> datetime:
    if text[:1].isalpha():
        from email.utils import parsedate_to_datetime

        moment = parsedate_to_datetime(text)
    elif text.lstrip("-").replace(".", "", 1).replace("E", "", 1).isdecimal() and len(text) != 8:
        return _from_seconds(int(text) if text.lstrip("-").isdecimal() else float(text))
    else:
        moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def write_number(value: Any) -> str:
    """A float in text; what is no number by its name."""
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
    return str(value)


def read_float(text: Any) -> float:
    try:
        return float(text)
    except (ValueError, TypeError) as problem:
        raise Malformed(f"{text!r} is no number") from problem


def read_integer(text: Any) -> int:
    try:
        return int(text)
    except (ValueError, TypeError) as problem:
        raise Malformed(f"{text!r} is no integer") from problem


def read_boolean(text: str) -> bool:
    lowered = text.lower()
    if lowered not in ("true", "false", "1", "0"):
        raise Malformed(f"{text!r} is no boolean")
    return lowered in ("true", "1")


def write_blob(value: Any) -> str:
    """Base64 of bytes, of text, or of a file-like object's content."""
    if isinstance(value, str):
        value = value.encode()
    elif not isinstance(value, (bytes, bytearray)):
        value = value.read()
    return base64.b64encode(value).decode("ascii")


def read_blob(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError) as problem:
        raise Malformed("Invalid base64") from problem


def write_text(shape: Shape, value: Any, timestamps: str) -> str:
    """A scalar as text, for XML, forms, headers and URIs; `timestamps` is the format where the model says none."""
    kind = shape.type
    if kind == "string":
        return value if isinstance(value, str) else str(value)
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "timestamp":
        return str(write_timestamp(value, shape.get("timestampFormat", timestamps)))
    if kind == "blob":
        return write_blob(value)
    return write_number(value)


def read_text(shape: Shape, text: str) -> Any:
    """The value of a scalar that was sent as text."""
    kind = shape.type
    if kind == "string":
        return text
    if kind in ("integer", "long"):
        return read_integer(text)
    if kind == "boolean":
        return read_boolean(text)
    if kind == "timestamp":
        return read_timestamp(text)
    if kind == "blob":
        return read_blob(text)
    return read_float(text)
