"""Streamed bodies and event streams: into the file that the command names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from fakeaws.cli.errors import GeneralError
from fakeaws.core.model.models import Operation
from fakeaws.core.tools.errors import CloudError

Document = dict[str, Any]

CHUNK = 1 << 20


def save_body(operation: Operation, answer: Document, path: str) -> Document:
    """Write the answer's body to the file `path`; the answer without it. A body that ends in an error leaves no
    partial file. OSError, in the words of the AWS CLI, where the file cannot be written."""
    name = body_member(operation)
    if name is None:
        return answer
    with open(path, "wb") as file:
        try:
            for chunk in chunks(answer.get(name)):
                file.write(chunk)
        except (GeneralError, OSError):
            if os.path.isfile(path):
                os.unlink(path)
            raise
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
    """The bytes of a body: a file, which is then closed, bytes, or the payloads of a stream of events. GeneralError
    where the body was lost or damaged."""
    if body is None:
        return
    if hasattr(body, "read"):
        with closing(body):
            try:
                yield from iter(lambda: body.read(CHUNK), b"")
            except CloudError as error:
                raise GeneralError(str(error)) from error
    elif isinstance(body, bytes | bytearray):
        yield bytes(body)
    elif isinstance(body, str):
        yield body.encode()
    else:
        for event in body:
            for part in event.values():
                yield from chunks(part.get("Payload"))
