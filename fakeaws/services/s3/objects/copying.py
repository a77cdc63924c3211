"""Copies: the body is shared, the properties are the source's or new."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from fakeaws.core.pipeline.bodies import blobs_of
from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.s3.base import bodies, checking, stored
from fakeaws.services.s3.buckets import directory, encryption, locking
from fakeaws.services.s3.objects import objects, reading, tagging
from fakeaws.services.s3.rules import lifecycle, notifications

Document = dict[str, Any]
LARGEST = 5 * 1024**3
_RANGE = re.compile(r"bytes=(\d+)-(\d+)")
_CARRIED = (*reading.HEADERS, "Metadata")
"""What MetadataDirective decides on."""


def copy_object(call: Call) -> Document:
    bucket = stored.bucket(call)
    checking.of_key(call["Key"])
    objects.check_overwrite(call, bucket, call["Key"])
    origin, found = source(call)
    objects.check_readable(call, found)
    reading.check(call, found, "CopySource")
    _check_size(found)
    _check_changes(call, bucket, origin, found)
    document = _properties(call, bucket, found)
    document |= _summed(call, found) | bodies.share(call, found)
    made = stored.put(call, bucket, document)
    lifecycle.plan(call, bucket)
    notifications.send(call, bucket, "ObjectCreated:Copy", made)
    result = {"ETag": made["ETag"], "LastModified": made["LastModified"], **made["checksum"]}
    answer: Document = {"CopyObjectResult": result, **stored.shown_version(bucket, made)}
    if stored.is_versioned(origin):
        answer["CopySourceVersionId"] = found["VersionId"]
    return answer | encryption.headers(call, bucket, made) | lifecycle.expiration(bucket, made)


def source(call: Call) -> tuple[Resource, Resource]:
    """The bucket and the version that CopySource names: `bucket/key?versionId=…` or an access point's ARN."""
    given = call["CopySource"]
    path, _, query = given.partition("?versionId=")
    path = _decoded(path)
    if path.startswith("arn:"):
        name, _, key = path.partition("/object/")
    else:
        name, _, key = path.lstrip("/").partition("/")
    if not name or not key:
        raise stored.invalid(
            "Copy Source must mention the source bucket and key: sourcebucket/sourcekey", "x-amz-copy-source", given
        )
    bucket = stored.bucket(call, name)
    try:
        found = stored.wanted(call, bucket, key, query or None)
    except AwsError as error:
        if error.code == "MethodNotAllowed":
            text = "The source of a copy request may not specifically refer to a delete marker by version id."
            raise AwsError("InvalidRequest", text, status=400) from error
        raise
    encryption.check_key(call, found, "CopySource")
    encryption.need_key(call, found, "Decrypt")
    return bucket, found


def _check_size(found: Document) -> None:
    if found["Size"] > LARGEST:
        text = f"The specified copy source is larger than the maximum allowable size for a copy source: {LARGEST}"
        raise AwsError("InvalidRequest", text, status=400)


def _check_changes(call: Call, bucket: Resource, origin: Resource, found: Resource) -> None:
    """A copy of an object onto itself must change something."""
    if bucket.key != origin.key or call["Key"] != found["Key"] or found.key != found["Key"]:
        return
    changes = ("StorageClass", "WebsiteRedirectLocation", "ServerSideEncryption", "SSECustomerAlgorithm")
    changed = any(call.get(name) is not None for name in (*changes, "ChecksumAlgorithm"))
    if changed or call.get("MetadataDirective") == "REPLACE" or "SSECustomerKeyMD5" in found:
        return
    if "Encryption" in bucket["settings"] or "versionId" in call["CopySource"]:
        return
    raise AwsError(
        "InvalidRequest",
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's"
        " metadata, storage class, website redirect location or encryption attributes.",
        status=400,
    )


def _properties(call: Call, bucket: Resource, found: Document) -> Document:
    for name in ("MetadataDirective", "TaggingDirective"):
        if call.get(name) not in (None, "COPY", "REPLACE"):
            header = "x-amz-metadata-directive" if name[0] == "M" else "x-amz-tagging-directive"
            raise stored.invalid(f"Unknown {name[:-9].lower()} directive.", header, call[name])
    document = objects.properties(call, bucket)
    if call.get("MetadataDirective") != "REPLACE":
        for name in _CARRIED:
            document.pop(name, None)
            if name in found:
                document[name] = found[name]
    document.pop("tags", None)
    is_replaced = call.get("TaggingDirective") == "REPLACE"
    tags = tagging.from_header(call.get("Tagging")) if is_replaced else found.get("tags")
    if tags:
        document["tags"] = tags
    return document


