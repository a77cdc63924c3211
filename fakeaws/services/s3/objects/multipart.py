"""Uploads in parts: begun, filled part by part in any order, and put together or given up.

The object refers to the bodies of its parts, so that putting it together moves no byte.
"""

from __future__ import annotations

import hashlib
from typing import Any

from fakeaws.core.pipeline.bodies import blobs_of
from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.validation import numeric
from fakeaws.core.resources.caller import canonical_user
from fakeaws.core.resources.places import counted
from fakeaws.core.store.blobs import Staged
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.s3.base import bodies, checking, listing, stored
from fakeaws.services.s3.buckets import encryption
from fakeaws.services.s3.objects import objects, reading
from fakeaws.services.s3.rules import lifecycle, notifications

Document = dict[str, Any]
SMALLEST = 5 * 1024 * 1024
"""Of every part but the last."""
MOST = 1000


def create_multipart_upload(call: Call) -> Document:
    """What the object will be is said here; the parts are content only."""
    bucket = stored.bucket(call)
    checking.of_key(call["Key"])
    algorithm, kind = _summing(call)
    document = objects.properties(call, bucket)
    identity = call.make("{mixed86}")
    position = f"{stored.escaped(call['Key'])}{stored.END}{counted(call, f's3 {bucket.key}'):015d}"
    upload: Document = {
        "position": position,
        "Key": call["Key"],
        "UploadId": identity,
        "Initiated": call.now,
        "object": document,
        "algorithm": algorithm,
        "kind": kind,
        "default": call.get("ChecksumAlgorithm") is None,
    }
    stored.table(call, "Upload").keep(bucket.scope, bucket.key, position, upload)
    answer: Document = {"Bucket": bucket.key, "Key": call["Key"], "UploadId": identity}
    if call.get("ChecksumAlgorithm") is not None:
        answer |= {"ChecksumAlgorithm": algorithm, "ChecksumType": kind}
    return answer | encryption.headers(call, bucket, document) | lifecycle.abortion(call, bucket, upload)


def _summing(call: Call) -> tuple[str, str]:
    """The checksum's algorithm, and whether it is of the whole object or of the parts' checksums."""
    algorithm, kind = call.get("ChecksumAlgorithm"), call.get("ChecksumType")
    if algorithm is None:
        if kind is not None:
            raise AwsError(
                "InvalidRequest",
                "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
                status=400,
            )
        return checking.DEFAULT, "FULL_OBJECT"
    if algorithm not in checking.SIZES:
        raise checking.unsupported(call)
    kind = kind or ("FULL_OBJECT" if algorithm == "CRC64NVME" else "COMPOSITE")
    checking.check_kind(algorithm, kind)
    return algorithm, kind


def upload_of(call: Call, bucket: Resource) -> Resource:
    """The upload that the parameters name."""
    name = call["UploadId"]
    found = stored.table(call, "Upload").having(bucket.scope, "UploadId", [name])
    for upload in found:
        if upload.parent == bucket.key and upload["Key"] == call["Key"]:
            return upload
    raise AwsError(
        "NoSuchUpload",
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or"
        " completed.",
        status=404,
        UploadId=name,
    )


def upload_part(call: Call) -> Document:
    bucket = stored.bucket(call)
    _check_number(call["PartNumber"])
    upload = upload_of(call, bucket)
    _check_key(call, upload)
    encryption.need_key(call, upload["object"], "GenerateDataKey", "Decrypt")
    body = call.get("Body")
    if not isinstance(body, Staged):
        body = blobs_of(call).stage(body or b"", [upload["algorithm"]])
    checking.check_md5(call, body)
    part = keep_part(call, bucket, upload, body)
    answer: Document = {"ETag": part["ETag"]}
    if checking.named(call) is not None:
        answer[f"Checksum{upload['algorithm']}"] = part["checksum"]
    return answer | encryption.headers(call, bucket, upload["object"])


def _check_number(number: int) -> None:
    if not 1 <= number <= 10000:
        text = "Part number must be an integer between 1 and 10000, inclusive"
        raise stored.invalid(text, "partNumber", str(number))


def _check_key(call: Call, upload: Resource) -> None:
    """A customer's key comes with each part, and is the same."""
    wanted = upload["object"].get("SSECustomerKeyMD5")
    if wanted is None:
        return
    if call.get("SSECustomerKey") is None:
        raise AwsError(
            "InvalidRequest",
            "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate"
            " encryption parameters.",
            status=400,
        )
    if encryption.customers(call)["SSECustomerKeyMD5"] != wanted:
        text = "The provided encryption parameters did not match the ones used originally."
        raise AwsError("InvalidRequest", text, status=400)


