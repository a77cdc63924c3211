"""What pages of other origins may send and read: to a bucket what its CORS rules say, else what `origins` does.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html
"""

from __future__ import annotations

import re
from typing import Any

from fakeaws.core.resources.caller import root
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.wildcards import Syntax, fits
from fakeaws.wire.messages.http import Request, Response
from fakeaws.wire.messages.traits import CORS
from fakeaws.wire.messages.xml import escape
from fakeaws.wire.requests.origins import Kind, Sender, refused
from fakeaws.wire.requests.routing import addressed_path

Document = dict[str, Any]
Headers = list[tuple[str, str]]
_SYNTAX = Syntax(one="")
_VARY = ("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method")
_EXPOSED = "*, ETag, x-amzn-RequestId, x-amzn-ErrorType, x-amz-request-id, x-amz-version-id"
_METHODS = "GET, PUT, POST, DELETE, HEAD, PATCH, OPTIONS"


def rules_for(cloud: Any, request: Request) -> list[Document] | None:
    """The rules of the bucket that a request is for; None where it is for no bucket."""
    service, operation, member, none = CORS
    bucket = addressed_path(service, request).split("/")[1]
    if not bucket:
        return None
    try:
        found: list[Document] | None = cloud.perform(service, operation, {"Bucket": bucket}, root()).get(member)
    except AwsError as error:
        return [] if error.code == none else None
    return found


def preflight(rules: list[Document] | None, sender: Sender, request: Request) -> Response:
    """The answer to a browser that asks whether a page may call."""
    method = request.headers.get("access-control-request-method")
    names = request.headers.get("access-control-request-headers")
    asked = [each.strip().lower() for each in names.split(",") if each.strip()]
    rule = _matching(rules or [], sender.origin, method, asked)
    if rule is None:
        if _is_free(rules, sender):
            return _welcome(sender, request, names)
        return _forbidden(rules, sender, request, method)
    headers = _allowed(rule, sender.origin)
    if asked:
        headers.append(("Access-Control-Allow-Headers", ", ".join(asked)))
    if "MaxAgeSeconds" in rule:
        headers.append(("Access-Control-Max-Age", str(rule["MaxAgeSeconds"])))
    return Response(200, headers)


def is_allowed(rules: list[Document] | None, request: Request) -> bool:
    """Whether a bucket's rules let the page send this request."""
    return _matching(rules or [], request.headers.get("origin"), request.method, []) is not None


def headers_for(rules: list[Document] | None, sender: Sender, request: Request) -> Headers:
    """What an answer says to the page that called; nothing where it may not read it."""
    if "origin" not in request.headers:
        return []
    rule = _matching(rules or [], sender.origin, request.method, [])
    if rule is not None:
        return _allowed(rule, sender.origin)
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


def _allowed(rule: Document, origin: str) -> Headers:
    is_for_all = "*" in rule["AllowedOrigins"]
    headers = [("Access-Control-Allow-Origin", "*" if is_for_all else origin)]
    headers.append(("Access-Control-Allow-Methods", ", ".join(rule["AllowedMethods"])))
    if rule.get("ExposeHeaders"):
        headers.append(("Access-Control-Expose-Headers", ", ".join(rule["ExposeHeaders"])))
    if not is_for_all:
        headers.append(("Access-Control-Allow-Credentials", "true"))
    return [*headers, _VARY]


def _matching(rules: list[Document], origin: str, method: str, asked: list[str]) -> Document | None:
    for rule in rules:
        allowed = [each.lower() for each in rule.get("AllowedHeaders", ())]
        if (
            any(fits(each, origin, _SYNTAX) for each in rule["AllowedOrigins"])
            and method in rule["AllowedMethods"]
            and all(any(fits(each, name, _SYNTAX) for each in allowed) for name in asked)
        ):
            return rule
    return None


def _forbidden(rules: list[Document] | None, sender: Sender, request: Request, method: str) -> Response:
    why = "CORSResponse: CORS is not enabled for this bucket."
    if rules is None:
        why = escape(refused(sender).message)
    elif rules:
        why = (
            "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request"
            " method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the"
            " resource's CORS spec."
        )
    kind = "OBJECT" if request.path.strip("/").count("/") else "BUCKET"
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessForbidden</Code><Message>{why}'
        f"</Message><Method>{re.sub('[^A-Z]', '', method)}</Method><ResourceType>{kind}</ResourceType></Error>"
    )
    return Response(403, [("Content-Type", "application/xml")], text.encode())
