"""The json protocols 1.0 and 1.1: an operation named by X-Amz-Target, JSON both ways.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from __future__ import annotations

from collections.abc import Iterator

from fakeaws.core.model.models import Operation, Service, Shape
from fakeaws.core.tools.errors import Malformed
from fakeaws.core.tools.http import Request, Response
from fakeaws.wire.messages import eventstream, json_values
from fakeaws.wire.messages.faults import Fault
from fakeaws.wire.messages.traits import ERROR_NAMESPACES
from fakeaws.wire.protocols.base import Document, Protocol, event_member


class JsonRpc(Protocol):
    name = "json"

    def read(self, operation: Operation, request: Request) -> Document:
        content = request.content
        value = json_values.loads(content) if content.strip() else {}
        if not isinstance(value, dict):
            raise Malformed("Start of structure or map found where not expected.")
        if operation.input is None:
            return {}
        found: Document = json_values.read(operation.input, value)
        return found

    def answer(self, operation: Operation, document: Document, request_id: str) -> Response:
        shape = operation.output
        stream = event_member(shape)
        content_type = _content_type(operation.service)
        if stream is not None:
            assert shape is not None
            headers = [("x-amzn-RequestId", request_id), ("Content-Type", eventstream.CONTENT_TYPE)]
            return Response(200, headers, _events(shape, document, stream, content_type))
        body = json_values.dumps(json_values.write(shape, document)) if shape is not None else b"{}"
        return _response(200, body, content_type, request_id)

    def refuse(self, fault: Fault, request_id: str) -> Response:
        service = fault.service
        prefix = ERROR_NAMESPACES.get(service.name, "") if service and fault.shape else ""
        body = {"__type": f"{prefix}#{fault.name}" if prefix else fault.name, **write_error(fault)}
        content_type = _content_type(service) if service else "application/x-amz-json-1.1"
        response = _response(fault.status, json_values.dumps(body), content_type, request_id)
        add_query_error(fault, response)
        return response


def write_error(fault: Fault) -> Document:
    """The members of an error as JSON; those that its shape lacks as they are."""
    out: Document = {}
    for name, value in fault.document.items():
        member = fault.shape.at(name) if fault.shape is not None and fault.shape.has_member(name) else None
        if value is not None and (member is None or member.get("location") is None):
            out[member.get("locationName", name) if member else name] = (
                json_values.write(member, value) if member else value
            )
    return out


def add_query_error(fault: Fault, response: Response) -> None:
    """The former code of an error, for clients of services that once spoke the query protocol."""
    if fault.service is not None and "awsQueryCompatible" in fault.service.metadata and fault.code != fault.name:
        response.headers.add("x-amzn-query-error", f"{fault.code};{'Sender' if fault.is_senders else 'Receiver'}")


def _events(shape: Shape, document: Document, stream: str, content_type: str) -> Iterator[bytes]:
    rest = {name: value for name, value in document.items() if name != stream}
    yield eventstream.initial_response(json_values.dumps(json_values.write(shape, rest)), content_type)
    codec = (content_type, lambda part, value: json_values.dumps(json_values.write(part, value)))
    yield from eventstream.write(shape.at(stream), document.get(stream) or (), codec)


def _content_type(service: Service) -> str:
    return f"application/x-amz-json-{service.metadata.get('jsonVersion', '1.1')}"


def _response(status: int, body: bytes, content_type: str, request_id: str) -> Response:
    return Response(status, [("x-amzn-RequestId", request_id), ("Content-Type", content_type)], body)
