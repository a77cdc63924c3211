"""Inventories: every day or week, a list of a bucket's objects as gzipped CSV in another bucket, with a manifest.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html

Reports come with the midnight (UTC) after a configuration was put. Configurations that ask for ORC or Parquet are kept,
but no report of these formats is made.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO
from urllib.parse import quote

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.caller import service_caller
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.s3.base import checking, listing, stored
from fakeaws.services.s3.buckets import configurations

Document = dict[str, Any]
DAY = 86400
EVERY = {"Daily": DAY, "Weekly": 7 * DAY}
_FIRST = ("Bucket", "Key")
_VERSIONS = ("VersionId", "IsLatest", "IsDeleteMarker")


def put_bucket_inventory_configuration(call: Call) -> Document:
    wanted = call["InventoryConfiguration"]
    target = wanted["Destination"]["S3BucketDestination"]
    if not target["Bucket"].startswith("arn:"):
        raise AwsError("InvalidS3DestinationBucket", "Invalid bucket ARN.", status=400)
    known = target["Format"] in ("CSV", "ORC", "Parquet") and wanted["Schedule"]["Frequency"] in EVERY
    if not known or wanted["IncludedObjectVersions"] not in ("All", "Current"):
        raise stored.malformed()
    configurations.put(call, "Inventory")
    midnight = (call.now // DAY + 1) * DAY
    call.at(midnight, report, Bucket=call["Bucket"], Id=call["Id"], since=call.now)
    bucket = stored.bucket(call)
    bucket.setdefault("inventories", {})[call["Id"]] = call.now
    stored.save_bucket(call, bucket)
    return {}


def report(call: Call) -> None:
    """Make the report that is due, and plan the next one; a configuration that was put anew has a plan of its own."""
    bucket = stored.find_bucket(call, call["Bucket"])
    wanted = bucket["settings"].get("Inventory", {}).get(call["Id"]) if bucket is not None else None
    if bucket is None or wanted is None or bucket.get("inventories", {}).get(call["Id"]) != call["since"]:
        return
    call.at(call.now + EVERY[wanted["Schedule"]["Frequency"]], report, **call.params)
    target = wanted["Destination"]["S3BucketDestination"]
    is_there = stored.find_bucket(call, target["Bucket"].rpartition(":")[2]) is not None
    if wanted["IsEnabled"] and is_there and target["Format"] == "CSV":
        _deliver(call, bucket, wanted, target)


def _deliver(call: Call, bucket: Resource, wanted: Document, target: Document) -> None:
    fields = _fields(wanted)
    folder = "/".join(part for part in (target.get("Prefix", "").strip("/"), bucket.key, wanted["Id"]) if part)
    key = f"{folder}/data/{call.make('{uuid}')}.csv.gz"
    with tempfile.TemporaryFile() as file:
        _write(file, _rows(call, bucket, wanted, fields), call.now)
        file.seek(0)
        size, digest = _measured(file)
        file.seek(0)
        _put(call, bucket, target, key, file)
    manifest = {
        "sourceBucket": bucket.key,
        "destinationBucket": target["Bucket"],
        "version": "2016-11-30",
        "creationTimestamp": str(int(call.now * 1000)),
        "fileFormat": "CSV",
        "fileSchema": ", ".join(fields),
        "files": [{"key": key, "size": size, "MD5checksum": digest}],
    }
    text = json.dumps(manifest, indent=2).encode()
    moment = datetime.fromtimestamp(call.now, UTC)
    at = f"{folder}/{moment:%Y-%m-%dT%H-%MZ}"
    _put(call, bucket, target, f"{at}/manifest.json", text)
    _put(call, bucket, target, f"{at}/manifest.checksum", hashlib.md5(text, usedforsecurity=False).hexdigest().encode())
    name = target["Bucket"].rpartition(":")[2]
    _put(call, bucket, target, f"{folder}/hive/dt={moment:%Y-%m-%d-%H-%M}/symlink.txt", f"s3://{name}/{key}\n".encode())


def _fields(wanted: Document) -> list[str]:
    fields = wanted.get("OptionalFields") or ()
    versions = _VERSIONS if wanted["IncludedObjectVersions"] == "All" else ()
    return [*_FIRST, *versions, *(name for field, (name, _) in OPTIONAL.items() if field in fields)]


def _rows(call: Call, bucket: Resource, wanted: Document, fields: list[str]) -> Iterator[list[str]]:
    prefix = wanted.get("Filter", {}).get("Prefix", "")
    readers = dict(OPTIONAL.values())
    with_all = wanted["IncludedObjectVersions"] == "All"
    for found, is_latest in listing.versions(call, bucket, prefix):
        if not with_all and found.key != found["Key"]:
            continue
        own = {
            "Bucket": bucket.key,
            "Key": quote(found["Key"], safe="/"),
            "VersionId": "" if found["VersionId"] == stored.NULL else found["VersionId"],
            "IsLatest": str(is_latest).lower(),
            "IsDeleteMarker": str(bool(found.get("marker"))).lower(),
        }
        yield [own[name] if name in own else _value(found, readers[name]) for name in fields]


def _value(found: Document, reader: Callable[[Document], Any]) -> str:
    value = None if found.get("marker") else reader(found)
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _encryption(found: Document) -> str:
    if "SSECustomerAlgorithm" in found:
        return "SSE-C"
    methods = {"AES256": "SSE-S3", "aws:kms": "SSE-KMS", "aws:kms:dsse": "DSSE-KMS"}
    return methods.get(found.get("ServerSideEncryption", ""), "NOT-SSE")


def _until(found: Document) -> str | None:
    return _moment(found["ObjectLockRetainUntilDate"]) if "ObjectLockRetainUntilDate" in found else None


OPTIONAL: dict[str, tuple[str, Callable[[Document], Any]]] = {
    "Size": ("Size", lambda found: found["Size"]),
    "LastModifiedDate": ("LastModifiedDate", lambda found: _moment(found["LastModified"])),
    "ETag": ("ETag", lambda found: found["ETag"].strip('"')),
    "StorageClass": ("StorageClass", lambda found: found.get("StorageClass", "STANDARD")),
    "IsMultipartUploaded": ("IsMultipartUploaded", lambda found: "parts" in found),
    "ReplicationStatus": ("ReplicationStatus", lambda found: found.get("ReplicationStatus")),
    "EncryptionStatus": ("EncryptionStatus", _encryption),
    "ObjectLockRetainUntilDate": ("ObjectLockRetainUntilDate", _until),
    "ObjectLockMode": ("ObjectLockMode", lambda found: found.get("ObjectLockMode")),
    "ObjectLockLegalHoldStatus": ("ObjectLockLegalHoldStatus", lambda found: found.get("ObjectLockLegalHoldStatus")),
    "IntelligentTieringAccessTier": ("IntelligentTieringAccessTier", lambda found: None),
    "BucketKeyStatus": ("BucketKeyStatus", lambda found: "ENABLED" if found.get("BucketKeyEnabled") else "DISABLED"),
    "ChecksumAlgorithm": ("ChecksumAlgorithm", checking.algorithm_of),
    "ObjectAccessControlList": (
        "ObjectAccessControlList",
        lambda found: json.dumps(found["acl"]) if "acl" in found else None,
    ),
    "ObjectOwner": ("ObjectOwner", lambda found: None),
}
"""The optional fields in the order of reports: their names there, and what they show of a version."""


def _write(file: BinaryIO, rows: Iterator[list[str]], now: float) -> None:
    with gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=now) as packed:
        text = io.TextIOWrapper(packed, "utf-8", newline="")
        csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
        text.flush()
        text.detach()


def _measured(file: BinaryIO) -> tuple[int, str]:
    digest, size = hashlib.md5(usedforsecurity=False), 0
    while piece := file.read(1 << 20):
        digest.update(piece)
        size += len(piece)
    return size, digest.hexdigest()


def _put(call: Call, bucket: Resource, target: Document, key: str, body: Any) -> None:
    """Put a file of the report where it belongs, encrypted as the configuration says."""
    params = {"Bucket": target["Bucket"].rpartition(":")[2], "Key": key, "Body": body}
    how = target.get("Encryption", {})
    if "SSEKMS" in how:
        params |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": how["SSEKMS"]["KeyId"]}
    elif "SSES3" in how:
        params["ServerSideEncryption"] = "AES256"
    call.perform("s3", "PutObject", params, service_caller("s3.amazonaws.com", bucket.scope[0], bucket["BucketRegion"]))