def keep_part(call: Call, bucket: Resource, upload: Resource, body: Staged) -> Resource:
    """Keep a part, in place of one of the same number."""
    named = checking.named(call)
    algorithm: str = upload["algorithm"]
    if named is not None and named != algorithm:
        if not upload["default"]:
            raise AwsError(
                "InvalidRequest",
                f"Checksum Type mismatch occurred, expected checksum Type: {algorithm.lower()}, actual checksum Type:"
                f" {named.lower()}",
                status=400,
            )
        upload["algorithm"] = algorithm = named
        upload["kind"] = "FULL_OBJECT" if named.startswith("CRC") else "COMPOSITE"
        stored.table(call, "Upload").keep(upload.scope, upload.parent, upload.key, upload)
    content = bodies.keep(call, body)
    checksum = checking.text(_sum(call, body, content, algorithm.lower()))
    checking.check(algorithm, call.get(f"Checksum{algorithm}"), checksum)
    part: Document = {
        **content,
        "PartNumber": call["PartNumber"],
        "ETag": f'"{body.sums["md5"].hex()}"',
        "LastModified": call.now,
        "checksum": checksum,
    }
    return replace_part(call, bucket, upload, part)


def _sum(call: Call, body: Staged, content: Document, algorithm: str) -> bytes:
    """The checksum of a part, which S3 works out itself where the request has none."""
    if algorithm in body.sums:
        return body.sums[algorithm]
    return blobs_of(call).sums(bodies.opened(call, content), [algorithm])[algorithm]


def replace_part(call: Call, bucket: Resource, upload: Resource, part: Document) -> Resource:
    """Put a part where its number says; what was there before goes."""
    table = stored.table(call, "UploadPart")
    key = f"{part['PartNumber']:05d}"
    before = table.find(bucket.scope, key, upload["UploadId"])
    if before is not None:
        bodies.release(call, before)
    return table.keep(bucket.scope, upload["UploadId"], key, part)


def complete_multipart_upload(call: Call) -> Document:
    """Parts that are not named are thrown away. Completing it again with the same parts succeeds no more."""
    bucket = stored.bucket(call)
    upload = upload_of(call, bucket)
    named = (call.get("MultipartUpload") or {}).get("Parts") or []
    if not named:
        raise AwsError("InvalidRequest", "You must specify at least one part", status=400)
    objects.check_overwrite(call, bucket, call["Key"])
    _check_kind(call, upload)
    parts = _chosen(call, bucket, upload, named)
    checksum = _summed(call, upload, parts)
    size = sum(part["Size"] for part in parts)
    _check_size(call, size)
    document = {**upload["object"], "LastModified": call.now, "ETag": _tag(parts), "parts": len(parts)}
    document["checksum"] = checksum
    document |= bodies.keep_manifest(
        call, [[part["blob"], part["Size"], part["PartNumber"], part["checksum"]] for part in parts]
    )
    _close(call, upload, {part.key for part in parts})
    found = stored.put(call, bucket, document)
    lifecycle.plan(call, bucket)
    notifications.send(call, bucket, "ObjectCreated:CompleteMultipartUpload", found)
    answer: Document = {
        "Location": f"https://{bucket.key}.s3.{bucket['BucketRegion']}.amazonaws.com/{call['Key']}",
        "Bucket": bucket.key,
        "Key": call["Key"],
        "ETag": found["ETag"],
        **checksum,
        **stored.shown_version(bucket, found),
    }
    return answer | encryption.headers(call, bucket, found) | lifecycle.expiration(bucket, found)


def _check_kind(call: Call, upload: Resource) -> None:
    said = call.get("ChecksumType")
    if said is not None and said != upload["kind"]:
        raise AwsError(
            "InvalidRequest",
            f"The upload was created using the {upload['kind']} checksum mode. The complete request must use the same"
            " checksum mode.",
            status=400,
        )


def _check_size(call: Call, size: int) -> None:
    said = call.get("MpuObjectSize")
    if said is not None and int(said) != size:
        raise AwsError(
            "InvalidRequest",
            f"The provided 'x-amz-mp-object-size' header value {said} does not match what was computed: {size}",
            status=400,
        )


