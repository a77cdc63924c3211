"""Directory buckets (S3 Express One Zone): in one zone, entered by a session, with objects that can be appended to.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-differences.html
"""

from __future__ import annotations

import re
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.blobs import Staged
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.s3.base import bodies, checking, stored

Document = dict[str, Any]
SUFFIX = "--x-s3"
CLASS = "EXPRESS_ONEZONE"
SESSION = 300
"""Seconds that a session lasts."""
MOST_APPENDS = 10000
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*--(?P<zone>[a-z0-9]+(-[a-z0-9]+)*-az\d+|[a-z0-9-]+)--x-s3")
_REDUNDANCY = {"AvailabilityZone": "SingleAvailabilityZone", "LocalZone": "SingleLocalZone"}


def is_directory(bucket: Document) -> bool:
    """Whether a bucket is a directory bucket."""
    return "zone" in bucket


def zone_of(call: Call, name: str, configuration: Document) -> Document | None:
    """The zone of a directory bucket that is to be made, which its name has too; None for any other bucket."""
    kind, location = configuration.get("Bucket"), configuration.get("Location")
    if kind is None and not name.endswith(SUFFIX):
        return None
    found = _NAME.fullmatch(name)
    if kind is None or location is None or found is None or found["zone"] != location.get("Name"):
        raise AwsError("InvalidBucketName", "The specified bucket is not valid.", status=400, BucketName=name)
    wanted = kind.get("DataRedundancy", _REDUNDANCY[location["Type"]])
    if kind.get("Type") != "Directory" or wanted != _REDUNDANCY[location["Type"]]:
        raise AwsError("InvalidRequest", "Invalid bucket type or data redundancy.", status=400)
    return {"type": location["Type"], "name": location["Name"]}


def shown(call: Call, bucket: Resource) -> Document:
    """What HeadBucket says of one."""
    arn = f"arn:{call.caller.partition}:s3express:{bucket['BucketRegion']}:{bucket.scope[0]}:bucket/{bucket.key}"
    zone = bucket["zone"]
    return {"BucketArn": arn, "BucketLocationType": zone["type"], "BucketLocationName": zone["name"]}


def list_directory_buckets(call: Call) -> Document:
    """Those of the region."""
    most, token = call.get("MaxDirectoryBuckets", 1000), call.get("ContinuationToken")
    after = ("", stored.from_token(token)) if token else None
    rows = stored.table(call, "Bucket").list((call.account, ""), "", after)
    found = [row for row in rows if is_directory(row) and row["BucketRegion"] == call.region]
    own = ("Name", "CreationDate", "BucketRegion")
    answer: Document = {"Buckets": [{name: row[name] for name in own} for row in found[:most]]}
    if len(found) > most:
        answer["ContinuationToken"] = stored.token(found[most - 1].key)
    return answer


def create_session(call: Call) -> Document:
    """Keys for five minutes, of whoever asks."""
    bucket = stored.bucket(call)
    if not is_directory(bucket):
        text = "The specified method is not allowed against this resource."
        raise AwsError("MethodNotAllowed", text, status=405)
    issued = call.perform("sts", "GetSessionToken", {"DurationSeconds": 900})["Credentials"]
    credentials = {**issued, "Expiration": call.now + SESSION}
    return {"ServerSideEncryption": call.get("ServerSideEncryption", "AES256"), "Credentials": credentials}


def check_settings(bucket: Document) -> None:
    """Refuse what directory buckets lack."""
    if is_directory(bucket):
        text = "The specified method is not allowed against this resource."
        raise AwsError("MethodNotAllowed", text, status=405)


# Appending


def offset(call: Call, bucket: Resource) -> int | None:
    """Where a writer appends, if it does; only directory buckets know this."""
    at: int | None = call.get("WriteOffsetBytes")
    if at is not None and not is_directory(bucket):
        raise AwsError(
            "NotImplemented",
            "A header you provided implies functionality that is not implemented",
            status=501,
            Header="x-amz-write-offset-bytes",
        )
    return at


def append(call: Call, bucket: Resource, at: int, body: Staged, algorithm: str, checksum: str) -> Resource:
    """Put a body behind what the object has, which must be as long as the writer thinks."""
    found = stored.find(call, bucket, call["Key"])
    size = found["Size"] if found is not None else 0
    if at != size:
        text = "The write offset value that you specified does not match the current object size."
        raise AwsError("InvalidWriteOffset", text, status=400)
    assert found is not None
    pieces = bodies.manifest(call, found) or [[found["blob"], size, 1, _sum(found)]]
    if len(pieces) >= MOST_APPENDS:
        text = "You have attempted to add more parts than the maximum of 10000 that are allowed for this object."
        raise AwsError("TooManyParts", text, status=400)
    if checking.algorithm_of(found) != algorithm:
        text = "The checksum algorithm of an append must be the one of the object."
        raise AwsError("InvalidRequest", text, status=400)
    bodies.keep(call, body)
    whole = checking.joined(algorithm, [(_sum(found), size), (checksum, body.size)])
    bodies.forget_manifest(call, found)
    found.pop("blob", None)
    found |= bodies.keep_manifest(call, [*pieces, [body.key, body.size, len(pieces) + 1, checksum]])
    found |= {
        "ETag": f'"{call.make("{hex32}")}"',
        "LastModified": call.now,
        "checksum": checking.shown(algorithm, whole),
    }
    stored.save(call, found)
    return found


def _sum(found: Document) -> str:
    algorithm = checking.algorithm_of(found)
    return str(found["checksum"][f"Checksum{algorithm}"])
