"""Buckets: made, found, deleted. Their names are unique in the world; each is in one region."""

from __future__ import annotations

import re
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.caller import canonical_user
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.s3.base import stored
from fakeaws.services.s3.buckets import acl, directory

Document = dict[str, Any]
HOME = "us-east-1"
"""The region without a location constraint, where making a bucket again succeeds."""
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_ADDRESS = re.compile(r"\d{1,3}(\.\d{1,3}){3}")
_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")


def create_bucket(call: Call) -> Document:
    """Making one's own bucket again succeeds in us-east-1 and nowhere else."""
    name = call["Bucket"]
    zone = directory.zone_of(call, name, _configuration(call))
    _check_name(name.removesuffix(directory.SUFFIX) if zone else name)
    stored.check_region(call, HOME)
    region = call.region if zone else _location(call)
    existing = stored.find_bucket(call, name)
    if existing is not None:
        return _made_again(call, existing)
    ownership = call.get("ObjectOwnership", "BucketOwnerEnforced")
    if ownership not in acl.OWNERSHIPS:
        name = "x-amz-object-ownership"
        raise AwsError("InvalidArgument", f"Invalid {name} header: {ownership}", status=400, ArgumentName=name)
    bucket: Document = {
        "Name": name,
        "CreationDate": call.now,
        "BucketRegion": region,
        "ownership": ownership,
        "tags": {tag["Key"]: tag["Value"] for tag in _configuration(call).get("Tags", ())},
        "settings": {"PublicAccessBlock": dict.fromkeys(_BLOCKS, True)},
    }
    if zone is not None:
        bucket["zone"] = zone
    bucket["acl"] = acl.given(call, bucket, call.account)
    if call.get("ObjectLockEnabledForBucket"):
        bucket["Versioning"] = "Enabled"
        bucket["lock"] = {"ObjectLockEnabled": "Enabled"}
    call.keep("Bucket", bucket)
    return {"Location": _address(call, name, region)}


_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def _address(call: Call, name: str, region: str) -> str:
    return f"/{name}" if region == HOME else f"http://{name}.s3.amazonaws.com/"


def _made_again(call: Call, bucket: Resource) -> Document:
    if bucket.scope[0] != call.account:
        raise AwsError(
            "BucketAlreadyExists",
            "The requested bucket name is not available. The bucket namespace is shared by all users of the system."
            " Please select a different name and try again.",
            status=409,
            BucketName=bucket.key,
        )
    if bucket["BucketRegion"] != HOME or call.region != HOME:
        raise AwsError(
            "BucketAlreadyOwnedByYou",
            "Your previous request to create the named bucket succeeded and you already own it.",
            status=409,
            BucketName=bucket.key,
        )
    return {"Location": f"/{bucket.key}"}


def _check_name(name: str) -> None:
    fits = _NAME.fullmatch(name) and ".." not in name and not _ADDRESS.fullmatch(name)
    if not fits or name.startswith(_PREFIXES[:2]) or name.endswith(_SUFFIXES):
        raise AwsError("InvalidBucketName", "The specified bucket is not valid.", status=400, BucketName=name)


def _configuration(call: Call) -> Document:
    found: Document = call.get("CreateBucketConfiguration") or {}
    return found


def _location(call: Call) -> str:
    """The region that the bucket will be in: that of the endpoint, which a constraint must name."""
    constraint = _configuration(call).get("LocationConstraint")
    if constraint is None:
        if call.region != HOME:
            raise _illegal("unspecified")
        return HOME
    if call.region == HOME and constraint != HOME:
        region = "eu-west-1" if constraint == "EU" else constraint
        if not re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-\d", region):
            raise _invalid_location(constraint)
        return str(region)
    if constraint == HOME:
        raise _invalid_location(constraint) if call.region == HOME else _illegal(constraint)
    if constraint != call.region and not (constraint == "EU" and call.region == "eu-west-1"):
        raise _illegal(constraint)
    return call.region


def _invalid_location(constraint: str) -> AwsError:
    return AwsError(
        "InvalidLocationConstraint",
        "The specified location-constraint is not valid",
        status=400,
        LocationConstraint=constraint,
    )


def _illegal(constraint: str) -> AwsError:
    return AwsError(
        "IllegalLocationConstraintException",
        f"The {constraint} location constraint is incompatible for the region specific endpoint this request was"
        " sent to.",
        status=400,
    )


def delete_bucket(call: Call) -> Document:
    """Versions, delete markers and objects keep a bucket; uploads that were not completed do not."""
    bucket = stored.bucket(call)
    for kind in ("Object", "ObjectVersion"):
        if next(stored.table(call, kind).list(bucket.scope, bucket.key), None) is not None:
            text = "The bucket you tried to delete is not empty"
            if stored.is_versioned(bucket):
                text += ". You must delete all versions in the bucket."
            raise AwsError("BucketNotEmpty", text, status=409, BucketName=bucket.key)
    for upload in list(stored.table(call, "Upload").list(bucket.scope, bucket.key)):
        stored.drop_upload(call, upload)
    stored.table(call, "Bucket").drop(bucket)
    return {}


def head_bucket(call: Call) -> Document:
    """HEAD answers have no body: an error is its status alone."""
    try:
        bucket = stored.bucket(call)
    except AwsError as error:
        raise stored.bare(error) from error
    return {
        **(directory.shown(call, bucket) if directory.is_directory(bucket) else {"BucketArn": arn(call, bucket.key)}),
        "BucketRegion": bucket["BucketRegion"],
        "AccessPointAlias": bucket.key != call["Bucket"],
    }


def arn(call: Call, name: str) -> str:
    """The ARN of a bucket, which names neither account nor region."""
    return f"arn:{call.caller.partition}:s3:::{name}"


def get_bucket_location(call: Call) -> Document:
    """The first region has no constraint."""
    region = stored.bucket(call)["BucketRegion"]
    return {"LocationConstraint": None if region == HOME else region}


def list_buckets(call: Call) -> Document:
    """In the order of names; regions are shown only where a page is asked for."""
    prefix, region, most = call.get("Prefix", ""), call.get("BucketRegion"), call.get("MaxBuckets", 10000)
    if region is not None and not re.fullmatch(stored.REGION, region):
        text = f"Argument value {region} is not a valid AWS Region"
        raise AwsError("InvalidArgument", text, status=400, ArgumentName="bucket-region")
    after = _from_token(call.get("ContinuationToken"))
    own = stored.table(call, "Bucket").list((call.account, ""), "", after, prefix)
    found = [row for row in own if region in (None, row["BucketRegion"]) and not directory.is_directory(row)]
    pages = any(name in call for name in ("MaxBuckets", "Prefix", "BucketRegion", "ContinuationToken"))
    answer: Document = {
        "Buckets": [_shown(call, bucket, pages) for bucket in found[:most]],
        "Owner": {"ID": canonical_user(call.account)},
    }
    if prefix:
        answer["Prefix"] = prefix
    if len(found) > most:
        answer["ContinuationToken"] = stored.token(found[most - 1].key)
    return answer


def _from_token(token: str | None) -> tuple[str, str] | None:
    return ("", stored.from_token(token)) if token else None


def _shown(call: Call, bucket: Resource, with_region: bool) -> Document:
    shown = {"Name": bucket.key, "CreationDate": bucket["CreationDate"], "BucketArn": arn(call, bucket.key)}
    if with_region:
        shown["BucketRegion"] = bucket["BucketRegion"]
    return shown
