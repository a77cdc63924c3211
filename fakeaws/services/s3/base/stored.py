"""Buckets and versions as they are kept.

`s3.Object` has each key's current version unless that is a delete marker; `s3.ObjectVersion` has all others, under
positions that put a key's newest version first. A bucket without versioning never touches the latter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds, places
from fakeaws.core.resources.places import counted
from fakeaws.core.store.blobs import Staged
from fakeaws.core.store.interface import Table
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.s3.base import bodies

Document = dict[str, Any]
NULL = "null"
END = "\x00\x01"
"""What ends a key in a position: less than whatever can follow in a longer key."""
_COUNTED = 10**15
_INDIRECT = re.compile(r":accesspoint|-s3alias$|\.mrap$|-\d{12}$")
REGION = re.compile(r"[a-z]{2,5}(-[a-z]+)+-\d")


def table(call: Call, kind: str) -> Table:
    """The table of a type: buckets are reached from other accounts too, so what is in them is found by their scope."""
    return places.table(call, kinds.kind("s3", kind))


def bucket(call: Call, name: str | None = None) -> Resource:
    """The bucket that the parameters name, whoever owns it."""
    given = call["Bucket"] if name is None else name
    found = find_bucket(call, given)
    if found is None:
        raise no_such_bucket(given)
    check_region(call, found["BucketRegion"])
    if found["BucketRegion"] != call.region and name is None:
        _check_endpoint(call, found)
    owner = call.get("ExpectedBucketOwner") if name is None else None
    if owner is not None and owner != found.scope[0]:
        _check_account(owner)
        raise AwsError("AccessDenied", "Access Denied", status=403)
    return found


def find_bucket(call: Call, name: str) -> Resource | None:
    """The bucket of a name, or that an access point's ARN, alias or host name stands for."""
    found = table(call, "Bucket").anywhere(name)
    return found if found is not None or not _INDIRECT.search(name) else _behind(call, name)


def check_region(call: Call, region: str) -> None:
    """Refuse a call that was signed for a region that is none (`US`, `aws-global`), as old clients do to learn it."""
    if not REGION.fullmatch(call.region):
        raise AwsError(
            "AuthorizationHeaderMalformed",
            f"The authorization header is malformed; the region '{call.region}' is wrong; expecting '{region}'",
            status=400,
            Region=region,
        )


def _check_endpoint(call: Call, found: Resource) -> None:
    """Send a client to the region of the bucket, from where it is not: only there is all answered but its place.

    Calls that are made in the cloud, and clients that sign nothing, have no endpoint that could be the wrong one.
    """
    caller = call.caller
    if (
        call["Bucket"] != found.key
        or not caller.is_remote
        or caller.unsigned
        or call.operation.name == "GetBucketLocation"
    ):
        return
    region = found["BucketRegion"]
    raise AwsError(
        "PermanentRedirect",
        "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all"
        " future requests to this endpoint.",
        status=301,
        Endpoint=f"{found.key}.s3.{region}.amazonaws.com",
        Bucket=found.key,
        region=region,
    )


def _behind(call: Call, name: str) -> Resource | None:
    """The bucket of the access point that an ARN, an alias or the first part of a host (`NAME-ACCOUNT`) names."""
    last = name.replace("accesspoint:", "accesspoint/").rpartition("/")[2]
    if last.endswith(".mrap"):
        return _behind_regions(call, last)
    points = places.table(call, kinds.kind("s3control", "AccessPoint"))
    if last.endswith("-s3alias"):
        point = points.anywhere(last[: -len("-s3alias") - 35])
        point = point if point is not None and point["Alias"] == last else None
    else:
        point = points.anywhere(last) or points.anywhere(re.sub(r"-\d{12}$", "", last))
    return table(call, "Bucket").anywhere(point["Bucket"]) if point is not None else None


def _behind_regions(call: Call, alias: str) -> Resource | None:
    """The bucket in the caller's region, else the first that takes traffic, of a multi-region access point."""
    for point in places.table(call, kinds.kind("s3control", "MultiRegionAccessPoint")).everywhere():
        if point["Alias"] == alias:
            dials = point.get("dials", {})
            active = [each for each in point["Regions"] if dials.get(each["Region"], 100)]
            active.sort(key=lambda each: each["Region"] != call.region)
            return table(call, "Bucket").anywhere(active[0]["Bucket"])
    return None


def _check_account(owner: str) -> None:
    if not (owner.isdecimal() and len(owner) == 12):
        raise AwsError(
            "InvalidBucketOwnerAWSAccountID",
            f"The value of the expected bucket owner parameter must be an AWS Account ID... [{owner}]",
            status=400,
        )


