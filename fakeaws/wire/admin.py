"""What a server offers besides AWS's operations, under `/_fakeaws/`: health, reset, snapshot, clock."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from fakeaws import __version__
from fakeaws.core import clock
from fakeaws.core.errors import AwsError, CloudError
from fakeaws.wire.http import Request, Response

PREFIX = "/_fakeaws/"
Document = dict[str, Any]


def answer(cloud: Any, request: Request) -> Response:
    """The answer to a request for one of these; JSON both ways."""
    found = _ROUTES.get((request.method, request.path[len(PREFIX) :].strip("/")))
    if found is None:
        return _json({"error": f"There is no {request.method} {request.path}"}, 404)
    if "origin" in request.headers and request.method != "GET":
        return _json({"error": "Pages of other sites may not do this"}, 403)
    try:
        body = json.loads(request.content or b"{}")
    except ValueError:
        return _json({"error": "The body is no JSON"}, 400)
    try:
        return _json(found(cloud, body if isinstance(body, dict) else {}))
    except (AwsError, CloudError, ValueError, TypeError) as error:
        return _json({"error": str(error)}, 400)


def _json(document: Document, status: int = 200) -> Response:
    return Response(status, [("Content-Type", "application/json")], json.dumps(document).encode() + b"\n")


def _health(_: Any, __: Document) -> Document:
    return {"status": "ok", "version": __version__}


def _reset(cloud: Any, _: Document) -> Document:
    cloud.reset()
    return {"status": "ok"}


def _snapshot(cloud: Any, body: Document) -> Document:
    """Keep the state under a name (`{"name": …}`), or go back to it (`{"name": …, "restore": true}`)."""
    from fakeaws.core import snapshots

    name = str(body.get("name", "latest"))
    (snapshots.restore if body.get("restore") else snapshots.save)(cloud, name)
    return {"status": "ok", "name": name}


def _clock(cloud: Any, _: Document) -> Document:
    with cloud.database.transaction(write=False):
        return {"now": clock.now(cloud.database), "frozen": clock.is_frozen(cloud.database)}


def _set_clock(cloud: Any, body: Document) -> Document:
    """`{"freeze": EPOCH}`, `{"advance": SECONDS}` or `{"resume": true}`."""
    with cloud.database.transaction(write=True):
        if "freeze" in body:
            clock.freeze(cloud.database, float(body["freeze"]))
        if "advance" in body:
            clock.advance(cloud.database, float(body["advance"]))
        if body.get("resume"):
            clock.resume(cloud.database)
    run_due(cloud)
    return _clock(cloud, {})


def run_due(cloud: Any) -> None:
    """Run what has become due, if anything has, and remove the files that nothing names any more."""
    with cloud.database.transaction(write=False):
        now = clock.now(cloud.database)
        waiting = cloud.database.next_due(now) is not None
    if waiting:
        with cloud.database.transaction(write=True):
            cloud.run_due(now)
    cloud.settle()


_ROUTES: dict[tuple[str, str], Callable[[Any, Document], Document]] = {
    ("GET", "health"): _health,
    ("POST", "reset"): _reset,
    ("POST", "snapshot"): _snapshot,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _set_clock,
}
