"""Access points, and the public access of accounts."""

from __future__ import annotations

import json
import re
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]
BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,48}[a-z0-9]")
RESERVED = ("-s3alias", "--ol-s3", "--xa-s3")


def create_access_point(call: Call) -> Document:
    """An access point is a way into a bucket that is there."""
    check_name(call["Name"])
    try:
        call.perform("s3", "GetBucketLocation", {"Bucket": call["Bucket"]})
    except AwsError as error:
        text = "Amazon S3 AccessPoint can only be created for existing bucket"
        raise AwsError("InvalidRequest", text, status=400) from error
    return call.declared()


def check_name(name: str) -> None:
    """Refuse a name that no access point could have."""
    if not NAME.fullmatch(name) or name.startswith("xn--") or name.endswith(RESERVED):
        raise AwsError("InvalidURI", "Couldn't parse the specified URI.", status=400, URI=f"accesspoint/{name}")


def get_access_point_policy_status(call: Call) -> Document:
    found = call.perform("s3control", "GetAccessPointPolicy", {"AccountId": call["AccountId"], "Name": call["Name"]})
    return {"PolicyStatus": {"IsPublic": is_public(found["Policy"])}}


def is_public(text: str) -> bool:
    """Whether a policy lets in everybody without a condition."""
    statements = json.loads(text).get("Statement", [])
    return any(
        each.get("Effect") == "Allow" and not each.get("Condition") and each.get("Principal") in ("*", {"AWS": "*"})
        for each in (statements if isinstance(statements, list) else [statements])
    )


def put_access_point_policy(call: Call) -> Document:
    """The policy is of an access point that is there, and a document."""
    call.read("AccessPoint", call["Name"])
    check_policy(call["Policy"])
    return call.declared()


def check_policy(text: str) -> None:
    """Refuse what is no policy."""
    try:
        document = json.loads(text)
    except ValueError:
        raise AwsError("MalformedPolicy", "This policy contains invalid Json", status=400) from None
    if not isinstance(document, dict) or "Statement" not in document:
        raise AwsError("MalformedPolicy", "Missing required field Statement", status=400)


def put_public_access_block(call: Call) -> Document:
    """What is not said is off."""
    wanted = call["PublicAccessBlockConfiguration"]
    call.params["PublicAccessBlockConfiguration"] = {name: bool(wanted.get(name)) for name in BLOCKS}
    return call.declared()
