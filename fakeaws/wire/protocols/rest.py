"""What rest-json and rest-xml share: payloads, streams and the members outside of the body."""

from __future__ import annotations

from abc import abstractmethod
from io import BytesIO
from typing import Any

from fakeaws.core.model.models import Operation, Shape
from fakeaws.core.tools.http import PIECE, Request, Response, pieces
from fakeaws.wire.messages import bindings, eventstream
from fakeaws.wire.protocols.base import Document, Protocol


class Rest(Protocol):
    """A protocol whose operations are named by method and path."""

    event_type: str

    @abstractmethod
    def read_value(self, shape: Shape, content: bytes) -> Any:
        """The value of `shape` that a body holds."""

    @abstractmethod
    def read_body(self, shape: Shape, content: bytes) -> Document:
        """The members of the input that a body holds."""

    @abstractmethod
    def write_payload(self, shape: Shape, value: Any) -> bytes:
        """A body that is one member."""

    @abstractmethod
    def write_body(self, operation: Operation, document: Document) -> bytes:
        """A body that holds all members without another location; b"" where there is none to write."""

    def read(self, operation: Operation, request: Request) -> Document:
        shape = operation.input
        if shape is None:
            return {}
        found = bindings.read(operation, request)
        payload = shape.get("payload")
        if payload:
            value = self._read_payload(shape, payload, request)
            if value is not None:
                found[payload] = value
        elif any(shape.at(name).get("location") is None for name in shape.member_names):
            found.update(self.read_body(shape, request.content))
        return {name: found[name] for name in shape.member_names if name in found}

    def _read_payload(self, shape: Shape, name: str, request: Request) -> Any:
        """The member that is the body; an empty body is an absent member."""
        member = shape.at(name)
        if member.get("eventstream"):
            return eventstream.read(member, request.body, self.read_value)
        if member.type == "blob" and member.get("streaming"):
            return request.body if request.has_body else None
        content = request.content
        if not content:
            return None
        if member.type == "blob":
            return content
        if member.type == "string":
            return content.decode()
        value = self.read_value(member, content)
        return value if value or name in shape.required or member.get("document") else None

    def answer(self, operation: Operation, document: Document, request_id: str) -> Response:
        shape = operation.output
        status, headers = bindings.write(shape, document, 0)
        if not status:
            status = 206 if "content-range" in headers else operation.http.get("responseCode", 200)
        response = Response(status, headers.pairs)
        payload = shape.get("payload") if shape is not None else None
        if shape is not None and payload:
            self._answer_payload(shape.at(payload), document.get(payload), response)
        else:
            response.body = self.write_body(operation, document)
            if response.body:
                self._call(response, self.content_type)
        self.identify(operation.service.name, response, request_id)
        return response

    def _answer_payload(self, member: Shape, value: Any, response: Response) -> None:
        if member.get("eventstream"):
            response.body = eventstream.write(member, value or (), (self.event_type, self.write_payload))
            self._call(response, eventstream.CONTENT_TYPE)
        elif value is None:
            return
        elif member.type in ("blob", "string"):
            response.body = _stream(value)
            self._call(response, "application/octet-stream" if member.type == "blob" else "text/plain")
        else:
            response.body = self.write_payload(member, value)
            self._call(response, self.content_type)

    content_type: str

    def _call(self, response: Response, content_type: str) -> None:
        if "content-type" not in response.headers:
            response.headers.add("Content-Type", content_type)

    def identify(self, service: str, response: Response, request_id: str) -> None:
        response.headers.add("x-amzn-RequestId", request_id)


def _stream(value: Any) -> Any:
    """Bytes as they are, also those of a small file in memory; a file-like object or an iterator in pieces."""
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, BytesIO) and value.getbuffer().nbytes <= PIECE:
        return value.read()
    return pieces(value) if hasattr(value, "read") else iter(value)
