"""Amazon event streams (`application/vnd.amazon.eventstream`): frames out and in.

A frame is: total length, length of the headers, CRC of these; headers; payload; CRC of all of it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from fakeaws.core.model.models import Shape
from fakeaws.core.tools.errors import AwsError, Malformed
from fakeaws.core.tools.http import Readable
from fakeaws.wire.messages.values import read_timestamp

CONTENT_TYPE = "application/vnd.amazon.eventstream"
MAX_FRAME = 24 * 1024 * 1024
Document = dict[str, Any]
Codec = tuple[str, Callable[[Shape, Any], bytes]]
"""The content type of structured payloads, and what writes them."""

_TRUE, _FALSE, _BYTE, _SHORT, _INTEGER, _LONG, _BYTES, _STRING, _TIMESTAMP, _UUID = range(10)
_NUMBERS = {_BYTE: ">b", _SHORT: ">h", _INTEGER: ">i", _LONG: ">q", _TIMESTAMP: ">q"}


def frame(headers: Document, payload: bytes) -> bytes:
    """One message."""
    head = b"".join(_header(name, value) for name, value in headers.items())
    prelude = struct.pack(">II", 16 + len(head) + len(payload), len(head))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + head + payload
    return message + struct.pack(">I", zlib.crc32(message))


def _header(name: str, value: Any) -> bytes:
    title = name.encode()
    return bytes([len(title)]) + title + _header_value(value)


def _header_value(value: Any) -> bytes:
    if isinstance(value, bool):
        return bytes([_TRUE if value else _FALSE])
    if isinstance(value, int):
        small = -(2**31) <= value < 2**31
        return bytes([_INTEGER if small else _LONG]) + struct.pack(">i" if small else ">q", value)
    if isinstance(value, datetime):
        return bytes([_TIMESTAMP]) + struct.pack(">q", round(value.timestamp() * 1000))
    content = value if isinstance(value, bytes) else str(value).encode()
    return bytes([_BYTES if isinstance(value, bytes) else _STRING]) + struct.pack(">H", len(content)) + content


def write(shape: Shape, events: Iterable[Document], codec: Codec) -> Iterator[bytes]:
    """The frames of `events`, each `{"EventName": {…}}`; an AwsError raised on the way becomes an exception frame."""
    try:
        for event in events:
            for name, value in event.items():
                yield _event(shape, name, value, codec)
    except AwsError as error:
        yield _failure(shape, error, codec)
    finally:
        if isinstance(events, Generator):
            events.close()


def initial_response(payload: bytes, content_type: str) -> bytes:
    """The first frame in RPC protocols: it carries the members of the answer that are not events."""
    headers = {":event-type": "initial-response", ":content-type": content_type, ":message-type": "event"}
    return frame(headers, payload)


def _event(shape: Shape, name: str, value: Document, codec: Codec) -> bytes:
    event = shape.at(name)
    headers: Document = {":event-type": name, ":message-type": "event"}
    payload_name = None
    rest: Document = {}
    for member_name, item in value.items():
        if item is None or not event.has_member(member_name):
            continue
        member = event.at(member_name)
        if member.get("eventheader"):
            headers[member_name] = item
        elif member.get("eventpayload"):
            payload_name = member_name
        else:
            rest[member_name] = item
    if payload_name is None:
        if any(not m.get("eventheader") and not m.get("eventpayload") for m in event.members.values()):
            headers[":content-type"] = codec[0]
            return frame(headers, codec[1](event, rest))
        return frame(headers, b"")
    headers[":content-type"], payload = _payload(event.at(payload_name), value[payload_name], codec)
    return frame(headers, payload)


def _payload(member: Shape, value: Any, codec: Codec) -> tuple[str, bytes]:
    if member.type == "blob":
        return "application/octet-stream", value.encode() if isinstance(value, str) else bytes(value)
    if member.type == "string":
        return "text/plain", str(value).encode()
    return codec[0], codec[1](member, value)


def _failure(shape: Shape, error: AwsError, codec: Codec) -> bytes:
    """A modelled error is an exception frame, any other an error frame."""
    for name, member in shape.members.items():
        if member.get("exception") and error.code in (name, member.name):
            key = "Message" if member.has_member("Message") else "message"
            headers = {":exception-type": name, ":content-type": codec[0], ":message-type": "exception"}
            return frame(headers, codec[1](member, {key: error.message, **error.fields}))
    return frame({":error-code": error.code, ":error-message": error.message, ":message-type": "error"}, b"")


class Frame:
    """A message that was read."""

    def __init__(self, headers: Document, payload: bytes) -> None:
        self.headers = headers
        self.payload = payload


def frames(source: Readable) -> Iterator[Frame]:
    """The messages of a stream, each as it arrives; Malformed where one is damaged or too large."""
    while prelude := _exactly(source, 12):
        total, head_size, check = struct.unpack(">III", prelude)
        if zlib.crc32(prelude[:8]) != check or not 16 + head_size <= total <= MAX_FRAME:
            raise Malformed("The event stream's prelude is damaged")
        rest = _exactly(source, total - 12)
        if zlib.crc32(prelude + rest[:-4]) != struct.unpack(">I", rest[-4:])[0]:
            raise Malformed("The event stream's message is damaged")
        yield Frame(_read_headers(rest[:head_size]), rest[head_size:-4])


def _exactly(source: Readable, size: int) -> bytes:
    content = b""
    while len(content) < size:
        piece = source.read(size - len(content))
        if not piece:
            if content:
                raise Malformed("The event stream ends within a message")
            return b""
        content += piece
    return content


def _read_headers(content: bytes) -> Document:
    headers: Document = {}
    at = 0
    try:
        while at < len(content):
            size = content[at]
            name = content[at + 1 : at + 1 + size].decode()
            headers[name], at = _read_value(content, at + 1 + size)
    except (IndexError, struct.error, UnicodeDecodeError) as problem:
        raise Malformed("The event stream's headers are damaged") from problem
    return headers


def _read_value(content: bytes, at: int) -> tuple[Any, int]:
    kind = content[at]
    at += 1
    if kind in (_TRUE, _FALSE):
        return kind == _TRUE, at
    if kind in _NUMBERS:
        size = struct.calcsize(_NUMBERS[kind])
        number = struct.unpack(_NUMBERS[kind], content[at : at + size])[0]
        return (read_timestamp(0) + timedelta(milliseconds=number) if kind == _TIMESTAMP else number), at + size
    if kind == _UUID:
        return content[at : at + 16], at + 16
    size = struct.unpack(">H", content[at : at + 2])[0]
    text = content[at + 2 : at + 2 + size]
    return (text.decode() if kind == _STRING else text), at + 2 + size


def read(shape: Shape, source: Readable, decode: Callable[[Shape, bytes], Any]) -> Iterator[Document]:
    """The events of a stream that a client sends, each `{"EventName": {…}}`.

    A signed stream wraps each message in another one whose payload it is; an empty payload ends the stream.
    """
    for message in frames(source):
        if ":chunk-signature" in message.headers:
            if not message.payload:
                return
            message = next(frames(BytesIO(message.payload)))
        name = message.headers.get(":event-type", "")
        if shape.has_member(name):
            yield {name: _read_event(shape.at(name), message, decode)}


def _read_event(event: Shape, message: Frame, decode: Callable[[Shape, bytes], Any]) -> Document:
    out = {
        name: message.headers[name]
        for name, m in event.members.items()
        if m.get("eventheader") and name in message.headers
    }
    for name, member in event.members.items():
        if member.get("eventpayload"):
            content = message.payload
            out[name] = (
                content
                if member.type == "blob"
                else content.decode()
                if member.type == "string"
                else decode(member, content)
            )
            return out
    return {**decode(event, message.payload), **out} if message.payload else out
