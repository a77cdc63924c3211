"""`wait`: poll an operation until an acceptor of the model's waiter matches.

Exit code 255 with `Waiter … failed: …` where it failed or took too many attempts.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from fakeaws.cli.errors import GeneralError, ServiceError
from fakeaws.cli.output.query import compiled
from fakeaws.core.model.models import Operation, service

if TYPE_CHECKING:
    from fakeaws.cli.calls.client import Client
    from fakeaws.cli.invocation import Invocation, Streams

Document = dict[str, Any]


def sleep(seconds: float) -> None:
    """Sleep at the cloud's pace (`FAKEAWS_PACE`); tests replace this function."""
    try:
        pace = float(os.environ.get("FAKEAWS_PACE") or 0)
    except ValueError:
        pace = 0
    time.sleep(seconds * pace)


def run(invocation: Invocation, client: Client, streams: Streams) -> int:
    """Poll until the waiter of `invocation` succeeds; GeneralError if it fails."""
    assert invocation.waiter is not None
    wait(invocation.operation.service.name, invocation.waiter, invocation.params, client)
    return 0


def wait(service_name: str, waiter: str, params: Document, client: Client, delay: float | None = None) -> None:
    """Poll until the waiter succeeds; GeneralError if it fails. `delay` replaces the model's, in seconds."""
    model = service(service_name).waiter(waiter)
    operation = service(service_name).operation(model["operation"])
    has_matched = False
    for attempt in range(model["maxAttempts"]):
        if attempt:
            sleep(model["delay"] if delay is None else delay)
        answer, error = _called(operation, params, client)
        acceptor = _accepted(model["acceptors"], answer, error)
        if acceptor is None and error is not None:
            raise _failed(waiter, f"An error occurred ({error.code}): {error.message}")
        has_matched = has_matched or acceptor is not None
        state = acceptor["state"] if acceptor else "retry"
        if state == "success":
            return
        if state == "failure":
            raise _failed(waiter, f"Waiter encountered a terminal failure state: {_explained(acceptor or {})}")
    reason = "Max attempts exceeded"
    if has_matched:
        reason += f". Previously accepted state: {_explained(acceptor or model['acceptors'][-1])}"
    raise _failed(waiter, reason)


def _failed(waiter: str, reason: str) -> GeneralError:
    return GeneralError(f"Waiter {waiter} failed: {reason}")


def _called(operation: Operation, params: Document, client: Client) -> tuple[Document, ServiceError | None]:
    try:
        return client.call(operation, params), None
    except ServiceError as error:
        return {}, error


def _accepted(acceptors: list[Document], answer: Document, error: ServiceError | None) -> Document | None:
    return next((acceptor for acceptor in acceptors if _matches(acceptor, answer, error)), None)


def _matches(acceptor: Document, answer: Document, error: ServiceError | None) -> bool:
    kind, expected = acceptor["matcher"], acceptor["expected"]
    if kind == "status":
        return bool(expected == (200 if error is None else _status(error)))
    if kind == "error":
        if isinstance(expected, bool):
            return expected == (error is not None)
        return error is not None and error.code == expected
    if error is not None:
        return False
    return _path_matches(kind, compiled(acceptor["argument"])(answer), expected)


def _path_matches(kind: str, found: Any, expected: Any) -> bool:
    if kind == "path":
        return bool(found == expected)
    if not isinstance(found, list) or not found:
        return False
    return all(item == expected for item in found) if kind == "pathAll" else expected in found


def _status(error: ServiceError) -> int | None:
    """The HTTP status: the answer's, else the code's own if it is a number, else the model's."""
    if error.status is not None:
        return error.status
    if error.code is not None and error.code.isdecimal():
        return int(error.code)
    declared = (error.shape.get("error") or {}) if error.shape is not None else {}
    return int(declared.get("httpStatusCode", 400))


def _explained(acceptor: Document) -> str:
    """Why an acceptor matched, in botocore's words."""
    kind, expected = acceptor["matcher"], acceptor["expected"]
    if kind == "status":
        return f"Matched expected HTTP status code: {expected}"
    if kind == "error":
        return f"Matched expected service error code: {expected}"
    if kind == "pathAll":
        return f'For expression "{acceptor["argument"]}" all members matched expected path: "{expected}"'
    suffix = " at least once" if kind == "pathAny" else ""
    return f'For expression "{acceptor["argument"]}" we matched expected path: "{expected}"{suffix}'
