"""CBOR (RFC 8949) as far as smithy-rpc-v2-cbor uses it: read generically, written by shape.

Read are definite and indefinite lengths, half, single and double floats, and tag 1 (seconds since the epoch).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import datetime
from typing import Any

from fakeaws.core.model.models import Shape
from fakeaws.core.tools.errors import Malformed
from fakeaws.wire.messages.values import read_timestamp, write_timestamp

MAX_DEPTH = 200
"""How deep arrays and maps may nest."""
_BREAK = object()
_SIMPLE = {20: False, 21: True, 22: None, 23: None}
_FLOATS = {25: (">e", 2), 26: (">f", 4), 27: (">d", 8)}
_SIZES = {24: 1, 25: 2, 26: 4, 27: 8}
_INDEFINITE = 31


def loads(content: bytes) -> Any:
    """The one data item that `content` is; Malformed where it is cut short, too deep or followed by more."""
    reader = _Reader(content)
    try:
        value = reader.item()
    except (struct.error, UnicodeDecodeError, IndexError, TypeError, OverflowError) as problem:
        raise Malformed("The CBOR is malformed") from problem
    if value is _BREAK or reader.at != len(content):
        raise Malformed("The CBOR is malformed")
    return value


class _Reader:
    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0
        self.depth = 0

    def item(self) -> Any:
        first = self.take(1)[0]
        major, info = first >> 5, first & 31
        if major == 7:
            return self.simple(info)
        if major in (4, 5):
            return self.nested(major, info)
        if major == 6:
            return self.tagged(self.number(info))
        if major in (2, 3):
            text = self.chunks(major, info)
            return text.decode() if major == 3 else text
        return self.number(info) if major == 0 else -1 - self.number(info)

    def take(self, size: int) -> bytes:
        piece = self.content[self.at : self.at + size]
        if len(piece) != size:
            raise Malformed("The CBOR ends too early")
        self.at += size
        return piece

    def number(self, info: int) -> int:
        if info < 24:
            return info
        if info not in _SIZES:
            raise Malformed("The CBOR has an unknown length")
        return int.from_bytes(self.take(_SIZES[info]), "big")

    def simple(self, info: int) -> Any:
        if info == _INDEFINITE:
            return _BREAK
        if info in _FLOATS:
            form, size = _FLOATS[info]
            return struct.unpack(form, self.take(size))[0]
        if info not in _SIMPLE:
            raise Malformed("The CBOR has an unknown simple value")
        return _SIMPLE[info]

    def chunks(self, major: int, info: int) -> bytes:
        if info != _INDEFINITE:
            return self.take(self.number(info))
        parts = []
        while (first := self.take(1)[0]) != 0xFF:
            if first >> 5 != major:
                raise Malformed("The CBOR mixes chunks")
            parts.append(self.take(self.number(first & 31)))
        return b"".join(parts)

    def tagged(self, tag: int) -> Any:
        value = self.deeper(self.item)
        return read_timestamp(value) if tag == 1 else value

    def nested(self, major: int, info: int) -> Any:
        count = None if info == _INDEFINITE else self.number(info)
        return self.deeper(lambda: self.array(count) if major == 4 else self.map(count))

    def deeper(self, read: Callable[[], Any]) -> Any:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Malformed(f"The CBOR nests deeper than {MAX_DEPTH}")
        value = read()
        self.depth -= 1
        return value

    def array(self, count: int | None) -> list[Any]:
        out: list[Any] = []
        while count is None or len(out) < count:
            value = self.item()
            if value is _BREAK:
                if count is None:
                    return out
                raise Malformed("The CBOR breaks off an array")
            out.append(value)
        return out

    def map(self, count: int | None) -> dict[Any, Any]:
        out: dict[Any, Any] = {}
        seen = 0
        while count is None or seen < count:
            key = self.item()
            if key is _BREAK:
                if count is None:
                    return out
                raise Malformed("The CBOR breaks off a map")
            value = self.item()
            if value is _BREAK:
                raise Malformed("The CBOR breaks off an entry")
            out[key] = value
            seen += 1
        return out


def dumps(shape: Shape, value: Any) -> bytes:
    out = bytearray()
    _write(shape, value, out)
    return bytes(out)


def _write(shape: Shape, value: Any, out: bytearray) -> None:
    if value is None:
        out.append(0xF6)
        return
    _WRITERS[shape.type](shape, value, out)


def head(major: int, number: int, out: bytearray) -> None:
    """An initial byte and the bytes of its number, in the shortest form."""
    if number < 24:
        out.append(major << 5 | number)
        return
    for info, size in _SIZES.items():
        if number < 1 << (8 * size):
            out.append(major << 5 | info)
            out += number.to_bytes(size, "big")
            return
    raise OverflowError(f"{number} does not fit into 64 bits")


def write_string(value: Any, out: bytearray) -> None:
    text = (value if isinstance(value, str) else str(value)).encode(errors="replace")
    head(3, len(text), out)
    out += text


def _write_structure(shape: Shape, value: dict[str, Any], out: bytearray) -> None:
    present = {name: item for name, item in value.items() if item is not None and shape.has_member(name)}
    head(5, len(present), out)
    write_members(shape, present, out)


def write_members(shape: Shape, present: dict[str, Any], out: bytearray) -> None:
    """The keys and values of a structure's members, without the map around them."""
    for name, item in present.items():
        member = shape.at(name)
        write_string(member.get("locationName", name), out)
        _write(member, item, out)


