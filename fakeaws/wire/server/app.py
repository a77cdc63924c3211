"""The endpoint as an ASGI application: reads bodies, hands requests to threads, sends answers piece by piece."""

from __future__ import annotations

import asyncio
import json
import signal
import threading
from collections.abc import Awaitable, Callable, Generator, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from time import perf_counter
from typing import IO, Any

from fakeaws.core.pipeline import visits
from fakeaws.core.store.interface import Busy
from fakeaws.core.tools import machine
from fakeaws.core.tools.http import Headers, Request, Response
from fakeaws.core.tools.pace import pace
from fakeaws.core.tools.spool import Spool
from fakeaws.wire.requests import cors
from fakeaws.wire.requests.origins import Origins, misdirected
from fakeaws.wire.server import admin, failures
from fakeaws.wire.server.endpoint import Endpoint

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

MAX_BODY = 6 * 1024**3
"""Larger than the largest object or part that AWS takes in one request."""
MAX_HEADERS = 64 * 1024
THREADS = 256
"""Enough for many that wait for messages beside those that send large bodies."""
SMALL = 64 * 1024
"""The size of a body up to which a call may be answered without a thread."""
IDLE = 0.5
"""Seconds between two looks at what is due."""


class TooLarge(Exception):
    """A body or its headers beyond the limits."""


class Gone(Exception):
    """The client went away before its request was complete."""


class Broken(Exception):
    """An answer that had begun cannot be finished."""


