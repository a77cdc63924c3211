"""Lists of a bucket's objects and versions: by prefix, rolled up at a delimiter, page after page in the order of UTF-8.

A page reads what it shows. Keys that a common prefix stands for are skipped, not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.caller import canonical_user
from fakeaws.core.store.tables import Resource
from fakeaws.services.s3.base import checking, stored

Document = dict[str, Any]
MOST = 1000
LAST = "\U0010ffff"
"""No key goes on with anything greater."""
Rows = Callable[[str], Iterator[Resource]]
"""The resources of keys greater than a text, in order."""
Found = tuple[str, Resource | None]
"""A key and what has it, or a common prefix and None."""


def list_objects(call: Call) -> Document:
    """The first version: the marker is a key, and the next one is only shown where there is a delimiter."""
    bucket, page = _page(call, call.get("Marker") or "")
    answer: Document = {"Marker": page.text(call.get("Marker") or ""), **page.shown()}
    answer["Contents"] = [_object(bucket, found, page, True) for _, found in page.found if found is not None]
    if page.is_truncated and page.delimiter:
        answer["NextMarker"] = page.text(page.found[-1][0])
    return answer if answer["Contents"] else _without(answer, "Contents")


def list_objects_v2(call: Call) -> Document:
    token, start = call.get("ContinuationToken"), call.get("StartAfter")
    if token == "":
        raise stored.invalid("The continuation token provided is incorrect", "continuation-token", "")
    bucket, page = _page(call, stored.from_token(token) if token else start or "")
    contents = [
        _object(bucket, found, page, bool(call.get("FetchOwner"))) for _, found in page.found if found is not None
    ]
    answer: Document = {**page.shown(), "Contents": contents, "KeyCount": len(page.found)}
    if start is not None:
        answer["StartAfter"] = page.text(start)
    if token:
        answer["ContinuationToken"] = token
    if page.is_truncated:
        answer["NextContinuationToken"] = stored.token(page.found[-1][0])
    return answer if contents else _without(answer, "Contents")


def _without(answer: Document, name: str) -> Document:
    """An answer without a list that would be empty: its elements are all that there is of it."""
    return {key: value for key, value in answer.items() if key != name}


class Page:
    """One page of keys and common prefixes."""

    def __init__(self, call: Call, bucket: Resource, rows: Rows, after: str) -> None:
        self.bucket = bucket
        self.prefix: str = call.get("Prefix") or ""
        self.delimiter: str = call.get("Delimiter") or ""
        self.encoding: str | None = call.get("EncodingType")
        limit = call.get("MaxKeys", MOST)
        if limit < 0:
            raise stored.invalid("Argument maxKeys must be an integer between 0 and 2147483647", "maxKeys", limit)
        self.most = min(limit, MOST)
        self.limit = limit
        self._encode = encoder(self.encoding)
        self.found: list[Found] = []
        self.is_truncated = False
        if self.most:
            self._fill(rows, after)

    def _fill(self, rows: Rows, after: str) -> None:
        for found in rolled_up(rows, self.prefix, self.delimiter, after):
            if len(self.found) == self.most:
                self.is_truncated = True
                return
            self.found.append(found)

    def text(self, value: str) -> str:
        """A key or prefix as the answer has it."""
        return self._encode(value)

    def shown(self) -> Document:
        """What every list has."""
        answer: Document = {
            "Name": self.bucket.key,
            "Prefix": self.text(self.prefix),
            "MaxKeys": self.limit if self.limit < MOST else self.most,
            "IsTruncated": self.is_truncated,
        }
        if self.delimiter:
            answer["Delimiter"] = self.text(self.delimiter)
        if self.encoding:
            answer["EncodingType"] = self.encoding
        prefixes = [{"Prefix": self.text(name)} for name, found in self.found if found is None]
        return {**answer, "CommonPrefixes": prefixes} if prefixes else answer


def encoder(encoding: str | None) -> Callable[[str], str]:
    """How keys are written in answers: as they are, or percent-encoded."""
    if encoding is None:
        return str
    if encoding != "url":
        raise stored.invalid("Invalid Encoding Method specified in Request", "encoding-type", encoding)
    return lambda value: quote(value, safe="/-_.*~")


def _page(call: Call, after: str) -> tuple[Resource, Page]:
    bucket = stored.bucket(call)
    table, prefix = stored.table(call, "Object"), call.get("Prefix") or ""

    def rows(position: str) -> Iterator[Resource]:
        return table.list(bucket.scope, bucket.key, (bucket.key, position) if position else None, prefix)

    return bucket, Page(call, bucket, rows, after)


def rolled_up(rows: Rows, prefix: str, delimiter: str, after: str) -> Iterator[Found]:
    """Keys, and common prefixes in place of the keys that they begin; what comes after `after`, which may be either."""
    if not delimiter:
        yield from ((found["Key"], found) for found in rows(after))
        return
    passed = _common(after, prefix, delimiter)
    position = passed + LAST if passed and passed <= after else after
    while True:
        for found in rows(position):
            group = _common(found["Key"], prefix, delimiter)
            if group:
                if group != passed:
                    yield group, None
                passed, position = group, group + LAST
                break
            yield found["Key"], found
        else:
            return


def _common(key: str, prefix: str, delimiter: str) -> str:
    """The common prefix that a key is rolled up into, "" where it is not."""
    if not key.startswith(prefix):
        return ""
    at = key.find(delimiter, len(prefix))
    return key[: at + len(delimiter)] if at >= 0 else ""


def _object(bucket: Resource, found: Resource, page: Page, with_owner: bool) -> Document:
    shown: Document = {
        "Key": page.text(found["Key"]),
        "LastModified": found["LastModified"],
        "ETag": found["ETag"],
        "Size": found["Size"],
        "StorageClass": found.get("StorageClass", "STANDARD"),
    }
    algorithm = checking.algorithm_of(found)
    if algorithm is not None:
        shown["ChecksumAlgorithm"] = [algorithm]
        shown["ChecksumType"] = found["checksum"]["ChecksumType"]
    if with_owner:
        shown["Owner"] = {"ID": canonical_user(bucket.scope[0])}
    return shown


# Versions


def list_object_versions(call: Call) -> Document:
    """All versions, key by key and the newest first; markers say behind which of them the page begins."""
    bucket = stored.bucket(call)
    key, version_id = call.get("KeyMarker") or "", call.get("VersionIdMarker")
    if version_id is not None and not key:
        raise stored.invalid(
            "A version-id marker cannot be specified without a key marker.", "version-id-marker", version_id
        )
    page = Page(call, bucket, _all_versions(call, bucket, key, version_id), key)
    answer: Document = {
        **page.shown(),
        "KeyMarker": page.text(key),
        "VersionIdMarker": version_id or "",
    }
    shown = [_version(call, bucket, found, page) for _, found in page.found if found is not None]
    answer["Versions"] = [each for each in shown if "ETag" in each]
    answer["DeleteMarkers"] = [each for each in shown if "ETag" not in each]
    if page.is_truncated:
        name, last = page.found[-1]
        answer["NextKeyMarker"] = page.text(name)
        if last is not None:
            answer["NextVersionIdMarker"] = last["VersionId"]
    return {name: value for name, value in answer.items() if value != []}


def _all_versions(call: Call, bucket: Resource, key: str, version_id: str | None) -> Rows:
    """The rows of both tables in one order. Of the key of a marker with a version, those behind that version come."""
    prefix = call.get("Prefix") or ""
    pending = _behind(call, bucket, key, version_id) if version_id else []

    def rows(position: str) -> Iterator[Resource]:
        if position == key:
            yield from pending
        now = (bucket.key, position) if position else None
        older = (bucket.key, stored.escaped(position) + stored.END + LAST) if position else None
        current = stored.table(call, "Object").list(bucket.scope, bucket.key, now, prefix)
        others = stored.table(call, "ObjectVersion").list(bucket.scope, bucket.key, older, stored.escaped(prefix))
        yield from _merged(current, others)

    return rows


def _behind(call: Call, bucket: Resource, key: str, version_id: str) -> list[Resource]:
    current = stored.find(call, bucket, key)
    found = [*([current] if current else []), *stored.versions(call, bucket, key)]
    ids = [each["VersionId"] for each in found]
    return found[ids.index(version_id) + 1 :] if version_id in ids else []


def versions(call: Call, bucket: Resource, prefix: str) -> Iterator[tuple[Resource, bool]]:
    """All versions of a bucket, key by key and the newest first, each with whether it is its key's latest."""
    current = stored.table(call, "Object").list(bucket.scope, bucket.key, None, prefix)
    others = stored.table(call, "ObjectVersion").list(bucket.scope, bucket.key, None, stored.escaped(prefix))
    last = None
    for found in _merged(current, others):
        yield found, found["Key"] != last
        last = found["Key"]


def _merged(current: Iterator[Resource], others: Iterator[Resource]) -> Iterator[Resource]:
    """By key; of one key the current version first."""
    one, other = next(current, None), next(others, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one["Key"] <= other["Key"]):
            assert one is not None
            yield one
            one = next(current, None)
        else:
            yield other
            other = next(others, None)


def _version(call: Call, bucket: Resource, found: Resource, page: Page) -> Document:
    is_latest = found.key == found["Key"]
    if found.get("marker"):
        is_latest = _is_newest(call, bucket, found)
        shown: Document = {"Key": page.text(found["Key"]), "LastModified": found["LastModified"]}
        shown["Owner"] = {"ID": canonical_user(bucket.scope[0])}
    else:
        shown = _object(bucket, found, page, True)
    return {**shown, "VersionId": found["VersionId"], "IsLatest": is_latest}


def _is_newest(call: Call, bucket: Resource, marker: Resource) -> bool:
    if stored.find(call, bucket, marker["Key"]) is not None:
        return False
    newest = next(stored.versions(call, bucket, marker["Key"]), None)
    return newest is not None and newest.key == marker.key