def no_such_bucket(name: str) -> AwsError:
    """The refusal for a bucket that nobody has."""
    return AwsError("NoSuchBucket", "The specified bucket does not exist", status=404, BucketName=name)


def save_bucket(call: Call, found: Resource) -> None:
    """Keep a changed bucket."""
    table(call, "Bucket").keep(found.scope, found.parent, found.key, found)


# Versions


def find(call: Call, bucket: Resource, key: str) -> Resource | None:
    """The current version of a key, None where it is a delete marker or nothing."""
    return table(call, "Object").find(bucket.scope, key, bucket.key)


def version(call: Call, bucket: Resource, key: str, version_id: str) -> Resource | None:
    """The version of a key with an id, whatever it is."""
    current = find(call, bucket, key)
    if current is not None and current["VersionId"] == version_id:
        return current
    others = table(call, "ObjectVersion")
    if version_id == NULL:
        return next((v for v in versions(call, bucket, key) if v["VersionId"] == NULL), None)
    found = (v for v in others.having(bucket.scope, "version", [version_id]) if v.parent == bucket.key)
    return next((v for v in found if v["Key"] == key), None)


def versions(call: Call, bucket: Resource, key: str) -> Iterator[Resource]:
    """A key's versions apart from the current one, the newest first; a delete marker may be the current one."""
    return table(call, "ObjectVersion").list(bucket.scope, bucket.key, prefix=escaped(key) + END)


def escaped(key: str) -> str:
    """A key as positions begin with it: NUL, which ends it, is written as two characters."""
    return key.replace("\x00", "\x00\x02")


def is_versioned(bucket: Resource) -> bool:
    """Whether the bucket has or had versioning."""
    return "Versioning" in bucket


def put(call: Call, bucket: Resource, document: Document, body: Staged | None = None) -> Resource:
    """Make a document its key's current version; what that replaces goes, or becomes an older version. `body` is kept
    for it, unless it is the one that was there."""
    status = bucket.get("Versioning")
    old = find(call, bucket, document["Key"])
    document["VersionId"] = call.make("{mixed32}") if status == "Enabled" else NULL
    is_same = body is not None and old is not None and old.get("blob") == body.key and status is None
    if body is not None:
        document |= {"blob": body.key, "Size": body.size} if is_same else bodies.keep(call, body)
    if not is_same:
        _make_way(call, bucket, document["Key"], old)
    return table(call, "Object").keep(bucket.scope, bucket.key, document["Key"], document)


def put_marker(call: Call, bucket: Resource, key: str) -> Resource:
    """Make a delete marker the key's current version."""
    old = find(call, bucket, key)
    _make_way(call, bucket, key, old)
    if old is not None:
        table(call, "Object").drop(old)
    marker = {"Key": key, "LastModified": call.now, "marker": True}
    marker["VersionId"] = call.make("{mixed32}") if bucket["Versioning"] == "Enabled" else NULL
    return _keep_older(call, bucket, marker)


def _make_way(call: Call, bucket: Resource, key: str, old: Resource | None) -> None:
    """What becomes of the current version when a new one comes; without versioning on, the null version goes."""
    if not is_versioned(bucket):
        if old is not None:
            bodies.release(call, old)
        return
    is_null = bucket["Versioning"] != "Enabled"
    if is_null:
        former = next((v for v in versions(call, bucket, key) if v["VersionId"] == NULL), None)
        if former is not None:
            table(call, "ObjectVersion").drop(former)
            bodies.release(call, former)
    if old is not None and is_null and old["VersionId"] == NULL:
        bodies.release(call, old)
    elif old is not None:
        _keep_older(call, bucket, {**old, "retired": call.now})


def _keep_older(call: Call, bucket: Resource, document: Document) -> Resource:
    number = _COUNTED - counted(call, f"s3 {bucket.key}")
    if document["VersionId"] != NULL:
        document["version"] = document["VersionId"]
    position = f"{escaped(document['Key'])}{END}{number:015d}"
    return table(call, "ObjectVersion").keep(bucket.scope, bucket.key, position, document)


def save(call: Call, found: Resource) -> None:
    """Keep a changed version where it is."""
    is_current = found.key == found["Key"]
    table(call, "Object" if is_current else "ObjectVersion").keep(found.scope, found.parent, found.key, found)


