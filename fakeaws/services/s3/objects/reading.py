"""What reading requests may say: conditions, ranges, parts, and headers to answer with."""

from __future__ import annotations

import re
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.s3.base import bodies

Document = dict[str, Any]
HEADERS = ("CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "ContentType", "Expires")
"""What an object carries for those who read it, and what a reader may have answered instead."""
SHOWN = (
    *HEADERS,
    "ETag",
    "LastModified",
    "Metadata",
    "WebsiteRedirectLocation",
    "ServerSideEncryption",
    "SSEKMSKeyId",
    "BucketKeyEnabled",
    "SSECustomerAlgorithm",
    "SSECustomerKeyMD5",
    "Restore",
    "ReplicationStatus",
    "ObjectLockMode",
    "ObjectLockRetainUntilDate",
    "ObjectLockLegalHoldStatus",
)
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
Span = tuple[int, int]
"""(first byte, how many)"""


def check(call: Call, found: Document, prefix: str = "") -> None:
    """Refuse what the conditional headers rule out: 412, or 304 where the reader has it already.

    A match of ETags decides before dates do (RFC 9110, 13.2.2). `prefix` is `CopySource` for copies, which know no 304.
    """
    tag, changed = found["ETag"], int(found["LastModified"])
    match, none = call.get(f"{prefix}IfMatch"), call.get(f"{prefix}IfNoneMatch")
    since, unless = call.get(f"{prefix}IfModifiedSince"), call.get(f"{prefix}IfUnmodifiedSince")
    header = "x-amz-copy-source-" if prefix else ""
    if match is not None:
        if not matches(match, tag):
            raise failed(f"{header}If-Match")
    elif unless is not None and changed > unless:
        raise failed(f"{header}If-Unmodified-Since")
    if none is not None:
        if matches(none, tag):
            raise failed(f"{header}If-None-Match") if prefix else _not_modified(found)
    elif since is not None and changed <= since <= call.now:
        raise failed(f"{header}If-Modified-Since") if prefix else _not_modified(found)


def matches(condition: str, tag: str) -> bool:
    """Whether an ETag is among those of a condition, quoted or not, or that is `*`."""
    return any(each.strip() in ("*", tag, tag.strip('"')) for each in condition.split(","))


def failed(condition: str) -> AwsError:
    """The refusal for a condition that does not hold."""
    text = "At least one of the pre-conditions you specified did not hold"
    return AwsError("PreconditionFailed", text, status=412, Condition=condition)


def _not_modified(found: Document) -> AwsError:
    return AwsError("304", "Not Modified", status=304, ETag=found["ETag"], LastModified=found["LastModified"])


def span(call: Call, found: Document) -> Span | None:
    """The bytes asked for by Range or by part; None for all of them. A Range that is none is ignored, as HTTP says."""
    number, text = call.get("PartNumber"), call.get("Range")
    if number is not None and text is not None:
        raise AwsError("InvalidRequest", "Cannot specify both Range header and partNumber query parameter", status=400)
    if number is not None:
        return _part(call, found, number)
    return byte_range(text, found["Size"]) if text is not None else None


def byte_range(text: str, size: int) -> Span | None:
    """A Range header for a body of `size` bytes; InvalidRange where nothing of it is there."""
    matched = _RANGE.fullmatch(text.replace(" ", ""))
    if matched is None or matched.groups() == ("", ""):
        return None
    first, last = matched.groups()
    if not first:
        count = min(int(last), size)
        if not count:
            raise _invalid_range(text, size)
        return size - count, count
    start = int(first)
    if last and int(last) < start:
        return None
    if start >= size:
        raise _invalid_range(text, size)
    return start, (min(int(last), size - 1) if last else size - 1) - start + 1


def _invalid_range(text: str, size: int) -> AwsError:
    return AwsError(
        "InvalidRange",
        "The requested range is not satisfiable",
        status=416,
        ActualObjectSize=str(size),
        RangeRequested=text,
    )


def _part(call: Call, found: Document, number: int) -> Span | None:
    parts = bodies.manifest(call, found)
    if not parts and number == 1:
        return 0, found["Size"]
    start = 0
    for part in parts:
        if part[2] == number:
            return start, part[1]
        start += part[1]
    raise AwsError(
        "InvalidPartNumber",
        "The requested partnumber is not satisfiable",
        status=416,
        ActualPartCount=str(len(parts) or 1),
        PartNumberRequested=str(number),
    )


def described(call: Call, bucket: Document, found: Document, part: Span | None) -> Document:
    """What GetObject and HeadObject say of an object beside its content."""
    answer: Document = {"AcceptRanges": "bytes", "ContentLength": found["Size"] if part is None else part[1]}
    answer |= {name: found[name] for name in SHOWN if found.get(name) is not None}
    answer.setdefault("Metadata", {})
    if found.get("StorageClass", "STANDARD") != "STANDARD":
        answer["StorageClass"] = found["StorageClass"]
    if part is not None and found["Size"]:
        answer["ContentRange"] = f"bytes {part[0]}-{part[0] + part[1] - 1}/{found['Size']}"
    if call.get("PartNumber") is not None and "parts" in found:
        answer["PartsCount"] = found["parts"]
    if found.get("tags"):
        answer["TagCount"] = len(found["tags"])
    is_whole = part is None or part[1] == found["Size"]
    if call.get("ChecksumMode") == "ENABLED" and is_whole:
        answer |= found.get("checksum", {})
    for name in HEADERS:
        value = call.get(f"Response{name}")
        if value is not None:
            answer[name] = value
    return answer
