"""Static websites: index and error documents, redirects and routing rules."""

from __future__ import annotations

import re
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.s3.base import stored
from fakeaws.services.s3.buckets import settings

Document = dict[str, Any]


def get_bucket_website(call: Call) -> Document:
    code, text = "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"
    found: Document = settings.setting(call, "Website", code, text)
    return found


def put_bucket_website(call: Call) -> Document:
    """An empty configuration, as `s3 website` sends it without options, is taken."""
    wanted = call["WebsiteConfiguration"]
    if "RedirectAllRequestsTo" in wanted:
        if len(wanted) > 1:
            raise stored.invalid(
                "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.",
                "RedirectAllRequestsTo",
                "not null",
            )
        _check_protocol(wanted["RedirectAllRequestsTo"])
    elif wanted:
        _check_index(wanted.get("IndexDocument", {}).get("Suffix"))
    rules = wanted.get("RoutingRules", ())
    if len(rules) > 50:
        text = (
            f"{len(rules)} routing rules provided, the number of routing rules in a website configuration is limited to"
            " 50."
        )
        raise AwsError("InvalidRequest", text, status=400)
    for rule in rules:
        _check_rule(rule)
    settings.put(call, "Website", wanted)
    return {}


def _check_index(suffix: str | None) -> None:
    if not suffix:
        raise stored.invalid(
            "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty",
            "IndexDocument",
            "null",
        )
    if "/" in suffix:
        raise stored.invalid("The IndexDocument Suffix is not well formed", "IndexDocument", suffix)


def _check_protocol(target: Document) -> None:
    if target.get("Protocol") not in (None, "http", "https"):
        raise AwsError(
            "InvalidRequest",
            "Invalid protocol, protocol can be http or https. If not defined the protocol will be selected"
            " automatically.",
            status=400,
        )


def _check_rule(rule: Document) -> None:
    redirect = rule.get("Redirect")
    if not redirect:
        raise stored.malformed()
    if "ReplaceKeyWith" in redirect and "ReplaceKeyPrefixWith" in redirect:
        text = "You can only define ReplaceKeyPrefix or ReplaceKey but not both."
        raise AwsError("InvalidRequest", text, status=400)
    if "Condition" in rule and not rule["Condition"]:
        raise AwsError(
            "InvalidRequest",
            "Condition cannot be empty. To redirect all requests without a condition, the condition element shouldn't"
            " be present.",
            status=400,
        )
    _check_protocol(redirect)
    _check_code(redirect.get("HttpRedirectCode"), r"3\d\d(?<!300)", "redirect", "3XX except 300")
    _check_code(rule.get("Condition", {}).get("HttpErrorCodeReturnedEquals"), r"[45]\d\d", "error", "4XX or 5XX")


def _check_code(code: str | None, pattern: str, kind: str, valid: str) -> None:
    if code is not None and not re.fullmatch(pattern, code):
        text = f"The provided HTTP {kind} code ({code}) is not valid. Valid codes are {valid}."
        raise AwsError("InvalidRequest", text, status=400)


def delete_bucket_website(call: Call) -> Document:
    return settings.drop(call, "Website")