def remove(call: Call, bucket: Resource, found: Resource) -> None:
    """Remove a version for good. When it was the current one, the next newest becomes that."""
    bodies.release(call, found)
    if found.key != found["Key"]:
        was_latest = found.get("marker") and find(call, bucket, found["Key"]) is None
        table(call, "ObjectVersion").drop(found)
        if was_latest:
            _promote(call, bucket, found["Key"])
        return
    table(call, "Object").drop(found)
    if is_versioned(bucket):
        _promote(call, bucket, found["Key"])


def _promote(call: Call, bucket: Resource, key: str) -> None:
    newest = next(versions(call, bucket, key), None)
    if newest is None or newest.get("marker"):
        return
    table(call, "ObjectVersion").drop(newest)
    document = {name: value for name, value in newest.items() if name not in ("version", "retired")}
    table(call, "Object").keep(bucket.scope, bucket.key, key, document)


# What a request means


def no_such_key(key: str) -> AwsError:
    """The refusal for a key that the bucket does not have."""
    return AwsError("NoSuchKey", "The specified key does not exist.", status=404, Key=key)


def wanted(call: Call, bucket: Resource, key: str | None = None, version_id: str | None = None) -> Resource:
    """The version that the parameters name; AwsError where there is none, or it is a delete marker."""
    key = call["Key"] if key is None else key
    version_id = version_id or call.get("VersionId")
    if version_id is None:
        found = find(call, bucket, key)
        if found is not None:
            return found
        marker = next(versions(call, bucket, key), None) if is_versioned(bucket) else None
        error = no_such_key(key)
        if marker is not None:
            error.fields |= {"DeleteMarker": True, "VersionId": marker["VersionId"]}
        raise error
    found = version(call, bucket, key, version_id)
    if found is None:
        raise _no_such_version(key, version_id)
    if found.get("marker"):
        raise is_marker(call, found)
    return found


def is_marker(call: Call, marker: Resource) -> AwsError:
    """The refusal to do with a delete marker what only objects can stand."""
    return AwsError(
        "MethodNotAllowed",
        "The specified method is not allowed against this resource.",
        status=405,
        Method=call.operation.http["method"],
        ResourceType="DeleteMarker",
        DeleteMarker=True,
        LastModified=marker["LastModified"],
    )


def _no_such_version(key: str, version_id: str) -> AwsError:
    if version_id != NULL and not (len(version_id) == 32 and version_id.isascii() and version_id.isalnum()):
        return invalid("Invalid version id specified", "versionId", version_id)
    return AwsError("NoSuchVersion", "The specified version does not exist.", status=404, Key=key, VersionId=version_id)


def invalid(message: str, name: str, value: Any) -> AwsError:
    """S3's refusal of an argument."""
    return AwsError("InvalidArgument", message, status=400, ArgumentName=name, ArgumentValue=value)


def malformed() -> AwsError:
    """S3's refusal of a document that its schema does not allow."""
    text = "The XML you provided was not well-formed or did not validate against our published schema"
    return AwsError("MalformedXML", text, status=400)


def shown_version(bucket: Resource, found: Document) -> Document:
    """The version id as answers have it: only where the bucket has or had versioning."""
    return {"VersionId": found["VersionId"]} if is_versioned(bucket) else {}


def bare(error: AwsError) -> AwsError:
    """The error of a HEAD request, which has no body: its code is its status."""
    texts = {404: "Not Found", 403: "Forbidden", 405: "Method Not Allowed", 412: "Precondition Failed"}
    texts |= {301: "Moved Permanently", 304: "Not Modified", 416: "Requested Range Not Satisfiable"}
    status = error.status or 400
    names = ("DeleteMarker", "VersionId", "ETag", "LastModified", "region", "ContentRange")
    fields = {name: error.fields[name] for name in names if name in error.fields}
    return AwsError(str(status), texts.get(status, "Bad Request"), status=status, **fields)


def token(place: str) -> str:
    """A continuation token for what comes after a place in a list."""
    import binascii

    return binascii.b2a_base64(b"1" + place.encode(), newline=False).decode()


def from_token(text: str) -> str:
    """The place that a continuation token stands for."""
    import binascii

    try:
        found = binascii.a2b_base64(text.encode(), strict_mode=True)
        if found[:1] == b"1":
            return found[1:].decode()
    except (ValueError, UnicodeError):
        pass
    raise AwsError(
        "InvalidArgument",
        "The continuation token provided is incorrect",
        status=400,
        ArgumentName="continuation-token",
    )


def drop_upload(call: Call, upload: Resource) -> None:
    """Give up an upload in parts, with all that was uploaded."""
    for part in list(table(call, "UploadPart").list(upload.scope, upload["UploadId"])):
        bodies.release(call, part)
        table(call, "UploadPart").drop(part)
    table(call, "Upload").drop(upload)
