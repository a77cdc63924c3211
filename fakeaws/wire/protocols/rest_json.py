"""The rest-json protocol. https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html"""

from __future__ import annotations

from typing import Any

from fakeaws.core.model.models import Operation, Shape
from fakeaws.core.tools.errors import Malformed
from fakeaws.core.tools.http import Response
from fakeaws.wire.messages import bindings, json_values
from fakeaws.wire.messages.faults import Fault
from fakeaws.wire.protocols.base import Document
from fakeaws.wire.protocols.json_rpc import write_error
from fakeaws.wire.protocols.rest import Rest


def _is_inside(member: Shape) -> bool:
    """Whether a member of an answer stands in its body; what the location of a request's member says is void there."""
    return member.get("location") not in ("header", "headers", "statusCode")


class RestJson(Rest):
    name = "rest-json"
    content_type = "application/json"
    event_type = "application/json"

    def read_value(self, shape: Shape, content: bytes) -> Any:
        return json_values.read(shape, json_values.loads(content))

    def read_body(self, shape: Shape, content: bytes) -> Document:
        value = json_values.loads(content) if content.strip() else {}
        if not isinstance(value, dict):
            raise Malformed("Start of structure or map found where not expected.")
        out = {}
        for name in shape.member_names:
            member = shape.at(name)
            item = value.get(member.get("locationName", name))
            if item is not None and member.get("location") is None:
                out[name] = json_values.read(member, item)
        return out

    def write_payload(self, shape: Shape, value: Any) -> bytes:
        return json_values.dumps(json_values.write(shape, value))

    def write_body(self, operation: Operation, document: Document) -> bytes:
        shape = operation.output
        if shape is None:
            return b""
        inside = {n: v for n, v in document.items() if shape.has_member(n) and _is_inside(shape.at(n))}
        return json_values.dumps(json_values.write(shape, inside))

    def refuse(self, fault: Fault, request_id: str) -> Response:
        status, headers = bindings.write(fault.shape, fault.document, fault.status)
        pairs = [pair for pair in headers.pairs if pair[0].lower() != "x-amzn-errortype"]
        ours = [("x-amzn-RequestId", request_id), ("x-amzn-ErrorType", fault.name), ("Content-Type", self.content_type)]
        return Response(status, pairs + ours, json_values.dumps(write_error(fault)))