def _chosen(call: Call, bucket: Resource, upload: Resource, named: list[Document]) -> list[Resource]:
    """The parts that were named, in order, each what its ETag says and large enough."""
    held = {
        part["PartNumber"]: part for part in stored.table(call, "UploadPart").list(bucket.scope, upload["UploadId"])
    }
    out: list[Resource] = []
    last = 0
    for each in named:
        number, tag = each.get("PartNumber"), each.get("ETag")
        if number is None or tag is None:
            raise stored.malformed()
        if number <= last:
            raise AwsError(
                "InvalidPartOrder",
                "The list of parts was not in ascending order. Parts must be ordered by part number.",
                status=400,
                UploadId=upload["UploadId"],
            )
        last = number
        part = held.get(number)
        if part is None or part["ETag"].strip('"') != tag.strip('"'):
            raise _invalid_part(upload, number, tag)
        _check_sum(upload, each, part)
        out.append(part)
    for part in out[:-1]:
        if part["Size"] < SMALLEST:
            raise _too_small(part)
    return out


def _invalid_part(upload: Resource, number: int, tag: str) -> AwsError:
    return AwsError(
        "InvalidPart",
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified"
        " entity tag may not match the part's entity tag.",
        status=400,
        ETag=tag.strip('"'),
        PartNumber=str(number),
        UploadId=upload["UploadId"],
    )


def _too_small(part: Resource) -> AwsError:
    return AwsError(
        "EntityTooSmall",
        "Your proposed upload is smaller than the minimum allowed size",
        status=400,
        ETag=part["ETag"].strip('"'),
        PartNumber=str(part["PartNumber"]),
        ProposedSize=str(part["Size"]),
        MinSizeAllowed=str(SMALLEST),
    )


def _check_sum(upload: Resource, each: Document, part: Resource) -> None:
    algorithm = upload["algorithm"]
    said = each.get(f"Checksum{algorithm}")
    if said is None and upload["kind"] == "COMPOSITE" and not upload["default"]:
        raise AwsError(
            "InvalidRequest",
            f"The upload was created using a {algorithm.lower()} checksum. The complete request must include the"
            f" checksum for each part. It was missing for part {part['PartNumber']} in the request.",
            status=400,
        )
    if said is not None and said != part["checksum"]:
        raise AwsError(
            "BadDigest",
            f"The {algorithm.lower()} you specified for part {part['PartNumber']} did not match what we received.",
            status=400,
        )


def _summed(call: Call, upload: Resource, parts: list[Resource]) -> Document:
    algorithm, kind = upload["algorithm"], upload["kind"]
    if kind == "COMPOSITE":
        found = checking.composite(algorithm, [part["checksum"] for part in parts])
    else:
        found = checking.joined(algorithm, [(part["checksum"], part["Size"]) for part in parts])
    said = call.get(f"Checksum{algorithm}")
    if said is not None and said.partition("-")[0] != found.partition("-")[0]:
        message = f"The {algorithm.lower()} you specified did not match the calculated checksum."
        raise AwsError("BadDigest", message, status=400)
    return checking.shown(algorithm, found, kind)


def _tag(parts: list[Resource]) -> str:
    """The MD5 of the parts' MD5s, and how many these were."""
    whole = hashlib.md5(usedforsecurity=False)
    for part in parts:
        whole.update(bytes.fromhex(part["ETag"].strip('"')))
    return f'"{whole.hexdigest()}-{len(parts)}"'


def _close(call: Call, upload: Resource, used: set[str]) -> None:
    """The upload is over; the bodies of the parts that were used are the object's now."""
    table = stored.table(call, "UploadPart")
    for part in list(table.list(upload.scope, upload["UploadId"])):
        if part.key not in used:
            bodies.release(call, part)
        table.drop(part)
    stored.table(call, "Upload").drop(upload)


def abort_multipart_upload(call: Call) -> Document:
    stored.drop_upload(call, upload_of(call, stored.bucket(call)))
    return {}


def list_parts(call: Call) -> Document:
    bucket = stored.bucket(call)
    upload = upload_of(call, bucket)
    most, after = (
        min(call.get("MaxParts", MOST), MOST),
        int(numeric(call.operation, "PartNumberMarker", call.get("PartNumberMarker") or 0)),
    )
    rows = stored.table(call, "UploadPart").list(bucket.scope, upload["UploadId"], (upload["UploadId"], f"{after:05d}"))
    found: list[Resource] = []
    is_truncated = False
    for part in rows:
        if len(found) == most:
            is_truncated = True
            break
        found.append(part)
    owner = {"ID": canonical_user(bucket.scope[0])}
    answer: Document = {
        "Bucket": bucket.key,
        "Key": upload["Key"],
        "UploadId": upload["UploadId"],
        "PartNumberMarker": after,
        "NextPartNumberMarker": found[-1]["PartNumber"] if found else 0,
        "MaxParts": most,
        "IsTruncated": is_truncated,
        "Initiator": {"ID": call.caller.arn if call.caller.kind == "IAMUser" else owner["ID"]},
        "Owner": owner,
        "StorageClass": upload["object"]["StorageClass"],
    }
    if not upload["default"]:
        answer |= {"ChecksumAlgorithm": upload["algorithm"], "ChecksumType": upload["kind"]}
    parts = [_shown_part(upload, part) for part in found]
    return {**answer, "Parts": parts} if parts else answer


