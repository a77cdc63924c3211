"""Random sessions against a small model of what a bucket is."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.tools.errors import AwsError

KEYS = ("a", "a/b", "a/c", "b", "é", "a\x00b", "𝄞")
Version = tuple[str, bytes | None]
"""(id, body), a body of None for a delete marker."""


class Model:
    """A bucket as lists of versions, the newest first."""

    def __init__(self) -> None:
        self.status: str | None = None
        self.keys: dict[str, list[Version]] = {}

    def add(self, key: str, version: str, body: bytes | None) -> None:
        older = self.keys.get(key, [])
        if self.status != "Enabled":
            older = [each for each in older if each[0] != "null"]
        self.keys[key] = [(version, body), *older]

    def remove(self, key: str, version: str) -> None:
        self.keys[key] = [each for each in self.keys.get(key, []) if each[0] != version]

    def current(self) -> dict[str, bytes]:
        found = {key: versions[0][1] for key, versions in self.keys.items() if versions}
        return {key: body for key, body in found.items() if body is not None}


STEPS = st.one_of(
    st.tuples(st.just("put"), st.sampled_from(KEYS), st.binary(max_size=40)),
    st.tuples(st.just("put"), st.sampled_from(KEYS), st.integers(0, 3).map(lambda n: bytes([n]) * 20_000)),
    st.tuples(st.just("delete"), st.sampled_from(KEYS), st.none()),
    st.tuples(st.just("drop"), st.sampled_from(KEYS), st.integers(0, 3)),
    st.tuples(st.just("copy"), st.sampled_from(KEYS), st.sampled_from(KEYS)),
    st.tuples(st.just("versioning"), st.sampled_from(("Enabled", "Suspended")), st.none()),
    st.tuples(st.just("multipart"), st.sampled_from(KEYS), st.binary(min_size=1, max_size=40)),
)


class Session:
    def __init__(self) -> None:
        self.cloud = Cloud(None)
        self.model = Model()
        self.perform("CreateBucket")

    def perform(self, operation: str, **params: Any) -> dict[str, Any]:
        return self.cloud.perform("s3", operation, {"Bucket": "bkt", **params})

    def put(self, key: str, body: bytes) -> None:
        answer = self.perform("PutObject", Key=key, Body=body)
        self.model.add(key, answer.get("VersionId", "null"), body)

    def delete(self, key: str, _: None) -> None:
        answer = self.perform("DeleteObject", Key=key)
        if self.model.status is None:
            self.model.keys.pop(key, None)
        else:
            self.model.add(key, answer["VersionId"], None)

    def drop(self, key: str, number: int) -> None:
        versions = self.model.keys.get(key, [])
        if number < len(versions):
            version = versions[number][0]
            self.perform("DeleteObject", Key=key, VersionId=version)
            self.model.remove(key, version)

    def copy(self, key: str, source: str) -> None:
        body = self.model.current().get(source)
        params = {"Key": key, "CopySource": f"bkt/{quote(source)}", "MetadataDirective": "REPLACE"}
        if body is None:
            with pytest.raises(AwsError, match="NoSuchKey"):
                self.perform("CopyObject", **params)
            return
        answer = self.perform("CopyObject", **params)
        self.model.add(key, answer.get("VersionId", "null"), body)

    def versioning(self, status: str, _: None) -> None:
        self.perform("PutBucketVersioning", VersioningConfiguration={"Status": status})
        self.model.status = status

    def multipart(self, key: str, body: bytes) -> None:
        upload = self.perform("CreateMultipartUpload", Key=key)["UploadId"]
        parts = []
        for number, content in enumerate((b"x" * 5_242_880, body), 1):
            tag = self.perform("UploadPart", Key=key, UploadId=upload, PartNumber=number, Body=content)["ETag"]
            parts.append({"PartNumber": number, "ETag": tag})
        done = self.perform("CompleteMultipartUpload", Key=key, UploadId=upload, MultipartUpload={"Parts": parts})
        self.model.add(key, done.get("VersionId", "null"), b"x" * 5_242_880 + body)

    def check(self) -> None:
        listed = self.perform("ListObjectsV2").get("Contents", [])
        wanted = self.model.current()
        assert [each["Key"] for each in listed] == sorted(wanted, key=str.encode)
        assert {each["Key"]: each["Size"] for each in listed} == {key: len(body) for key, body in wanted.items()}
        for key, versions in self.model.keys.items():
            for version, body in versions:
                if body is not None:
                    found = self.perform("GetObject", Key=key, VersionId=version)["Body"]
                    with found:
                        assert hashlib.md5(found.read()).digest() == hashlib.md5(body).digest()
        self.check_versions()
        self.check_pages()

    def check_versions(self) -> None:
        answer = self.perform("ListObjectVersions")
        shown = [*answer.get("Versions", ()), *answer.get("DeleteMarkers", ())]
        versions = self.model.keys
        wanted = {(key, version): index == 0 for key in versions for index, (version, _) in enumerate(versions[key])}
        assert {(each["Key"], each["VersionId"]): each["IsLatest"] for each in shown} == wanted

    def check_pages(self) -> None:
        """Rolled up, one by one."""
        seen: list[str] = []
        token: dict[str, str] = {}
        while True:
            page = self.perform("ListObjectsV2", Delimiter="/", MaxKeys=1, **token)
            seen += [each["Key"] for each in page.get("Contents", ())]
            seen += [each["Prefix"] for each in page.get("CommonPrefixes", ())]
            if not page["IsTruncated"]:
                break
            token = {"ContinuationToken": page["NextContinuationToken"]}
        rolled = {key.partition("/")[0] + "/" if "/" in key else key for key in self.model.current()}
        assert seen == sorted(rolled, key=str.encode)

    def uses(self) -> int:
        """How many bodies the cloud keeps."""
        if not self.cloud.database.has_table("blob"):
            return 0
        found: int = self.cloud.database.counted("blob")
        return found


@settings(max_examples=40)
@given(st.lists(STEPS, max_size=14))
def test_a_bucket_is_what_its_history_says(steps: list[tuple[str, str, Any]]) -> None:
    session = Session()
    for name, key, value in steps:
        getattr(session, name)(key, value)
    session.check()
    for key, versions in list(session.model.keys.items()):
        for version, _ in versions:
            session.perform("DeleteObject", Key=key, VersionId=version)
    session.perform("DeleteBucket")
    assert session.uses() == 0
    session.cloud.close()


@settings(max_examples=60)
@given(st.binary(max_size=60), st.integers(0, 70), st.integers(0, 70))
def test_ranges_equal_slices(body: bytes, first: int, last: int) -> None:
    session = Session()
    session.put("a", body)
    params = {"Key": "a", "Range": f"bytes={first}-{last}"}
    if last < first:
        assert session.perform("GetObject", **params)["Body"].read() == body
    elif first >= len(body):
        with pytest.raises(AwsError, match="InvalidRange"):
            session.perform("GetObject", **params)
    else:
        assert session.perform("GetObject", **params)["Body"].read() == body[first : last + 1]
    session.cloud.close()
