"""Requests from pages of other origins to buckets: allowed as a bucket's CORS configuration says, and else refused.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html
"""

from __future__ import annotations

import re
from typing import Any

from fakeaws.core.callers import root
from fakeaws.core.errors import AwsError
from fakeaws.core.wildcards import Syntax, fits
from fakeaws.wire.http import Request, Response
from fakeaws.wire.routing import addressed_path
from fakeaws.wire.traits import CORS

Document = dict[str, Any]
Headers = list[tuple[str, str]]
_SYNTAX = Syntax(one="")
_VARY = ("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method")


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


def preflight(rules: list[Document], request: Request) -> Response:
    """What a browser is told that asks whether a page may call."""
    origin = request.headers.get("origin")
    method = request.headers.get("access-control-request-method")
    asked = [each.strip().lower() for each in request.headers.get("access-control-request-headers").split(",")]
    rule = _matching(rules, origin, method, [each for each in asked if each])
    if rule is None:
        return _forbidden(bool(rules), request, method)
    headers = _allowed(rule, origin)
    if any(asked):
        headers.append(("Access-Control-Allow-Headers", ", ".join(asked)))
    if "MaxAgeSeconds" in rule:
        headers.append(("Access-Control-Max-Age", str(rule["MaxAgeSeconds"])))
    return Response(200, headers)


def headers_for(rules: list[Document], request: Request) -> Headers:
    """What an answer says to the page that called; nothing where no rule is for it."""
    origin = request.headers.get("origin")
    rule = _matching(rules, origin, request.method, [])
    return _allowed(rule, origin) if rule is not None else []


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


def _forbidden(has_rules: bool, request: Request, method: str) -> Response:
    why = "CORS is not enabled for this bucket."
    if has_rules:
        why = (
            "This CORS request is not allowed. This is usually because the evalution of Origin, request method /"
            " Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's"
            " CORS spec."
        )
    kind = "OBJECT" if request.path.strip("/").count("/") else "BUCKET"
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessForbidden</Code><Message>CORSResponse: {why}'
        f"</Message><Method>{re.sub('[^A-Z]', '', method)}</Method><ResourceType>{kind}</ResourceType></Error>"
    )
    return Response(403, [("Content-Type", "application/xml")], text.encode())