def _shown_part(upload: Resource, part: Resource) -> Document:
    shown = {name: part[name] for name in ("PartNumber", "LastModified", "ETag", "Size")}
    return shown if upload["default"] else {**shown, f"Checksum{upload['algorithm']}": part["checksum"]}


def list_multipart_uploads(call: Call) -> Document:
    """In the order of keys, of one key in that of beginning; rolled up at a delimiter like objects."""
    bucket = stored.bucket(call)
    key, identity = call.get("KeyMarker") or "", call.get("UploadIdMarker") or ""
    most = min(call.get("MaxUploads", MOST), MOST)
    table, prefix = stored.table(call, "Upload"), call.get("Prefix") or ""
    start = _start(call, bucket, key, identity)

    def rows(position: str) -> Any:
        after = start if position == key else stored.escaped(position) + stored.END + listing.LAST
        return table.list(bucket.scope, bucket.key, (bucket.key, after) if position else None, stored.escaped(prefix))

    found: list[listing.Found] = []
    is_truncated = False
    for each in listing.rolled_up(rows, prefix, call.get("Delimiter") or "", key):
        if len(found) == most:
            is_truncated = True
            break
        found.append(each)
    return _uploads(call, bucket, found, is_truncated, most)


def _start(call: Call, bucket: Resource, key: str, identity: str) -> str:
    """The position behind which the page begins."""
    if key and identity:
        named = next(iter(stored.table(call, "Upload").having(bucket.scope, "UploadId", [identity])), None)
        if named is None or named["Key"] != key:
            raise stored.invalid("Invalid uploadId marker", "upload-id-marker", identity)
        return named.key
    return stored.escaped(key) + stored.END + listing.LAST


def _uploads(call: Call, bucket: Resource, found: list[listing.Found], is_truncated: bool, most: int) -> Document:
    encode = listing.encoder(call.get("EncodingType"))
    answer: Document = {
        "Bucket": bucket.key,
        "KeyMarker": encode(call.get("KeyMarker") or ""),
        "UploadIdMarker": call.get("UploadIdMarker") or "",
        "NextKeyMarker": encode(found[-1][0]) if found else "",
        "NextUploadIdMarker": found[-1][1]["UploadId"] if found and found[-1][1] is not None else "",
        "MaxUploads": most,
        "IsTruncated": is_truncated,
    }
    for name in ("Prefix", "Delimiter"):
        if call.get(name):
            answer[name] = encode(call[name])
    if call.get("EncodingType"):
        answer["EncodingType"] = call["EncodingType"]
    owner = {"ID": canonical_user(bucket.scope[0])}
    uploads = [_shown_upload(upload, owner, encode) for _, upload in found if upload is not None]
    prefixes = [{"Prefix": encode(name)} for name, upload in found if upload is None]
    return answer | ({"Uploads": uploads} if uploads else {}) | ({"CommonPrefixes": prefixes} if prefixes else {})


def _shown_upload(upload: Resource, owner: Document, encode: Any) -> Document:
    shown: Document = {
        "UploadId": upload["UploadId"],
        "Key": encode(upload["Key"]),
        "Initiated": upload["Initiated"],
        "StorageClass": upload["object"]["StorageClass"],
        "Owner": owner,
        "Initiator": owner,
    }
    if not upload["default"]:
        shown |= {"ChecksumAlgorithm": upload["algorithm"], "ChecksumType": upload["kind"]}
    return shown


def upload_part_copy(call: Call) -> Document:
    """A part from another object, or a range of it; what is a whole body there is shared, not copied."""
    from fakeaws.services.s3.objects import copying

    bucket = stored.bucket(call)
    _check_number(call["PartNumber"])
    upload = upload_of(call, bucket)
    _check_key(call, upload)
    source, found = copying.source(call)
    reading.check(call, found, "CopySource")
    start, length = copying.span(call.get("CopySourceRange"), found["Size"])
    part = copying.part(call, upload, found, start, length)
    replace_part(call, bucket, upload, part)
    result = {"ETag": part["ETag"], "LastModified": part["LastModified"]}
    if not upload["default"]:
        result[f"Checksum{upload['algorithm']}"] = part["checksum"]
    answer: Document = {"CopyPartResult": result}
    if stored.is_versioned(source):
        answer["CopySourceVersionId"] = found["VersionId"]
    return answer | encryption.headers(call, bucket, upload["object"])
