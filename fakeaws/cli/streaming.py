"""Streamed bodies and event streams: into the file that the command names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from fakeaws.core.models import Operation

Document = dict[str, Any]

CHUNK = 1 << 20


def save_body(operation: Operation, answer: Document, path: str) -> Document:
    """Write the answer's body to the file `path`; the answer without it."""
    name = body_member(operation)
    if name is None:
        return answer
    with open(path, "wb") as file:
        for chunk in chunks(answer.get(name)):
            file.write(chunk)
    return {key: value for key, value in answer.items() if key != name}


def body_member(operation: Operation) -> str | None:
    """The member of the output that is a stream: the payload that is a blob or an event stream."""
    if operation.output is None:
        return None
    payload = operation.output.get("payload")
    if payload is None:
        return None
    shape = operation.output.at(payload)
    return str(payload) if shape.type == "blob" or shape.get("eventstream") else None


def chunks(body: Any) -> Iterator[bytes]:
    """The bytes of a body: a file, which is then closed, bytes, or the payloads of a stream of events."""
    if body is None:
        return
    if hasattr(body, "read"):
        with closing(body):
            yield from iter(lambda: body.read(CHUNK), b"")
    elif isinstance(body, bytes | bytearray):
        yield bytes(body)
    elif isinstance(body, str):
        yield body.encode()
    else:
        for event in body:
            for part in event.values():
                yield from chunks(part.get("Payload"))
