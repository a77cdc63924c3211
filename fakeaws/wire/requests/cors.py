"""What pages of other origins may send and read: to a bucket what its rules say, else what `origins` does."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from fakeaws.core.model.compiled import module_name
from fakeaws.core.tools.http import Request, Response
from fakeaws.wire.messages.traits import CORS
from fakeaws.wire.requests.origins import Kind, Sender, refused
from fakeaws.wire.requests.routing import addressed_path

Document = dict[str, Any]
Headers = list[tuple[str, str]]
_VARY = ("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method")
_EXPOSED = "*, ETag, x-amzn-RequestId, x-amzn-ErrorType, x-amz-request-id, x-amz-version-id"
_METHODS = "GET, PUT, POST, DELETE, HEAD, PATCH, OPTIONS"


def _buckets() -> Any:
    """What the service with buckets knows of their rules, found by its name."""
    return import_module(f"fakeaws.services.{module_name(CORS)}.web.cors")


def rules_for(cloud: Any, request: Request) -> list[Document] | None:
    """The rules of the bucket that a request is for; None where it is for no bucket."""
    bucket = addressed_path(CORS, request).split("/")[1]
    if not bucket:
        return None
    rules: list[Document] | None = _buckets().rules_of(cloud, bucket)
    return rules


def preflight(rules: list[Document] | None, sender: Sender, request: Request) -> Response:
    """The answer to a browser that asks whether a page may call."""
    method = request.headers.get("access-control-request-method")
    named = request.headers.get("access-control-request-headers")
    names = [each.strip().lower() for each in named.split(",") if each.strip()]
    rule = _buckets().matching(rules or [], sender.origin, method, names)
    if rule is None and _is_free(rules, sender):
        return _welcome(sender, request, named)
    response: Response
    if rule is None:
        response = _buckets().refusal(rules, request, refused(sender).message)
    else:
        response = _buckets().preflight(rule, sender.origin, names)
    return response


def is_allowed(rules: list[Document] | None, request: Request) -> bool:
    """Whether a bucket's rules let the page send this request."""
    return bool(rules) and _buckets().matching(rules, request.headers.get("origin"), request.method, []) is not None


def headers_for(rules: list[Document] | None, sender: Sender, request: Request) -> Headers:
    """What an answer says to the page that called; nothing where it may not read it."""
    if "origin" not in request.headers:
        return []
    rule = _buckets().matching(rules or [], sender.origin, request.method, [])
    if rule is not None:
        allowed: Headers = _buckets().headers(rule, sender.origin)
        return allowed
    return _readable_by(sender) if _is_free(rules, sender) else []


def _is_free(rules: list[Document] | None, sender: Sender) -> bool:
    """Whether a page needs no rule of a bucket: one that was given leave, or, where there is no bucket, a near one."""
    return sender.kind is Kind.PROGRAM or (rules is None and sender.kind is Kind.NEIGHBOUR)


def _readable_by(sender: Sender) -> Headers:
    return [("Access-Control-Allow-Origin", sender.origin), ("Access-Control-Expose-Headers", _EXPOSED), _VARY]


def _welcome(sender: Sender, request: Request, names: str) -> Response:
    """Any method, and the headers asked for; also from a page of a public address to this machine's, where a browser
    asks for that too (https://wicg.github.io/private-network-access/)."""
    headers = [*_readable_by(sender)] if sender.origin else []
    headers += [("Access-Control-Allow-Methods", _METHODS), ("Access-Control-Allow-Headers", names or "*")]
    if "access-control-request-private-network" in request.headers:
        headers.append(("Access-Control-Allow-Private-Network", "true"))
    return Response(200, [*headers, ("Access-Control-Max-Age", "3600")])