def _summed(call: Call, found: Document) -> Document:
    """The ETag and checksum of a copy, which is always in one piece: those of many parts are worked out anew."""
    algorithm = call.get("ChecksumAlgorithm") or checking.algorithm_of(found) or checking.DEFAULT
    is_same = checking.algorithm_of(found) == algorithm and found["checksum"]["ChecksumType"] == "FULL_OBJECT"
    if "manifest" not in found and is_same:
        return {"ETag": found["ETag"], "checksum": found["checksum"]}
    if algorithm not in checking.SIZES:
        raise checking.unsupported(call)
    sums = blobs_of(call).sums(bodies.opened(call, found), [algorithm])
    return {
        "ETag": f'"{sums["md5"].hex()}"',
        "checksum": checking.shown(algorithm, checking.text(sums[algorithm.lower()])),
    }


def span(text: str | None, size: int) -> tuple[int, int]:
    """The range of a part's source: first byte and length."""
    if text is None:
        return 0, size
    matched = _RANGE.fullmatch(text)
    if matched is None:
        raise stored.invalid(
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the"
            " zero-based offsets of the first and last bytes to copy",
            "x-amz-copy-source-range",
            text,
        )
    first, last = int(matched[1]), int(matched[2])
    if first > last or first >= size:
        text = "The specified copy range is invalid for the source object size"
        raise AwsError("InvalidRequest", text, status=400)
    if last >= size:
        raise stored.invalid(
            f"Range specified is not valid for source object of size: {size}", "x-amz-copy-source-range", text
        )
    return first, last - first + 1


def part(call: Call, upload: Resource, found: Document, start: int, length: int) -> Document:
    """A part with the bytes of a range: where these are one of the source's own parts, or all of it, its body is
    shared; what is known of that is not worked out again."""
    algorithm: str = upload["algorithm"]
    made: Document = {"PartNumber": call["PartNumber"], "LastModified": call.now}
    whole = _whole(call, found, start, length)
    if whole is not None:
        blobs_of(call).share(whole)
        made |= {"blob": whole, "Size": length}
        if "blob" in found and found.get("checksum", {}).get(f"Checksum{algorithm}") and "parts" not in found:
            return made | {"ETag": found["ETag"], "checksum": found["checksum"][f"Checksum{algorithm}"]}
        sums = blobs_of(call).sums(bodies.opened(call, found, start, length), [algorithm])
    else:
        staged = blobs_of(call).stage(bodies.opened(call, found, start, length), [algorithm])
        made |= bodies.keep(call, staged)
        sums = staged.sums
        blobs_of(call).done(staged, True)
    made |= {"ETag": f'"{sums["md5"].hex()}"', "checksum": checking.text(sums[algorithm.lower()])}
    return made


def _whole(call: Call, found: Document, start: int, length: int) -> str | None:
    """The body that is just the range."""
    if "blob" in found:
        return str(found["blob"]) if (start, length) == (0, found["Size"]) else None
    at = 0
    for key, size, *_ in bodies.manifest(call, found):
        if (at, size) == (start, length):
            return str(key)
        at += size
    return None


def _decoded(path: str) -> str:
    try:
        return unquote(path, errors="strict")
    except UnicodeDecodeError:
        raise stored.invalid("Invalid copy source encoding.", "x-amz-copy-source", path) from None


def rename_object(call: Call) -> Document:
    """An object of a directory bucket gets another name; nothing is copied."""
    bucket = stored.bucket(call)
    if not directory.is_directory(bucket):
        raise AwsError("NotImplemented", "This bucket does not support RenameObject", status=501)
    checking.of_key(call["Key"])
    path = _decoded(call["RenameSource"]).lstrip("/")
    key = path.removeprefix(f"{bucket.key}/")
    found = stored.find(call, bucket, key)
    if found is None:
        raise stored.no_such_key(key)
    objects.check_overwrite(call, bucket, call["Key"])
    document = {**found, "Key": call["Key"]}
    stored.table(call, "Object").drop(found)
    stored.put(call, bucket, document)
    lifecycle.plan(call, bucket)
    return {}


def update_object_encryption(call: Call) -> Document:
    """Another KMS key for what is there; neither the version nor its date change."""
    bucket = stored.bucket(call)
    found = stored.wanted(call, bucket)
    locking.check_bypass(call, bucket)
    wanted = call["ObjectEncryption"].get("SSEKMS") or {}
    found["ServerSideEncryption"] = "aws:kms"
    found["SSEKMSKeyId"] = encryption.key_arn(call, wanted.get("KMSKeyArn"))
    found["BucketKeyEnabled"] = bool(wanted.get("BucketKeyEnabled"))
    stored.save(call, found)
    return {}
