"""The query protocol (forms in, XML out) and EC2's dialect of it.

https://smithy.io/2.0/aws/protocols/aws-query-protocol.html and aws-ec2-query-protocol.html
"""

from __future__ import annotations

from typing import Any

from fakeaws.core.model.models import Operation, Service, Shape
from fakeaws.core.tools.errors import Malformed
from fakeaws.core.tools.http import Request, Response
from fakeaws.core.tools.xml import escape
from fakeaws.wire.messages import xml_values
from fakeaws.wire.messages.faults import Fault
from fakeaws.wire.messages.traits import XML_NAMESPACES
from fakeaws.wire.messages.values import read_text
from fakeaws.wire.protocols.base import Document, Protocol

MAX_DEPTH = 60
"""How many dots a parameter's name may have."""
_HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n'
Tree = dict[str, Any]
"""Parameters by the parts of their dotted names; a value that stands at a name is under the empty name."""


class Query(Protocol):
    name = "query"

    def read(self, operation: Operation, request: Request) -> Document:
        try:
            form = request.form
        except ValueError as problem:
            raise Malformed(str(problem)) from problem
        shape = operation.input
        return {} if shape is None else self._structure(shape, _tree(form))

    def answer(self, operation: Operation, document: Document, request_id: str) -> Response:
        out = [_HEADER, f"<{operation.name}Response{_xmlns(operation.service)}>"]
        shape = operation.output
        wrapper = self._wrapper(operation)
        out.append(f"<{wrapper}>" if wrapper else "")
        if shape is not None:
            xml_values.write_members(shape, document, out)
        out.append(f"</{wrapper}>" if wrapper else "")
        out.append(
            f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation.name}Response>"
        )
        return self._response(200, out, request_id)

    def refuse(self, fault: Fault, request_id: str) -> Response:
        xmlns = _xmlns(fault.service) if fault.service else ""
        out = [_HEADER, f"<ErrorResponse{xmlns}><Error><Type>{'Sender' if fault.is_senders else 'Receiver'}</Type>"]
        write_error(fault, out)
        out.append(f"</Error><RequestId>{request_id}</RequestId></ErrorResponse>")
        return self._response(fault.status, out, request_id)

    def _response(self, status: int, out: list[str], request_id: str) -> Response:
        headers = [("x-amzn-RequestId", request_id), ("Content-Type", "text/xml")]
        return Response(status, headers, "".join(out).encode())

    def _wrapper(self, operation: Operation) -> str | None:
        """The element around the result. Services that have left the query protocol no longer say; it was this."""
        if operation.output is None:
            return None
        default = None if operation.service.protocol == self.name else operation.name + "Result"
        wrapper: str | None = operation.output.get("resultWrapper", default)
        return wrapper

    def _value(self, shape: Shape, tree: Tree) -> Any:
        if shape.type == "structure":
            return self._structure(shape, tree)
        if shape.type == "list":
            return self._list(shape, tree)
        if shape.type == "map":
            return self._map(shape, tree)
        return read_text(shape, tree.get("", ""))

    def _structure(self, shape: Shape, tree: Tree) -> Document:
        out: Document = {}
        for name in shape.member_names:
            member = shape.at(name)
            branch = self._branch(member, self._member_name(member, name), tree)
            if branch is not None:
                out[name] = self._value(member, branch)
        return out

    def _member_name(self, member: Shape, name: str) -> str:
        found: str = member.get("locationName", name)
        return found

    def _branch(self, member: Shape, name: str, tree: Tree) -> Tree | None:
        """What stands under a member's name; a flattened list may stand under the name of its items instead."""
        if member.type == "list" and member.get("flattened"):
            item_name = member.member.get("locationName")
            if item_name in tree:
                found: Tree = tree[item_name]
                return found
        return tree.get(name)

    def _list(self, shape: Shape, tree: Tree) -> list[Any]:
        if not shape.get("flattened"):
            tree = tree.get(shape.member.get("locationName", "member")) or tree.get("member") or {}
        return [self._value(shape.member, branch) for branch in numbered(tree)]

    def _map(self, shape: Shape, tree: Tree) -> Document:
        if not shape.get("flattened"):
            tree = tree.get("entry", {})
        key_name, value_name = shape.key.get("locationName", "key"), shape.value.get("locationName", "value")
        out: Document = {}
        for entry in numbered(tree):
            key = entry.get(key_name, {}).get("", "")
            out[key] = self._value(shape.value, entry.get(value_name, {}))
        return out


class Ec2(Query):
    """Lists are flat, names capitalised; answers have no wrapper, errors a form of their own."""

    name = "ec2"

    def answer(self, operation: Operation, document: Document, request_id: str) -> Response:
        out = [_HEADER, f"<{operation.name}Response{_xmlns(operation.service)}><requestId>{request_id}</requestId>"]
        if operation.output is not None:
            xml_values.write_members(operation.output, document, out)
        out.append(f"</{operation.name}Response>")
        return self._response(200, out, request_id)

    def refuse(self, fault: Fault, request_id: str) -> Response:
        out = [_HEADER, "<Response><Errors><Error>"]
        write_error(fault, out)
        out.append(f"</Error></Errors><RequestID>{request_id}</RequestID></Response>")
        return self._response(fault.status, out, request_id)

    def _member_name(self, member: Shape, name: str) -> str:
        if member.get("queryName"):
            query_name: str = member.get("queryName")
            return query_name
        found: str = member.get("locationName", "")
        return found[:1].upper() + found[1:] or name

    def _branch(self, member: Shape, name: str, tree: Tree) -> Tree | None:
        return tree.get(name)

    def _list(self, shape: Shape, tree: Tree) -> list[Any]:
        return [self._value(shape.member, branch) for branch in numbered(tree)]


def write_error(fault: Fault, out: list[str]) -> None:
    """`Code`, `Message` and the further members of an error."""
    out.append(f"<Code>{escape(fault.code)}</Code><Message>{escape(fault.message)}</Message>")
    for name, value in fault.fields.items():
        if fault.shape is not None and fault.shape.has_member(name):
            xml_values.write_members(fault.shape, {name: value}, out)
        elif value is not None:
            out.append(f"<{name}>{escape(str(value))}</{name}>")


def _xmlns(service: Service) -> str:
    found = service.metadata.get("xmlNamespace") or XML_NAMESPACES.get(service.name)
    if service.protocol == "ec2" and found:
        found = found.rstrip("/") + "/"
    return f' xmlns="{found}"' if found else ""


def _tree(form: dict[str, str]) -> Tree:
    """Dotted names as nested dictionaries."""
    root: Tree = {}
    for name, value in form.items():
        parts = name.split(".")
        if len(parts) > MAX_DEPTH:
            raise Malformed(f"{name} nests deeper than {MAX_DEPTH}")
        if "" in parts and name:
            raise Malformed(f"{name} has a part without a name")
        branch = root
        for part in parts:
            branch = branch.setdefault(part, {})
        branch[""] = value
    return root


def numbered(tree: Tree) -> list[Tree]:
    """The branches under numbers, in the order of these."""
    found = [(int(key), branch) for key, branch in tree.items() if key.isdecimal() and key.isascii() and len(key) < 10]
    return [branch for _, branch in sorted(found, key=lambda pair: pair[0])]
