"""An AwsError as it stands on the wire: which modelled error it is, its status, whose fault, its members."""

from __future__ import annotations

from typing import Any

from fakeaws.core.model.models import Operation, Service, Shape
from fakeaws.core.tools.errors import AwsError
from fakeaws.wire.messages.traits import ERROR_HEADERS

Document = dict[str, Any]


class Fault:
    """A refusal, laid onto the error shape that the model has for it, if any."""

    def __init__(self, service: Service | None, operation: Operation | None, error: AwsError) -> None:
        self.service = service
        self.error = error
        self.shape = _shape(service, operation, error.code)
        self.message = error.message
        self._operation = operation

    @property
    def code(self) -> str:
        """The code in query, ec2 and rest-xml: the model's `error.code`, where it differs from the shape's name."""
        if self.shape is None:
            return self.error.code
        code: str = self.shape.get("error", {}).get("code", self.shape.name)
        return code

    @property
    def name(self) -> str:
        """The name of the error in JSON and CBOR: that of its shape."""
        return self.error.code if self.shape is None else self.shape.name

    @property
    def status(self) -> int:
        """What was said, else what the model says, else 500 for the service's faults and 400 for the sender's."""
        if self.error.status is not None:
            return self.error.status
        modelled: int | None = self.shape.get("error", {}).get("httpStatusCode") if self.shape else None
        if modelled is not None:
            return modelled
        return 500 if self.shape is not None and self.shape.get("fault") else 400

    @property
    def is_senders(self) -> bool:
        return self.status < 500

    @property
    def fields(self) -> Document:
        """The members of the error besides its message, apart from those that only a header shows."""
        shown = {**self.headers, **self.in_headers}
        return {
            name: value
            for name, value in self.error.fields.items()
            if name not in shown or (type(value) is str and name not in self.in_headers)
        }

    @property
    def headers(self) -> Document:
        """The members that the operation's answer has in headers, and its refusal too (`ETag`, `DeleteMarker`)."""
        output = self.output
        if output is None or not self.error.fields:
            return {}
        return {
            name: value
            for name, value in self.error.fields.items()
            if output.has_member(name) and output.at(name).get("location") == "header"
        }

    @property
    def in_headers(self) -> Document:
        """The members that a header of their own tells, by name: (header, value)."""
        named = ERROR_HEADERS.get(self.service.name, {}) if self.service is not None else {}
        fields = self.error.fields
        return {name: (header, fields[name]) for name, header in named.items() if name in fields}

    @property
    def output(self) -> Shape | None:
        """The shape of the answer that was refused."""
        return self._operation.output if self._operation is not None else None

    @property
    def document(self) -> Document:
        """The error's members: its message, under the name that the shape gives it, and the further fields."""
        names = self.shape.member_names if self.shape is not None else ()
        key = next((name for name in names if name.lower() == "message"), "message")
        return {key: self.message, **self.fields}


def _shape(service: Service | None, operation: Operation | None, code: str) -> Shape | None:
    """The error shape called `code`, by its name or its `error.code`: of the operation, else of the service."""
    for shape in operation.errors if operation else ():
        if code in (shape.name, shape.get("error", {}).get("code")):
            return shape
    if service is None:
        return None
    try:
        found = service.shape(code)
    except KeyError:
        return None
    return found if found.get("exception") else None
