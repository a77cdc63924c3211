"""The rest-xml protocol. https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Any

from fakeaws.core.model.models import Operation, Service, Shape
from fakeaws.core.tools import xml
from fakeaws.core.tools.http import Response
from fakeaws.wire.messages import bindings, xml_values
from fakeaws.wire.messages.faults import Fault
from fakeaws.wire.messages.traits import BARE_ERRORS, UNWRAPPED_OUTPUTS, XML_NAMESPACES, XML_ROOTS
from fakeaws.wire.protocols.base import Document
from fakeaws.wire.protocols.query import write_error
from fakeaws.wire.protocols.rest import Rest

_HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n'


class RestXml(Rest):
    name = "rest-xml"
    content_type = "application/xml"
    event_type = "text/xml"

    def read_value(self, shape: Shape, content: bytes) -> Any:
        return xml_values.read(shape, xml.parse(content))

    def read_body(self, shape: Shape, content: bytes) -> Document:
        return xml_values.read_members(shape, xml.parse(content)) if content.strip() else {}

    def write_payload(self, shape: Shape, value: Any) -> bytes:
        out: list[str] = [_HEADER]
        root = shape.get("locationName", shape.name)
        xml_values.write(shape, value, root, out)
        return "".join(out).encode()

    def write_body(self, operation: Operation, document: Document) -> bytes:
        shape = operation.output
        if shape is None or _is_empty(operation):
            return b""
        out: list[str] = []
        xml_values.write_members(shape, document, out)
        root = XML_ROOTS.get((operation.service.name, operation.name), shape.get("locationName", shape.name))
        xmlns = _xmlns(operation.service)
        if (operation.service.name, operation.name) in UNWRAPPED_OUTPUTS:
            name = shape.member_names[0]
            text = xml.escape(str(document.get(name) or ""))
            return f"{_HEADER}<{name}{xmlns}>{text}</{name}>".encode()
        attributes = xml_values.attributes(shape, document)
        return f"{_HEADER}<{root}{xmlns}{attributes}>{''.join(out)}</{root}>".encode()

    def refuse(self, fault: Fault, request_id: str) -> Response:
        status, headers = bindings.write(fault.shape, fault.document, fault.status)
        for name, value in bindings.write(fault.output, fault.headers, status)[1].pairs:
            headers.add(name, value)
        headers.add("Content-Type", self.content_type)
        service = fault.service.name if fault.service else ""
        for header, value in fault.in_headers.values():
            headers.add(header, value)
        response = Response(status, headers.pairs)
        self.identify(service, response, request_id)
        out: list[str] = []
        write_error(fault, out)
        inner = "".join(out)
        if service in BARE_ERRORS:
            text = f"<Error>{inner}<RequestId>{request_id}</RequestId><HostId>{_host_id(request_id)}</HostId></Error>"
        else:
            kind = "Sender" if fault.is_senders else "Receiver"
            xmlns = _xmlns(fault.service) if fault.service else ""
            inner = f"<Error><Type>{kind}</Type>{inner}</Error><RequestId>{request_id}</RequestId>"
            text = f"<ErrorResponse{xmlns}>{inner}</ErrorResponse>"
        response.body = (_HEADER + text).encode()
        return response

    def identify(self, service: str, response: Response, request_id: str) -> None:
        if service in BARE_ERRORS:
            response.headers.add("x-amz-request-id", request_id)
            response.headers.add("x-amz-id-2", _host_id(request_id))
        else:
            response.headers.add("x-amzn-RequestId", request_id)


@cache
def _is_empty(operation: Operation) -> bool:
    """Whether all members of an answer stand outside of the body."""
    shape = operation.output
    names = shape.member_names if shape is not None else ()
    return shape is None or all(shape.at(name).get("location") in xml_values.OUTSIDE_ANSWERS for name in names)


def _host_id(request_id: str) -> str:
    """The second id that these services give: as long as theirs, and the same for the same request."""
    return base64.b64encode(hashlib.sha384(request_id.encode()).digest()).decode()


def _xmlns(service: Service) -> str:
    found = XML_NAMESPACES.get(service.name)
    return f' xmlns="{found}"' if found else ""
