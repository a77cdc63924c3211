"""Streamed bodies: taken in before the transaction of their call, so that nobody waits while they come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fakeaws.core.model.models import Operation
from fakeaws.core.pipeline.call import Call, cloud_of

if TYPE_CHECKING:
    from fakeaws.core.pipeline.cloud import Cloud
    from fakeaws.core.store.blobs import Blobs, Staged

Document = dict[str, Any]
DEFAULT_CHECKSUM = "CRC64NVME"
"""The checksum that is kept of a body where the caller names none, of operations that take any."""


def blobs_of(call: Call) -> Blobs:
    """Where the bodies of the cloud that a call is made to stand."""
    return cloud_of(call).blobs


@contextmanager
def taken_in(cloud: Cloud, operation: Operation, params: Document) -> Iterator[Document]:
    """The parameters, with what is a streamed body taken in; it goes again if the call does not store it."""
    name = member(operation, params)
    if name is None:
        yield params
        return
    body = staged(cloud.blobs, operation, params, name)
    is_stored = False
    try:
        yield {**params, name: body}
        is_stored = True
    finally:
        cloud.blobs.done(body, is_stored)


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
