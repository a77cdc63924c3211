"""What every protocol does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from fakeaws.core.model.models import Operation, Shape
from fakeaws.core.tools.errors import AwsError, Malformed
from fakeaws.core.tools.http import Request, Response
from fakeaws.wire.messages.faults import Fault
from fakeaws.wire.messages.traits import MALFORMED_CODES

Document = dict[str, Any]


class Protocol(ABC):
    """A way to carry operations over HTTP, driven by the models alone."""

    name: str

    def parse(self, operation: Operation, request: Request) -> Document:
        """The parameters of the request; AwsError where it cannot be read."""
        try:
            return self.read(operation, request)
        except (Malformed, UnicodeDecodeError, RecursionError) as problem:
            raise self.malformed(str(problem)) from problem

    def malformed(self, message: str) -> AwsError:
        return AwsError(MALFORMED_CODES.get(self.name, "SerializationException"), message, status=400)

    @abstractmethod
    def read(self, operation: Operation, request: Request) -> Document:
        """As `parse`, but Malformed where the request cannot be read."""

    @abstractmethod
    def answer(self, operation: Operation, document: Document, request_id: str) -> Response:
        """The response that carries an operation's result."""

    @abstractmethod
    def refuse(self, fault: Fault, request_id: str) -> Response:
        """The response that carries an error."""


def event_member(shape: Shape | None) -> str | None:
    """The member of an input or output that is an event stream, if there is one."""
    if shape is None:
        return None
    for name in shape.member_names:
        if shape.at(name).get("eventstream"):
            return name
    return None
