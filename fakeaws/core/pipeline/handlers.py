"""What carries an operation out: the function in services/, else what the shape declares, else an honest refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fakeaws.core.model.models import Operation
from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.functions import function_at
from fakeaws.core.resources.places import store_of
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]
Handler = Callable[[Call], Document]
DRY_RUN = ("DryRun", "dryRun")


class _TakenBack(Exception):
    """Ends a transaction within the call's, so that nothing of it is stored."""


def answered(call: Call) -> Document:
    """What the operation answers; AwsError where it refuses. With `DryRun` nothing is stored, and an error says that
    the call would have succeeded; a service that has no such error answers as it would have."""
    handler = handler_of(call.operation)
    if not any(call.get(member) is True for member in DRY_RUN):
        return handler(call)
    answer: Document = {}
    try:
        with store_of(call).transaction(write=True):
            answer = handler(call)
            raise _TakenBack
    except _TakenBack:
        succeeds = _would_succeed(call.operation)
        if succeeds is None:
            return answer
    raise succeeds


def _would_succeed(operation: Operation) -> AwsError | None:
    """The error that says so: `dry_run` of the service's shape, or one that the model declares. AWS Key Management
    Service Developer Guide, "Testing your AWS KMS API calls", has the text."""
    if (fact := operation.service.facts.get("dry_run")) is not None:
        code, text, status = fact
        return AwsError(code, text, status=status)
    error = next((error.name for error in operation.errors if error.name.startswith("DryRunOperation")), None)
    return AwsError(error, "The request would have succeeded, but the DryRun option is set.") if error else None


def handler_of(operation: Operation) -> Handler:
    """The function that answers an operation."""
    place = operation.service.handler(operation.name)
    if place is not None:
        found: Handler = function_at(place)
        return found
    return Call.declared if operation.service.binding(operation.name) is not None else not_implemented


def not_implemented(call: Call) -> Document:
    """The answer where nothing stores or does what the operation asks for."""
    service, name = call.operation.service.name, call.operation.name
    raise AwsError(
        "NotImplemented",
        f"fakeaws does not emulate {service} {name} yet. `fakeaws cloud coverage {service}` lists what it does.",
        status=501,
    )


def refuse_unsupported(call: Call) -> None:
    """AwsError where a parameter was given that the operation's function does not act on."""
    given = next((member for member in call.operation.raw.get("unsupported", ()) if call.get(member)), None)
    if given is not None:
        from fakeaws.core.resources.selection import unsupported

        raise unsupported(call, given)


def wire_code(operation: Operation, code: str) -> str:
    """The code that a client sees for an error raised by its shape's name: in some protocols they differ."""
    service = operation.service
    if service.protocol in ("json", "rest-json") and "awsQueryCompatible" not in service.metadata:
        return code
    try:
        shape = service.shape(code)
    except KeyError:
        return code
    found: str = shape.get("error", {}).get("code", code)
    return found
