"""What a server offers besides AWS's operations, under `/_fakeaws/`: health, reset, snapshot, clock.

Where signatures are verified or policies enforced, all but health ask for the secret of the cloud's folder.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from fakeaws import __version__
from fakeaws.core.pipeline import clock
from fakeaws.core.pipeline.enforcement import is_enforced
from fakeaws.core.tools.errors import AwsError, CloudError
from fakeaws.core.tools.http import Request, Response
from fakeaws.wire.server.admin_secret import FILE, HEADER, is_secret_of

PREFIX = "/_fakeaws/"
Document = dict[str, Any]
_SECRET_NEEDED = (
    f"This cloud verifies signatures or enforces policies: send the content of the file {FILE} in its folder in the "
    f'header {HEADER} (curl -H "{HEADER}: $(cat ~/.fakeaws/{FILE})" …)'
)


def answer(cloud: Any, request: Request, is_guarded: bool) -> Response:
    """The answer to a request for one of these; JSON both ways. `is_guarded`: signatures are verified."""
    name = request.path[len(PREFIX) :].strip("/")
    found = _ROUTES.get((request.method, name))
    if name != "health" and _is_of_a_page(request):
        return refuse("Web pages may not do this", 403)
    if found is None:
        return refuse(f"There is no {request.method} {request.path}", 404)
    try:
        body = json.loads(request.content or b"{}")
    except ValueError:
        return refuse("The body is no JSON", 400)
    try:
        if name != "health" and (is_guarded or is_enforced(cloud.database)) and not _shows_secret(cloud, request):
            return refuse(_SECRET_NEEDED, 403)
        return _json(found(cloud, body if isinstance(body, dict) else {}))
    except (AwsError, CloudError, ValueError, TypeError) as error:
        return refuse(str(error), 400)


def refuse(why: str, status: int) -> Response:
    """What says that, and why, a request for one of these is not carried out."""
    return _json({"error": why}, status)


def _is_of_a_page(request: Request) -> bool:
    """Whether a browser sent a request for a page, of whatever origin: only what its user opens is answered."""
    return "origin" in request.headers or request.headers.get("sec-fetch-site", "none") != "none"


def _shows_secret(cloud: Any, request: Request) -> bool:
    return is_secret_of(cloud.path, request.headers.get(HEADER))


def _json(document: Document, status: int = 200) -> Response:
    return Response(status, [("Content-Type", "application/json")], json.dumps(document).encode() + b"\n")


def _health(_: Any, __: Document) -> Document:
    return {"status": "ok", "version": __version__}


def _reset(cloud: Any, _: Document) -> Document:
    cloud.reset()
    return {"status": "ok"}


def _snapshot(cloud: Any, body: Document) -> Document:
    """Keep the state under a name (`{"name": …}`), or go back to it (`{"name": …, "restore": true}`)."""
    from fakeaws.core.pipeline import snapshots

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
    """Run what is scheduled before now, do the work that is left, and remove the files that nothing names any more."""
    with cloud.database.transaction(write=False):
        now = clock.now(cloud.database)
        waiting = cloud.database.next_due(now) is not None
    if waiting:
        cloud.run_due()
    cloud.finish_work()
    cloud.settle()


_ROUTES: dict[tuple[str, str], Callable[[Any, Document], Document]] = {
    ("GET", "health"): _health,
    ("POST", "reset"): _reset,
    ("POST", "snapshot"): _snapshot,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _set_clock,
}