def _write_list(shape: Shape, value: list[Any], out: bytearray) -> None:
    head(4, len(value), out)
    for item in value:
        _write(shape.member, item, out)


def _write_map(shape: Shape, value: dict[str, Any], out: bytearray) -> None:
    head(5, len(value), out)
    for key, item in value.items():
        write_string(key, out)
        _write(shape.value, item, out)


def _write_integer(_: Shape, value: Any, out: bytearray) -> None:
    number = int(value)
    head(0, number, out) if number >= 0 else head(1, -1 - number, out)


def _write_float(_: Shape, value: Any, out: bytearray) -> None:
    out.append(0xFB)
    out += struct.pack(">d", value)


def _write_timestamp(shape: Shape, value: datetime, out: bytearray) -> None:
    out.append(0xC1)
    _write_float(shape, write_timestamp(value, "unixTimestamp"), out)


def _write_blob(_: Shape, value: Any, out: bytearray) -> None:
    content = value.encode() if isinstance(value, str) else value if isinstance(value, bytes) else value.read()
    head(2, len(content), out)
    out += content


def _write_boolean(_: Shape, value: Any, out: bytearray) -> None:
    out.append(0xF5 if value else 0xF4)


_WRITERS: dict[str, Callable[[Shape, Any, bytearray], None]] = {
    "structure": _write_structure,
    "list": _write_list,
    "map": _write_map,
    "string": lambda _, value, out: write_string(value, out),
    "integer": _write_integer,
    "long": _write_integer,
    "float": _write_float,
    "double": _write_float,
    "boolean": _write_boolean,
    "timestamp": _write_timestamp,
    "blob": _write_blob,
}


def read(shape: Shape, value: Any) -> Any:
    """The value of `shape` that a decoded data item stands for; Malformed where it cannot be one."""
    kind = shape.type
    if value is None:
        return None
    if not _fits(kind, value):
        raise Malformed(f"Unexpected {type(value).__name__} for {shape.name}")
    if kind == "structure":
        return _read_structure(shape, value)
    if kind == "list":
        return [read(shape.member, item) for item in value]
    if kind == "map":
        sparse = shape.get("sparse", False)
        return {key: read(shape.value, item) for key, item in value.items() if item is not None or sparse}
    if kind == "timestamp" and not isinstance(value, datetime):
        return read_timestamp(value)
    return value


def _fits(kind: str, value: Any) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _read_structure(shape: Shape, value: dict[Any, Any]) -> dict[str, Any]:
    out = {}
    for name in shape.member_names:
        member = shape.at(name)
        item = value.get(member.get("locationName", name))
        if item is not None:
            out[name] = read(member, item)
    return out


_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "list": (list,),
    "map": (dict,),
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "timestamp": (datetime, int, float),
    "blob": (bytes,),
}
