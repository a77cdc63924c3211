"""Bucket policies: checked when they are put."""

from __future__ import annotations

import json
import re
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.caller import root
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.policies.conditions import TESTS
from fakeaws.policies.matching import is_like
from fakeaws.services.s3.base import stored
from fakeaws.services.s3.buckets import acl, policy_actions, settings

Document = dict[str, Any]
LARGEST = 20 * 1024
VERSIONS = ("2008-10-17", "2012-10-17")
NAMED = ("Principal", "Action", "Resource")
_PRINCIPAL = re.compile(r"arn:aws[\w-]*:(iam|sts)::(?P<account>\d{12}):(?P<what>[\w-]++)/?(?P<name>.*)")


def get_bucket_policy(call: Call) -> Document:
    return {"Policy": settings.setting(call, "Policy", "NoSuchBucketPolicy", "The bucket policy does not exist")}


def put_bucket_policy(call: Call) -> Document:
    bucket = stored.bucket(call)
    policy = call["Policy"]
    document = _checked(call, bucket, policy)
    block = bucket["settings"].get("PublicAccessBlock", {})
    if block.get("BlockPublicPolicy") and is_public(document):
        raise AwsError(
            "AccessDenied",
            f"User: {call.caller.arn} is not authorized to perform: s3:PutBucketPolicy on resource:"
            f' "arn:{call.caller.partition}:s3:::{bucket.key}" because public policies are prevented by the'
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


def _checked(call: Call, bucket: Resource, text: str) -> Document:
    """The policy's document; MalformedPolicy says what is wrong with it."""
    if not text.lstrip().startswith("{"):
        raise _malformed("Policies must be valid JSON and the first byte must be '{'")
    if len(text.encode()) > LARGEST:
        raise _malformed("Policy exceeds the maximum allowed document size.")
    try:
        document = json.loads(text)
    except ValueError:
        raise _malformed("This policy contains invalid Json") from None
    for name in document:
        if name not in ("Version", "Id", "Statement"):
            raise _malformed(f"Unknown field {name}")
    if document.get("Version", VERSIONS[0]) not in VERSIONS:
        raise _malformed("The policy must contain a valid version string")
    if "Statement" not in document:
        raise _malformed("Missing required field Statement")
    statements = document["Statement"]
    if statements == []:
        raise _malformed("Could not parse the policy: Statement is empty!")
    for statement in statements if isinstance(statements, list) else [statements]:
        _check_statement(call, bucket, statement)
    return dict(document)


def _check_statement(call: Call, bucket: Resource, statement: Any) -> None:
    if not isinstance(statement, dict):
        raise _malformed("Statement must be an object or a list of objects")
    for name in statement:
        if name not in ("Sid", "Condition", "Effect") and name.removeprefix("Not") not in NAMED:
            raise _malformed(f"Unknown field {name}")
    if statement.get("Effect") not in ("Allow", "Deny"):
        missing = "Effect" not in statement
        raise _malformed("Missing required field Effect" if missing else f"Invalid effect: {statement['Effect']}")
    for name in NAMED:
        if name not in statement and f"Not{name}" not in statement:
            raise _malformed(f"Missing required field {name}")
    for principal in _principals(statement):
        _check_principal(call, principal)
    _check_resources(bucket, statement)
    _check_actions(statement)
    for operator in statement.get("Condition", {}):
        if re.sub(r"^for(all|any)values?:|ifexists$", "", operator.lower()) not in (*TESTS, "null"):
            raise _malformed(f"Invalid Condition type : {operator}")


def _principals(statement: Document) -> list[tuple[str, str]]:
    """(kind, name) of each principal."""
    given = statement.get("Principal", statement.get("NotPrincipal"))
    if isinstance(given, str):
        if given != "*":
            raise _invalid_principal(given)
        return []
    return [(kind, name) for kind, names in (given or {}).items() for name in _each(names)]


def _check_principal(call: Call, principal: tuple[str, str]) -> None:
    """An account, or a user or role that is there; AWS knows those of all accounts, we those of this one."""
    kind, name = principal
    if kind not in ("AWS", "Service", "Federated", "CanonicalUser"):
        raise _invalid_principal(f'"{kind}" : "{name}"')
    if kind != "AWS" or name == "*" or re.fullmatch(r"\d{12}|A(ID|RO)A[A-Z0-9]+", name):
        return
    found = _PRINCIPAL.fullmatch(name)
    if found is None:
        raise _invalid_principal(f'"{kind}" : "{name}"')
    account, what, path = found["account"], found["what"], found["name"]
    if account == call.account and what in ("user", "role"):
        member = what.capitalize()
        try:
            call.perform("iam", f"Get{member}", {f"{member}Name": path.rpartition("/")[2]}, root(account))
        except AwsError as error:
            raise _invalid_principal(f'"{kind}" : "{name}"') from error


def _invalid_principal(detail: str) -> AwsError:
    return AwsError("MalformedPolicy", "Invalid principal in policy", status=400, Detail=detail)


def _check_resources(bucket: Resource, statement: Document) -> None:
    for resource in _each(statement.get("Resource", [])):
        name = resource.partition(":::")[2].partition("/")[0]
        if resource != "*" and ":::" not in resource and ":accesspoint" not in resource:
            raise _malformed("Policy has invalid resource")
        if name and not is_like(name, bucket.key):
            raise _malformed("Policy has invalid resource")


def _check_actions(statement: Document) -> None:
    """Actions that S3 has, each on something that the statement names."""
    given = [str(name) for name in _each(statement.get("Resource", statement.get("NotResource", [])))]
    has_objects = any(name == "*" or "/" in name or name.endswith("*") for name in given)
    has_buckets = any(name == "*" or "/" not in name or ":accesspoint" in name for name in given)
    for action in _each(statement.get("Action", statement.get("NotAction", []))):
        on_objects, on_buckets = policy_actions.named(action)
        if not on_objects and not on_buckets:
            raise _malformed("Policy has invalid action")
        if "Resource" in statement and not ((on_objects and has_objects) or (on_buckets and has_buckets)):
            raise _malformed("Action does not apply to any resource(s) in statement")


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