class App:
    """One cloud over HTTP. `log` takes the lines of the access log; `origins` says who else than programs may call."""

    def __init__(
        self, cloud: Any, verify: bool = False, log: IO[str] | None = None, origins: Origins | None = None
    ) -> None:
        self.cloud = cloud
        self.origins = origins or Origins()
        cloud.is_served = True
        self.endpoint = Endpoint(cloud, verify)
        self.log = log
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="call")
        self.idle: asyncio.Task[None] | None = None
        self.fault = ""
        """What was last said of a failure that no request asked for."""

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._respond(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Run what is due while nobody calls, from the server's start to its end."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._be_told_to_stop()
                self.idle = asyncio.create_task(self._run_due())
                await send({"type": "lifespan.startup.complete"})
            else:
                if self.idle is not None:
                    self.idle.cancel()
                self.threads.shutdown(wait=True)
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _be_told_to_stop(self) -> None:
        """Have the signals that end the server also end the waits of the calls that it finishes first."""
        if threading.current_thread() is not threading.main_thread():
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._chained(signal.getsignal(number)))

    def _chained(self, handler: Any) -> Callable[[int, Any], None]:
        def stop(number: int, frame: Any) -> None:
            self.cloud.database.is_closing = True
            if callable(handler):
                handler(number, frame)

        return stop

    async def _run_due(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(IDLE)
            await loop.run_in_executor(self.threads, self._always, admin.run_due, self.cloud)

    async def _finish_work(self) -> None:
        """Do what calls have left to be done. At a pace of 0 the answer waits for it (`Cloud.finish_work`), so that the
        next request sees the result."""
        done = asyncio.get_running_loop().run_in_executor(self.threads, self._always, self.cloud.finish_work)
        if pace() == 0:
            await done

    def _always(self, function: Callable[..., None], *arguments: Any) -> None:
        """Run what no request asks for: where it fails, the server goes on, and says so once."""
        try:
            function(*arguments)
        except Exception as problem:  # noqa: BLE001 - the edge of the server: nobody else would know of it
            if str(problem) != self.fault:
                failures.report_aside(problem)
            self.fault = str(problem)
        else:
            self.fault = ""

    async def _respond(self, scope: Message, receive: Receive, send: Send) -> None:
        started = perf_counter()
        try:
            request = await _read(scope, receive)
        except TooLarge:
            response = Response(413, [("Connection", "close")])
            request = Request(scope["method"], scope["path"])
        except Gone:
            return
        else:
            before = self.cloud.works_left
            response = self._answer_at_once(request) or await self._answer_in_thread(request)
            if self.cloud.works_left != before:
                await self._finish_work()
        try:
            sent = await self._send(response, receive, send)
        except Broken:
            return
        if self.log is not None:
            self._record(request, response, sent, perf_counter() - started)

    def _answer_at_once(self, request: Request) -> Response | None:
        """The answer to a small call, which is sooner made than handed to a thread; None where it is none, or would
        have to wait for others."""
        if not _is_small(request) or visits.is_visit(request):
            return None
        whole = Request(request.method, request.path, request.query, request.headers, request.content)
        try:
            with self.cloud.database.at_once():
                return self._answer_always(whole)
        except Busy:
            return None

    async def _answer_in_thread(self, request: Request) -> Response:
        if "content" in vars(request):
            request.body = BytesIO(request.content)
        return await asyncio.get_running_loop().run_in_executor(self.threads, self._answer_always, request)

    def _answer_always(self, request: Request) -> Response:
        """The answer, whatever happens: the server goes on."""
        try:
            return self._answer(request)
        except Busy:
            raise
        except Exception as problem:  # noqa: BLE001 - the edge of HTTP: nobody else would answer
            return failures.answer(request, problem)

    def _answer(self, request: Request) -> Response:
        is_admin = request.path.startswith(admin.PREFIX)
        if not self.origins.answers_as(request.host):
            refusal = misdirected(request)
            return admin.refuse(refusal.message, 403) if is_admin else self.endpoint.refuse(request, refusal)
        if is_admin:
            return admin.answer(self.cloud, request, self.endpoint.keys.strict)
        sender = self.origins.sender(request)
        rules = cors.rules_for(self.cloud, request) if "origin" in request.headers else None
        if request.method == "OPTIONS":
            return cors.preflight(rules, sender, request)
        response = self.endpoint.answer(request, sender._replace(is_invited=cors.is_allowed(rules, request)))
        if "access-control-allow-origin" not in response.headers:
            for name, value in cors.headers_for(rules, sender, request):
                response.headers.add(name, value)
        return response

    async def _send(self, response: Response, receive: Receive, send: Send) -> int:
        """Send an answer; how many bytes its body had."""
        body = response.body
        if isinstance(body, bytes) and "content-length" not in response.headers and response.status >= 200:
            response.headers.add("Content-Length", str(len(body)))
        headers = [(name.lower().encode("latin-1"), _latin(value)) for name, value in response.headers.pairs]
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        if isinstance(body, bytes):
            await send({"type": "http.response.body", "body": body})
            return len(body)
        gone = asyncio.create_task(_until_gone(receive))
        try:
            return await self._stream(body, gone, send)
        finally:
            gone.cancel()

    async def _stream(self, body: Iterator[bytes], gone: asyncio.Task[None], send: Send) -> int:
        """Send pieces as they are made, until the end or until nobody listens: an event stream may have no end."""
        loop = asyncio.get_running_loop()
        size = 0
        while not gone.done():
            piece = await loop.run_in_executor(self.threads, _next_piece, body)
            if piece is None:
                await send({"type": "http.response.body", "body": b""})
                return size
            size += len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        if isinstance(body, Generator):
            await loop.run_in_executor(self.threads, body.close)
        return size

    def _record(self, request: Request, response: Response, size: int, seconds: float) -> None:
        line = {
            "time": machine.utc_now().isoformat(timespec="milliseconds"),
            "method": request.method,
            "path": request.path,
            "host": request.host,
            "status": response.status,
            "bytes": size,
            "ms": round(seconds * 1000, 1),
            "request_id": response.headers.get("x-amzn-requestid") or response.headers.get("x-amz-request-id"),
            "user_agent": request.headers.get("user-agent"),
        }
        assert self.log is not None
        self.log.write(json.dumps(line) + "\n")
        self.log.flush()


def _is_small(request: Request) -> bool:
    """Whether a request is a remote procedure call, or reads or writes one resource, with a small body if any."""
    length = request.headers.get("content-length")
    size = int(length) if length.isdecimal() else -1
    if request.method == "POST":
        return request.path == "/" and 0 <= size <= SMALL
    if request.method == "PUT":
        return not request.query and 0 < size <= SMALL
    return request.method in ("GET", "HEAD") and not request.query and size <= 0


def _next_piece(body: Iterator[bytes]) -> bytes | None:
    """The next piece of a body, None at its end; Broken where there should be one and cannot be."""
    try:
        return next(body, None)
    except Exception as problem:  # the edge of HTTP: all that is left is to end the connection
        failures.report(problem)
        raise Broken from problem


async def _until_gone(receive: Receive) -> None:
    """Wait until the client is no longer there."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _latin(value: str) -> bytes:
    """A field's value as bytes: Latin-1 where it fits, as HTTP has it, else UTF-8."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()


async def _read(scope: Message, receive: Receive) -> Request:
    """The request with its whole body, in memory or, where it is large, in a file."""
    raw = scope["headers"]
    if sum(len(name) + len(value) for name, value in raw) > MAX_HEADERS:
        raise TooLarge
    headers = Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)
    length = headers.get("content-length")
    if length.isdecimal() and int(length) > MAX_BODY:
        raise TooLarge
    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    body = await _read_body(receive)
    return Request(scope["method"], path, scope["query_string"].decode("latin-1"), headers, body)


async def _read_body(receive: Receive) -> Spool:
    body = Spool()
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        piece = message.get("body", b"")
        size += len(piece)
        if size > MAX_BODY:
            raise TooLarge
        body.write(piece)
        if not message.get("more_body"):
            body.seek(0)
            return body
