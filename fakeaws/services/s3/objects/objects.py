"""Objects: put, got, looked at, deleted."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.bodies import blobs_of
from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.validation import numeric
from fakeaws.core.store.blobs import Staged
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.s3.base import bodies, checking, stored
from fakeaws.services.s3.buckets import acl, directory, encryption, locking
from fakeaws.services.s3.objects import archive, reading, tagging
from fakeaws.services.s3.rules import lifecycle, notifications

Document = dict[str, Any]
LARGEST_PUT = 5 * 1024**3
CLASSES = (
    "STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE",
    "GLACIER_IR", "EXPRESS_ONEZONE", "OUTPOSTS", "SNOW", "FSX_OPENZFS", "FSX_ONTAP",
)  # fmt: skip


def put_object(call: Call) -> Document:
    """The new version is there as a whole or not at all."""
    bucket = stored.bucket(call)
    key = call["Key"]
    checking.of_key(key)
    check_overwrite(call, bucket, key)
    body = _body(call)
    checking.check_md5(call, body)
    algorithm, checksum = checking.of_body(call, body)
    at = directory.offset(call, bucket)
    if at:
        found = directory.append(call, bucket, at, body, algorithm, checksum)
        return {"ETag": found["ETag"], **found["checksum"], "Size": found["Size"]}
    document = properties(call, bucket)
    document |= {"ETag": f'"{body.sums["md5"].hex()}"', "checksum": checking.shown(algorithm, checksum)}
    found = stored.put(call, bucket, document, body)
    lifecycle.plan(call, bucket)
    notifications.send(call, bucket, "ObjectCreated:Put", found)
    answer = {"ETag": found["ETag"], f"Checksum{algorithm}": checksum, **stored.shown_version(bucket, found)}
    return answer | encryption.headers(call, bucket, found) | lifecycle.expiration(bucket, found)


def _body(call: Call) -> Staged:
    body = call.get("Body")
    if not isinstance(body, Staged):
        body = blobs_of(call).stage(body or b"", [checking.named(call) or checking.DEFAULT])
    if body.size > LARGEST_PUT:
        raise AwsError(
            "EntityTooLarge",
            "Your proposed upload exceeds the maximum allowed size",
            status=400,
            ProposedSize=str(body.size),
            MaxSizeAllowed=str(LARGEST_PUT),
        )
    return body


def check_overwrite(call: Call, bucket: Resource, key: str) -> None:
    """Refuse to write where the conditions of a writer do not hold: it must be new, or be what it was."""
    match, none = call.get("IfMatch"), call.get("IfNoneMatch")
    if match is None and none is None:
        return
    if match is not None and none is not None:
        raise _not_implemented("If-Match,If-None-Match", "Multiple conditional request headers present in the request")
    found = stored.find(call, bucket, key)
    if none is not None:
        if none != "*":
            raise _not_implemented(
                "If-None-Match", "We don't accept the provided value of If-None-Match header for this API"
            )
        if found is not None:
            raise reading.failed("If-None-Match")
        return
    if match == "*":
        raise _not_implemented("If-Match", "We don't accept the provided value of If-Match header for this API")
    if found is None:
        raise stored.no_such_key(key)
    if not reading.matches(match, found["ETag"]):
        raise reading.failed("If-Match")


def _not_implemented(header: str, why: str) -> AwsError:
    return AwsError(
        "NotImplemented",
        "A header you provided implies functionality that is not implemented",
        status=501,
        Header=header,
        additionalMessage=why,
    )


def properties(call: Call, bucket: Resource) -> Document:
    """What the parameters say of a new object beside its content."""
    storage = call.get("StorageClass") or (directory.CLASS if directory.is_directory(bucket) else "STANDARD")
    if storage not in CLASSES:
        raise AwsError(
            "InvalidStorageClass",
            "The storage class you specified is not valid",
            status=400,
            StorageClassRequested=storage,
        )
    found: Document = {
        "Key": call["Key"],
        "LastModified": call.now,
        "StorageClass": storage,
        "ContentType": call.get("ContentType") or "binary/octet-stream",
        "Metadata": metadata(call),
    }
    for name in (*reading.HEADERS, "WebsiteRedirectLocation"):
        if call.get(name) is not None:
            found[name] = call[name]
    _check_redirect(call)
    found |= encryption.given(call, bucket)
    found |= locking.given(call, bucket)
    tags = tagging.from_header(call.get("Tagging"))
    if tags:
        found["tags"] = tags
    if call.get("ACL") is not None or any(call.get(name) for name in acl.HEADERS):
        found["acl"] = acl.given(call, bucket, bucket.scope[0])
    return found


def _check_redirect(call: Call) -> None:
    target = call.get("WebsiteRedirectLocation")
    if target is not None and not target.startswith(("/", "http://", "https://")):
        raise AwsError(
            "InvalidRedirectLocation",
            "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.",
            status=400,
        )


def metadata(call: Call) -> dict[str, str]:
    """User metadata: names in lower case, 2 KB of UTF-8 altogether."""
    found = {name.lower(): str(value) for name, value in (call.get("Metadata") or {}).items()}
    size = sum(len(name.encode()) + len(value.encode()) for name, value in found.items())
    if size > 2048:
        raise AwsError(
            "MetadataTooLarge",
            "Your metadata headers exceed the maximum allowed metadata size",
            status=400,
            Size=str(size),
            MaxSizeAllowed="2048",
        )
    return found


def get_object(call: Call) -> Document:
    bucket = stored.bucket(call)
    found = stored.wanted(call, bucket)
    encryption.check_key(call, found)
    encryption.need_key(call, found, "Decrypt")
    check_readable(call, found)
    reading.check(call, found)
    span = reading.span(call, found)
    answer = reading.described(call, bucket, found, span)
    answer |= archive.shown(call, found)
    answer["Body"] = bodies.opened(call, found, *(span or (0, None)))
    return answer | stored.shown_version(bucket, found) | lifecycle.expiration(bucket, found)


def check_readable(call: Call, found: Document) -> None:
    """Refuse to read what is in an archive and not restored."""
    storage = found.get("StorageClass", "STANDARD")
    if storage not in archive.CLASSES or found.get("restored", 0) <= call.now < found.get("restored_until", 0):
        return
    raise AwsError(
        "InvalidObjectState",
        "The operation is not valid for the object's storage class",
        status=403,
        StorageClass=storage,
    )


def head_object(call: Call) -> Document:
    """HEAD answers have no body: an error is its status alone."""
    try:
        bucket = stored.bucket(call)
        found = stored.wanted(call, bucket)
        encryption.check_key(call, found)
        reading.check(call, found)
        answer = reading.described(call, bucket, found, reading.span(call, found))
    except AwsError as error:
        raise stored.bare(error) from error
    return (
        answer | archive.shown(call, found) | stored.shown_version(bucket, found) | lifecycle.expiration(bucket, found)
    )


def get_object_attributes(call: Call) -> Document:
    bucket = stored.bucket(call)
    found = stored.wanted(call, bucket)
    encryption.check_key(call, found)
    wanted = call["ObjectAttributes"]
    answer: Document = {"LastModified": found["LastModified"], **stored.shown_version(bucket, found)}
    if "ETag" in wanted:
        answer["ETag"] = found["ETag"].strip('"')
    if "Checksum" in wanted:
        answer["Checksum"] = found.get("checksum")
    if "StorageClass" in wanted:
        answer["StorageClass"] = found.get("StorageClass", "STANDARD")
    if "ObjectSize" in wanted:
        answer["ObjectSize"] = found["Size"]
    if "ObjectParts" in wanted and "parts" in found:
        answer["ObjectParts"] = _parts(call, found)
    return answer


def _parts(call: Call, found: Document) -> Document:
    """Parts are listed one by one only where each has a checksum of its own."""
    answer: Document = {"TotalPartsCount": found["parts"]}
    algorithm = checking.algorithm_of(found)
    if found.get("checksum", {}).get("ChecksumType") != "COMPOSITE":
        return answer
    most, after = (
        call.get("MaxParts", 1000),
        int(numeric(call.operation, "PartNumberMarker", call.get("PartNumberMarker") or 0)),
    )
    later = [part for part in bodies.manifest(call, found) if part[2] > after]
    shown = [{"PartNumber": part[2], "Size": part[1], f"Checksum{algorithm}": part[3]} for part in later[:most]]
    answer |= {"PartNumberMarker": str(after), "MaxParts": most, "IsTruncated": len(later) > most, "Parts": shown}
    if shown:
        answer["NextPartNumberMarker"] = str(shown[-1]["PartNumber"])
    return answer


def get_object_torrent(call: Call) -> Document:
    """S3 no longer makes torrents."""
    raise AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", status=405)


def delete_object(call: Call) -> Document:
    """Deleting what is not there succeeds; in a versioned bucket that leaves a delete marker."""
    bucket = stored.bucket(call)
    locking.check_bypass(call, bucket)
    answer = delete(call, bucket, call["Key"], call.get("VersionId"), call.get("IfMatch"))
    return {name: answer[name] for name in ("DeleteMarker", "VersionId") if name in answer}


def delete(call: Call, bucket: Resource, key: str, version_id: str | None, match: str | None = None) -> Document:
    """Delete a key or one of its versions: `VersionId`, `DeleteMarker` of what was removed or made."""
    if match is not None:
        found = stored.find(call, bucket, key)
        if found is None:
            raise stored.no_such_key(key)
        if not reading.matches(match, found["ETag"]):
            raise reading.failed("If-Match")
    if version_id is not None:
        return _delete_version(call, bucket, key, version_id)
    if stored.is_versioned(bucket):
        marker = stored.put_marker(call, bucket, key)
        lifecycle.plan(call, bucket)
        notifications.send(call, bucket, "ObjectRemoved:DeleteMarkerCreated", marker)
        return {"DeleteMarker": True, "VersionId": marker["VersionId"]}
    found = stored.find(call, bucket, key)
    if found is not None:
        stored.remove(call, bucket, found)
        notifications.send(call, bucket, "ObjectRemoved:Delete", found)
    return {}


def _delete_version(call: Call, bucket: Resource, key: str, version_id: str) -> Document:
    found = stored.version(call, bucket, key, version_id)
    if found is None:
        if version_id != stored.NULL and not (len(version_id) == 32 and version_id.isalnum()):
            raise stored.invalid("Invalid version id specified", "versionId", version_id)
        return {"VersionId": version_id}
    locking.check_removal(call, found)
    stored.remove(call, bucket, found)
    notifications.send(call, bucket, "ObjectRemoved:Delete", found)
    answer: Document = {"VersionId": version_id}
    if found.get("marker"):
        answer["DeleteMarker"] = True
    return answer if stored.is_versioned(bucket) else {}


def delete_objects(call: Call) -> Document:
    """Up to a thousand keys, each of which succeeds or fails by itself."""
    bucket = stored.bucket(call)
    locking.check_bypass(call, bucket)
    wanted = call["Delete"]["Objects"]
    if not 0 < len(wanted) <= 1000:
        raise stored.malformed()
    deleted: list[Document] = []
    errors: list[Document] = []
    for each in wanted:
        one = {"Key": each["Key"], **({"VersionId": each["VersionId"]} if "VersionId" in each else {})}
        try:
            answer = delete(call, bucket, each["Key"], each.get("VersionId"), each.get("ETag"))
        except AwsError as error:
            errors.append({**one, "Code": error.code, "Message": error.message})
            continue
        if answer.get("DeleteMarker"):
            one |= {"DeleteMarker": True, "DeleteMarkerVersionId": answer["VersionId"]}
        deleted.append(one)
    answer = {"Errors": errors} if errors else {}
    return answer if call["Delete"].get("Quiet") else {"Deleted": deleted, **answer}
