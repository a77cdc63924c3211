"""Tags of buckets and objects."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from fakeaws.core.pipeline.call import Call
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.s3.base import stored

Document = dict[str, Any]
Tags = dict[str, str]
MOST_OF_OBJECT = 10
MOST_OF_BUCKET = 50
_ALLOWED = re.compile(r"[\w\s+\-=._:/@]*", re.UNICODE)


def from_header(text: str | None) -> Tags:
    """Tags as a header has them: a query string."""
    if not text:
        return {}
    pairs = parse_qsl(text, keep_blank_values=True)
    if len(dict(pairs)) != len(pairs) or any("\ufffd" in name + value for name, value in pairs):
        raise stored.invalid(
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name"
            " duplicates.",
            "x-amz-tagging",
            text,
        )
    return checked([{"Key": key, "Value": value} for key, value in pairs], MOST_OF_OBJECT)


def checked(tags: list[Document], most: int) -> Tags:
    """A tag set as a map; AwsError where S3 does not take it."""
    found: Tags = {}
    for tag in tags:
        key, value = tag.get("Key"), tag.get("Value")
        if key is None or value is None:
            raise stored.malformed()
        if key in found:
            raise _wrong("Cannot provide multiple Tags with the same key", TagKey=key)
        if key.startswith("aws:"):
            if most == MOST_OF_BUCKET:
                raise _wrong("System tags cannot be added/updated by requester")
            raise _wrong("Your TagKey cannot be prefixed with aws:", TagKey=key)
        if not (0 < len(key) <= 128 and _ALLOWED.fullmatch(key)):
            raise _wrong("The TagKey you have provided is invalid", TagKey=key)
        if not (len(value) <= 256 and _ALLOWED.fullmatch(value)):
            raise _wrong("The TagValue you have provided is invalid", TagKey=key, TagValue=value)
        found[key] = value
    if len(found) > most:
        what = "Object" if most == MOST_OF_OBJECT else "Bucket"
        raise AwsError("BadRequest", f"{what} tags cannot be greater than {most}", status=400)
    return found


def _wrong(message: str, **fields: str) -> AwsError:
    return AwsError("InvalidTag", message, status=400, **fields)


def _listed(tags: Tags) -> list[Document]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def get_object_tagging(call: Call) -> Document:
    bucket = stored.bucket(call)
    found = stored.wanted(call, bucket)
    return {**stored.shown_version(bucket, found), "TagSet": _listed(found.get("tags", {}))}


def put_object_tagging(call: Call) -> Document:
    from fakeaws.services.s3.rules import notifications

    bucket = stored.bucket(call)
    found = stored.wanted(call, bucket)
    found["tags"] = checked(call["Tagging"]["TagSet"], MOST_OF_OBJECT)
    stored.save(call, found)
    notifications.send(call, bucket, "ObjectTagging:Put", found)
    return stored.shown_version(bucket, found)


def delete_object_tagging(call: Call) -> Document:
    from fakeaws.services.s3.rules import notifications

    bucket = stored.bucket(call)
    found = stored.wanted(call, bucket)
    found.pop("tags", None)
    stored.save(call, found)
    notifications.send(call, bucket, "ObjectTagging:Delete", found)
    return stored.shown_version(bucket, found)


def get_bucket_tagging(call: Call) -> Document:
    bucket = stored.bucket(call)
    if not bucket.get("tags"):
        raise AwsError("NoSuchTagSet", "The TagSet does not exist", status=404, BucketName=bucket.key)
    return {"TagSet": _listed(bucket["tags"])}


def put_bucket_tagging(call: Call) -> Document:
    bucket = stored.bucket(call)
    bucket["tags"] = checked(call["Tagging"]["TagSet"], MOST_OF_BUCKET)
    stored.save_bucket(call, bucket)
    return {}


def delete_bucket_tagging(call: Call) -> Document:
    bucket = stored.bucket(call)
    bucket["tags"] = {}
    stored.save_bucket(call, bucket)
    return {}
