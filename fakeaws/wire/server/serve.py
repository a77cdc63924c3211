"""The server: uvicorn around the application, in one process or several over the same cloud."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Any

from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.wire.requests.origins import Origins
from fakeaws.wire.server.admin_secret import secret_of
from fakeaws.wire.server.app import MAX_HEADERS, App

SETTINGS = "FAKEAWS_SERVE"
"""The environment variable by which a worker process learns what it serves."""
GRACE = 30
"""Seconds that running calls are given after SIGTERM."""
KEEP_ALIVE = 75
"""Seconds that an unused connection stays open: longer than clients keep theirs, so none meets a closing one."""


class Settings:
    """What to serve, and where."""

    def __init__(
        self,
        folder: str,
        host: str = "127.0.0.1",
        port: int = 4566,
        workers: int = 1,
        log: str | None = None,
        verify: bool = False,
        hosts: Sequence[str] = (),
        origins: Sequence[str] = (),
    ) -> None:
        self.folder = folder
        self.host = host
        self.port = port
        self.workers = workers
        self.log = log
        self.verify = verify
        self.hosts = list(hosts)
        self.origins = list(origins)

    def written(self) -> str:
        return json.dumps(vars(self))


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM; then what runs is finished, and the rest refused."""
    import uvicorn

    target: Any = application(settings)
    if settings.workers > 1:
        os.environ[SETTINGS] = settings.written()
        target = "fakeaws.wire.server.serve:worker"
    uvicorn.run(
        target,
        factory=settings.workers > 1,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        loop="auto",
        ws="none",
        interface="asgi3",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GRACE,
        h11_max_incomplete_event_size=MAX_HEADERS,
    )


def application(settings: Settings) -> App:
    with suppress(OSError):
        secret_of(settings.folder)
    origins = Origins([settings.host, *settings.hosts], settings.origins)
    return App(Cloud(settings.folder), settings.verify, _opened(settings.log), origins)


def _opened(log: str | None) -> IO[str] | None:
    """The access log, appended to line by line, by any number of processes; nobody else may read it."""
    if not log:
        return None
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    status = os.fstat(handle)
    if stat.S_ISREG(status.st_mode) and status.st_uid == os.getuid():
        os.chmod(log, 0o600)
    return open(handle, "a", encoding="utf-8", buffering=1)


def worker() -> App:
    """The application of a worker process."""
    return application(Settings(**json.loads(os.environ[SETTINGS])))
