"""aiobotocore on a cloud in this process: the part of `fakeaws.sdk` that needs it installed."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from aiobotocore.awsrequest import AioAWSResponse

from fakeaws import sdk

if TYPE_CHECKING:
    from fakeaws.wire.server.endpoint import Endpoint


async def carried(endpoint: Endpoint, prepared: Any) -> AioAWSResponse:
    """The response to a request that aiobotocore has prepared. It is made in a thread: a call may wait for messages."""
    if hasattr(prepared.body, "read"):
        body = prepared.body.read()
        prepared.body = await body if inspect.isawaitable(body) else body
    response = await asyncio.to_thread(sdk.carried, endpoint, prepared)
    return AioAWSResponse(response.url, response.status_code, response.headers, _Raw(response.raw))


class _Raw:
    """The body of an answer as aiobotocore expects it of aiohttp, whose responses keep theirs in `content`."""

    def __init__(self, raw: sdk.Raw) -> None:
        self._raw = raw
        self._is_read = False
        self.content = self

    async def read(self, amt: int = -1) -> bytes:
        piece = await asyncio.to_thread(self._raw.read, amt)
        self._is_read = amt < 0 or (amt > 0 and not piece)
        return piece

    async def iter_chunks(self) -> AsyncIterator[tuple[bytes, bool]]:
        """Pieces as they come, each with whether it is whole."""
        pieces = self._raw.stream()
        while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
            yield piece, True

    def at_eof(self) -> bool:
        return self._is_read

    def close(self) -> None:
        self._raw.close()
