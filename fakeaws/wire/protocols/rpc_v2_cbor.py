"""The smithy-rpc-v2-cbor protocol. https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html"""

from __future__ import annotations

from collections.abc import Iterator

from fakeaws.core.model.models import Operation, Shape
from fakeaws.core.tools.http import Request, Response
from fakeaws.wire.messages import cbor, eventstream
from fakeaws.wire.messages.faults import Fault
from fakeaws.wire.protocols.base import Document, Protocol, event_member
from fakeaws.wire.protocols.json_rpc import add_query_error

_CONTENT_TYPE = "application/cbor"


class RpcV2Cbor(Protocol):
    name = "smithy-rpc-v2-cbor"

    def read(self, operation: Operation, request: Request) -> Document:
        content = request.content
        if operation.input is None or not content:
            return {}
        found: Document = cbor.read(operation.input, cbor.loads(content))
        return found

    def answer(self, operation: Operation, document: Document, request_id: str) -> Response:
        shape = operation.output
        stream = event_member(shape)
        if shape is None:
            return _response(200, b"", request_id, None)
        if stream is not None:
            return _response(200, _events(shape, document, stream), request_id, eventstream.CONTENT_TYPE)
        return _response(200, cbor.dumps(shape, document), request_id, _CONTENT_TYPE)

    def refuse(self, fault: Fault, request_id: str) -> Response:
        response = _response(fault.status, _write_error(fault), request_id, _CONTENT_TYPE)
        add_query_error(fault, response)
        return response


def _write_error(fault: Fault) -> bytes:
    """A map of `__type` and the error's members; those that its shape lacks as text."""
    known, unknown = {}, {"__type": fault.name}
    for name, value in fault.document.items():
        if fault.shape is not None and fault.shape.has_member(name):
            known[name] = value
        elif value is not None:
            unknown[name] = str(value)
    out = bytearray([0xBF])
    for name, text in unknown.items():
        cbor.write_string(name, out)
        cbor.write_string(text, out)
    if fault.shape is not None:
        cbor.write_members(fault.shape, known, out)
    out.append(0xFF)
    return bytes(out)


def _events(shape: Shape, document: Document, stream: str) -> Iterator[bytes]:
    rest = {name: value for name, value in document.items() if name != stream}
    yield eventstream.initial_response(cbor.dumps(shape, rest), _CONTENT_TYPE)
    yield from eventstream.write(shape.at(stream), document.get(stream) or (), (_CONTENT_TYPE, cbor.dumps))


def _response(status: int, body: bytes | Iterator[bytes], request_id: str, content_type: str | None) -> Response:
    headers = [("x-amzn-RequestId", request_id), ("smithy-protocol", "rpc-v2-cbor")]
    if content_type is not None:
        headers.append(("Content-Type", content_type))
    return Response(status, headers, body)
