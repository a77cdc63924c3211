"""What users, groups and roles have in common: names, documents, lists by path, tags."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import refusal
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.policies.documents import Malformed, check

Document = dict[str, Any]
MOST_TAGS = 50


def named(call: Call) -> Resource:
    """The user named, else the one who calls."""
    if "UserName" in call:
        return call.read("User", call["UserName"])
    if call.caller.kind != "IAMUser":
        raise AwsError("ValidationError", "Must specify userName when calling with non-User credentials")
    return call.read("User", call.caller.arn.rpartition("/")[2])


def refuse_twice(call: Call, kind: str, name: str) -> None:
    """Names of identities are unique whatever their case."""
    if next(call.list(kind, lower=name.lower()), None) is not None:
        raise refusal(call, kind, "exists", name)


def under(call: Call, rows: Iterable[Resource]) -> Iterator[Resource]:
    """Those whose path begins as the call asks."""
    prefix = call.get("PathPrefix", "/")
    return (row for row in rows if row["Path"].startswith(prefix))


def without(resource: Document, *members: str) -> Document:
    """The resource as lists show it."""
    return {name: value for name, value in resource.items() if name not in members}


def quoted(document: str) -> str:
    """A policy's text as IAM answers with it: percent-encoded (RFC 3986)."""
    from urllib.parse import quote

    return quote(document, safe="")


def checked(source: str, kind: str = "identity", version: bool = False) -> str:
    """A policy document that AWS takes; AwsError in IAM's words otherwise."""
    try:
        check(source, kind, version)
    except Malformed as fault:
        raise AwsError("MalformedPolicyDocument", str(fault)) from fault
    return source


def size(document: str) -> int:
    """What counts of a policy: all but white space."""
    return len("".join(document.split()))


def new_tags(call: Call, held: Iterable[Document] = ()) -> list[Document]:
    """The tags of a resource with those that the call gives laid over them; keys differ by more than case."""
    given = call.get("Tags", [])
    if len({tag["Key"].lower() for tag in given}) < len(given):
        raise AwsError("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    for tag in given:
        if tag["Key"].lower().startswith("aws:"):
            raise AwsError("InvalidInput", "aws: prefixed tag key names are not allowed for external use.")
    names = {tag["Key"].lower() for tag in given}
    found = [tag for tag in held if tag["Key"].lower() not in names] + [dict(tag) for tag in given]
    if len(found) > MOST_TAGS:
        raise AwsError("LimitExceeded", "The number of tags has reached the maximum limit.")
    return found


def same_document(first: str, second: str) -> bool:
    """Whether two texts are the same JSON."""
    return bool(json.loads(first) == json.loads(second))
