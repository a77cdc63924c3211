"""Amazon S3 Control: what concerns accounts and access points rather than objects. The rest is declared in
shapes/s3control.toml."""

from __future__ import annotations

from typing import Any

from fakeaws.core.call import Call
from fakeaws.core.errors import AwsError

Document = dict[str, Any]
BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def create_access_point(call: Call) -> Document:
    """An access point is a way into a bucket that is there."""
    try:
        call.perform("s3", "GetBucketLocation", {"Bucket": call["Bucket"]})
    except AwsError as error:
        raise AwsError("InvalidRequest", "The specified bucket does not exist", status=400) from error
    return call.declared()


def put_public_access_block(call: Call) -> Document:
    """What is not said is off."""
    wanted = call["PublicAccessBlockConfiguration"]
    call.params["PublicAccessBlockConfiguration"] = {name: bool(wanted.get(name)) for name in BLOCKS}
    return call.declared()
