"""Streamed bodies: taken in before the transaction of their call, so that nobody waits while they come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeaws.core.model.models import Operation

if TYPE_CHECKING:
    from fakeaws.core.store.blobs import Blobs, Staged

Document = dict[str, Any]
DEFAULT_CHECKSUM = "CRC64NVME"
"""The checksum that is kept of a body where the caller names none, of operations that take any."""


def member(operation: Operation, params: Document) -> str | None:
    """The member that is a streamed body, where the parameters have it and a function in services/ takes it."""
    shape = operation.input
    name = shape.get("payload") if shape is not None else None
    if shape is None or name is None or params.get(name) is None:
        return None
    body = shape.at(name)
    if body.type != "blob" or not body.get("streaming") or operation.service.handler(operation.name) is None:
        return None
    return str(name)


def staged(blobs: Blobs, operation: Operation, params: Document, name: str) -> Staged:
    """The body of the parameters, taken in, with the checksums that the operation may ask for."""
    body = params[name]
    return blobs.stage(body.encode() if isinstance(body, str) else body, _algorithms(operation, params))


def _algorithms(operation: Operation, params: Document) -> list[str]:
    member = operation.raw.get("httpChecksum", {}).get("requestAlgorithmMember")
    if member is None:
        return []
    named = [name.removeprefix("Checksum") for name in params if name.startswith("Checksum") and name[8:].isupper()]
    return [*named, params[member]] if params.get(member) else named or [DEFAULT_CHECKSUM]
