"""Cross-origin rules of buckets: which pages may send which requests, and what their answers say.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from fakeaws.core.resources.caller import root
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.http import Request, Response
from fakeaws.core.tools.wildcards import Syntax, fits

if TYPE_CHECKING:
    from fakeaws.core.pipeline.cloud import Cloud

Document = dict[str, Any]
Headers = list[tuple[str, str]]
SYNTAX = Syntax(one="")
VARY = ("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method")


def rules_of(cloud: Cloud, bucket: str) -> list[Document] | None:
    """The rules of a bucket; None where there is no such bucket."""
    try:
        found: list[Document] | None = cloud.perform("s3", "GetBucketCors", {"Bucket": bucket}, root()).get("CORSRules")
    except AwsError as error:
        return [] if error.code == "NoSuchCORSConfiguration" else None
    return found


def matching(rules: list[Document], origin: str, method: str, names: list[str]) -> Document | None:
    """The first rule that lets a page of `origin` send a request with this method and headers of these names."""
    for rule in rules:
        allowed = [each.lower() for each in rule.get("AllowedHeaders", ())]
        if (
            any(fits(each, origin, SYNTAX) for each in rule["AllowedOrigins"])
            and method in rule["AllowedMethods"]
            and all(any(fits(each, name, SYNTAX) for each in allowed) for name in names)
        ):
            return rule
    return None


def headers(rule: Document, origin: str) -> Headers:
    """What an answer says to the page, by a rule."""
    is_for_all = "*" in rule["AllowedOrigins"]
    found = [("Access-Control-Allow-Origin", "*" if is_for_all else origin)]
    found.append(("Access-Control-Allow-Methods", ", ".join(rule["AllowedMethods"])))
    if rule.get("ExposeHeaders"):
        found.append(("Access-Control-Expose-Headers", ", ".join(rule["ExposeHeaders"])))
    if not is_for_all:
        found.append(("Access-Control-Allow-Credentials", "true"))
    return [*found, VARY]


def preflight(rule: Document, origin: str, names: list[str]) -> Response:
    """The answer to a browser that asks, where a rule allows the request."""
    found = headers(rule, origin)
    if names:
        found.append(("Access-Control-Allow-Headers", ", ".join(names)))
    if "MaxAgeSeconds" in rule:
        found.append(("Access-Control-Max-Age", str(rule["MaxAgeSeconds"])))
    return Response(200, found)


def refusal(rules: list[Document] | None, request: Request, why: str) -> Response:
    """The answer where no rule allows it; `why` is what is said where there is no bucket."""
    if rules is not None:
        why = "CORSResponse: CORS is not enabled for this bucket."
    if rules:
        why = (
            "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request"
            " method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the"
            " resource's CORS spec."
        )
    method = re.sub("[^A-Z]", "", request.headers.get("access-control-request-method"))
    kind = "OBJECT" if request.path.strip("/").count("/") else "BUCKET"
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessForbidden</Code><Message>{escape(why)}'
        f"</Message><Method>{method}</Method><ResourceType>{kind}</ResourceType></Error>"
    )
    return Response(403, [("Content-Type", "application/xml")], text.encode())
