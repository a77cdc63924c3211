"""How an answer is shown: one module a format, each with `write(title, document, stream, color)`.

`title` is the operation's name (a table shows it); `document` holds only JSON's types (`plain`); `color` is `on`, `off`
or `auto`.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable
from datetime import date, datetime
from importlib import import_module
from typing import Any, TextIO

FORMATS = ("json", "text", "table", "yaml", "yaml-stream", "off")

Write = Callable[[str, Any, TextIO, str], None]


def formatter(name: str) -> Write:
    """The `write` of the format `name`, which must be one of FORMATS."""
    write: Write = import_module(f"fakeaws.cli.output.{name.replace('-', '_')}").write
    return write


def plain(value: Any) -> Any:
    """`value` with JSON's types only: timestamps in ISO 8601, bytes in base64, streams left out of structures."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return type(value)([(key, plain(item)) for key, item in value.items() if not hasattr(item, "read")])
    if isinstance(value, list):
        return [plain(item) for item in value]
    return scalar(value) if isinstance(value, datetime | date | bytes | bytearray) else value


def scalar(value: Any) -> Any:
    """A timestamp or bytes as AWS CLI shows it."""
    if isinstance(value, bytes | bytearray):
        return binascii.b2a_base64(value, newline=False).decode()
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
