"""Bucket policies: checked when they are put."""

from __future__ import annotations

import json
from typing import Any

from fakeaws.core.call import Call
from fakeaws.core.errors import AwsError
from fakeaws.core.store.tables import Resource
from fakeaws.services.s3 import acl, kept, settings

Document = dict[str, Any]


def get_bucket_policy(call: Call) -> Document:
    return {"Policy": settings.setting(call, "Policy", "NoSuchBucketPolicy", "The bucket policy does not exist")}


def put_bucket_policy(call: Call) -> Document:
    there = kept.bucket(call)
    policy = call["Policy"]
    document = _checked(there, policy)
    block = there["settings"].get("PublicAccessBlock", {})
    if block.get("BlockPublicPolicy") and is_public(document):
        raise AwsError(
            "AccessDenied",
            f"User: {call.caller.arn} is not authorized to perform: s3:PutBucketPolicy on resource:"
            f' "arn:{call.caller.partition}:s3:::{there.key}" because public policies are prevented by the'
            " BlockPublicPolicy setting in S3 Block Public Access.",
            status=403,
        )
    settings.put(call, "Policy", policy)
    return {}


def delete_bucket_policy(call: Call) -> Document:
    return settings.drop(call, "Policy")


def get_bucket_policy_status(call: Call) -> Document:
    policy = settings.setting(call, "Policy", "NoSuchBucketPolicy", "The bucket policy does not exist")
    return {"PolicyStatus": {"IsPublic": is_public(json.loads(policy))}}


def _checked(there: Resource, text: str) -> Document:
    """The policy's document; MalformedPolicy says what is wrong with it."""
    if not text.lstrip().startswith("{"):
        raise _malformed("Policies must be valid JSON and the first byte must be '{'")
    try:
        document = json.loads(text)
    except ValueError:
        raise _malformed("This policy contains invalid Json") from None
    statements = document.get("Statement")
    if statements is None:
        raise _malformed("Missing required field Statement")
    for statement in statements if isinstance(statements, list) else [statements]:
        _check_statement(there, statement)
    return dict(document)


def _check_statement(there: Resource, statement: Any) -> None:
    if not isinstance(statement, dict):
        raise _malformed("Statement must be an object or a list of objects")
    if statement.get("Effect") not in ("Allow", "Deny"):
        missing = "Effect" not in statement
        raise _malformed("Missing required field Effect" if missing else f"Invalid effect: {statement['Effect']}")
    if "Principal" not in statement and "NotPrincipal" not in statement:
        raise _malformed("Missing required field Principal")
    if "Action" not in statement and "NotAction" not in statement:
        raise _malformed("Missing required field Action")
    if "Resource" not in statement and "NotResource" not in statement:
        raise _malformed("Missing required field Resource")
    for action in _each(statement.get("Action", [])):
        if action != "*" and not action.lower().startswith(("s3:", "s3-object-lambda:", "s3express:")):
            raise _malformed("Policy has invalid action")
    for resource in _each(statement.get("Resource", [])):
        name = resource.partition(":::")[2].partition("/")[0]
        if resource != "*" and ":::" not in resource and ":accesspoint" not in resource:
            raise _malformed("Policy has invalid resource")
        if name and not _fits(name, there.key):
            raise _malformed("Policy has invalid resource")


def _fits(pattern: str, name: str) -> bool:
    from fnmatch import fnmatchcase

    return fnmatchcase(name, pattern)


def _each(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _malformed(text: str) -> AwsError:
    return AwsError("MalformedPolicy", text, status=400)


def is_public(document: Document) -> bool:
    """Whether a policy lets in everybody without a condition."""
    statements = document.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        if statement.get("Effect") == "Allow" and not statement.get("Condition"):
            principal = statement.get("Principal")
            named = principal.values() if isinstance(principal, dict) else [principal]
            if any("*" in _each(each) for each in named):
                return True
    return False


def is_listed_public(grants: list[Document]) -> bool:
    """Whether an access control list lets in everybody."""
    return any(grant["Grantee"].get("URI") in (acl.ALL, acl.AUTHENTICATED) for grant in grants)
