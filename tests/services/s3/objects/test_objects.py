"""Objects: put, got as a whole or in part, under conditions, deleted."""

from __future__ import annotations

import pytest

from tests.conftest import Clock, Terminal
from tests.services.s3.conftest import Files


def test_an_object_comes_back_as_it_was_put(aws: Terminal, bucket: str, files: Files) -> None:
    body = files("a.txt", "hello")
    aws(f"s3api put-object --bucket {bucket} --key a --body {body} --metadata Colour=red --content-type text/plain")
    found = aws(f"s3api get-object --bucket {bucket} --key a {files('out')}").json
    assert files.text("out") == "hello"
    assert found["ETag"] == '"5d41402abc4b2a76b9719d911017c592"'
    assert found["ContentLength"] == 5
    assert found["ContentType"] == "text/plain"
    assert found["Metadata"] == {"colour": "red"}
    head = aws(f"s3api head-object --bucket {bucket} --key a").json
    assert head["ETag"] == found["ETag"]


def test_what_is_missing_is_named(aws: Terminal, bucket: str, files: Files) -> None:
    out = files("out")
    aws.refused(f"s3api get-object --bucket {bucket} --key no {out}", "NoSuchKey", "The specified key does not exist.")
    aws.refused(f"s3api get-object --bucket shelf-2 --key no {out}", "NoSuchBucket")
    aws.refused(f"s3api head-object --bucket {bucket} --key no", "404", "Not Found")
    assert aws(f"s3api delete-object --bucket {bucket} --key no") == ""


@pytest.mark.parametrize(
    ("asked", "got", "said"),
    [
        ("bytes=0-1", "he", "bytes 0-1/5"),
        ("bytes=3-", "lo", "bytes 3-4/5"),
        ("bytes=-2", "lo", "bytes 3-4/5"),
        ("bytes=1-100", "ello", "bytes 1-4/5"),
        ("bytes=4-2", "hello", None),
        ("lines=1-2", "hello", None),
    ],
)
def test_ranges_are_slices(aws: Terminal, bucket: str, files: Files, asked: str, got: str, said: str | None) -> None:
    aws(f"s3api put-object --bucket {bucket} --key a --body {files('a.txt', 'hello')}")
    found = aws(f"s3api get-object --bucket {bucket} --key a --range={asked} {files('out')}").json
    assert files.text("out") == got
    assert found.get("ContentRange") == said


def test_a_range_behind_the_end_is_refused(aws: Terminal, bucket: str, files: Files) -> None:
    aws(f"s3api put-object --bucket {bucket} --key a --body {files('a.txt', 'hello')}")
    get = f"s3api get-object --bucket {bucket} --key a {files('out')}"
    aws.refused(f"{get} --range bytes=5-", "InvalidRange", None)
    aws.refused(f"s3api head-object --bucket {bucket} --key a --range bytes=9-", "416")


def test_readers_may_set_conditions(aws: Terminal, bucket: str, files: Files, clock: Clock) -> None:
    aws(f"s3api put-object --bucket {bucket} --key a --body {files('a.txt', 'hello')}")
    head, tag = f"s3api head-object --bucket {bucket} --key a", "5d41402abc4b2a76b9719d911017c592"
    aws(f"{head} --if-match {tag}")
    aws.refused(f"{head} --if-match other", "412", "Precondition Failed")
    aws.refused(f"{head} --if-none-match {tag}", "304", "Not Modified")
    aws(f"{head} --if-none-match other")
    clock.advance(10)
    aws.refused(f"{head} --if-modified-since 2027-01-15T08:00:05Z", "304")
    aws(f"{head} --if-modified-since 2027-01-15T07:00:00Z")
    aws.refused(f"{head} --if-unmodified-since 2027-01-15T07:00:00Z", "412")


def test_writers_may_set_conditions(aws: Terminal, bucket: str, files: Files) -> None:
    put = f"s3api put-object --bucket {bucket} --key a --body {files('a.txt', 'hello')}"
    aws.refused(f"{put} --if-match 123", "NoSuchKey")
    aws(f"{put} --if-none-match *")
    text = "At least one of the pre-conditions you specified did not hold"
    aws.refused(f"{put} --if-none-match *", "PreconditionFailed", None).stderr.index(text)
    aws.refused(f"{put} --if-match 123", "PreconditionFailed")
    aws(f"{put} --if-match 5d41402abc4b2a76b9719d911017c592")


def test_a_reader_may_have_other_headers(aws: Terminal, bucket: str, files: Files) -> None:
    aws(f"s3api put-object --bucket {bucket} --key a --body {files('a.txt', 'hello')}")
    found = aws(
        f"s3api get-object --bucket {bucket} --key a --response-content-type text/html"
        f" --response-content-disposition attachment {files('out')}"
    ).json
    assert found["ContentType"] == "text/html"
    assert found["ContentDisposition"] == "attachment"


def test_checksums_and_digests_are_verified(aws: Terminal, bucket: str, files: Files) -> None:
    put = f"s3api put-object --bucket {bucket} --key a --body {files('a.txt', 'hello')}"
    assert aws(f"{put} --checksum-algorithm SHA256").json["ChecksumSHA256"] == (
        "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="
    )
    found = aws(f"s3api head-object --bucket {bucket} --key a --checksum-mode ENABLED").json
    assert found["ChecksumType"] == "FULL_OBJECT"
    assert found["ChecksumSHA256"] == "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="
    aws.refused(f"{put} --content-md5 XrY7u+Ae7tCTyyK7j1rNww==", "BadDigest")
    aws.refused(
        f"{put} --checksum-crc32 AAAAAA==",
        "BadDigest",
        "The CRC32 you specified did not match the calculated checksum.",
    )
    attributes = aws(
        f"s3api get-object-attributes --bucket {bucket} --key a --object-attributes Checksum ObjectSize"
    ).json
    assert attributes["ObjectSize"] == 5
    assert "ChecksumSHA256" in attributes["Checksum"]


@pytest.mark.parametrize(
    "key",
    ["../../etc/passwd", "..", ".", "a//b", "/a", "a\nb", "a b+c%20?#&=", "é☃𝄞", "x" * 1024, "~", "a\\b", "%2e%2e"],
)
def test_keys_are_names_and_never_files(aws: Terminal, bucket: str, files: Files, key: str) -> None:
    aws(f"s3api put-object --bucket {bucket} --body {files('a.txt', 'hello')}", key=key)
    assert aws(f"s3api list-objects-v2 --bucket {bucket} --query Contents[].Key").json == [key]
    aws(f"s3api get-object --bucket {bucket} {files('out')}", key=key)
    assert files.text("out") == "hello"
    aws(f"s3api delete-object --bucket {bucket}", key=key)
    assert aws(f"s3api list-objects-v2 --bucket {bucket} --query Contents").json is None


def test_limits_of_keys_and_metadata(aws: Terminal, bucket: str) -> None:
    aws.refused(f"s3api put-object --bucket {bucket}", "KeyTooLongError", "Your key is too long", key="é" * 513)
    aws(f"s3api put-object --bucket {bucket} --key a", metadata="m=" + "x" * 2047)
    aws.refused(f"s3api put-object --bucket {bucket} --key a", "MetadataTooLarge", metadata="m=" + "x" * 2048)


def test_many_are_deleted_at_once(aws: Terminal, bucket: str) -> None:
    for key in "abc":
        aws(f"s3api put-object --bucket {bucket} --key {key}")
    answer = aws(f"s3api delete-objects --bucket {bucket} --delete Objects=[{{Key=a}},{{Key=no}}]").json
    assert answer == {"Deleted": [{"Key": "a"}, {"Key": "no"}]}
    quiet = f"s3api delete-objects --bucket {bucket} --delete Objects=[{{Key=b}}],Quiet=true"
    assert aws(quiet) == ""
    assert aws(f"s3api list-objects-v2 --bucket {bucket} --query Contents[].Key").json == ["c"]


def test_tags_come_with_an_object_or_later(aws: Terminal, bucket: str) -> None:
    aws(f"s3api put-object --bucket {bucket} --key a --tagging team=blue")
    get = f"s3api get-object-tagging --bucket {bucket} --key a"
    assert aws(get).json == {"TagSet": [{"Key": "team", "Value": "blue"}]}
    assert aws(f"s3api head-object --bucket {bucket} --key a").json["TagCount"] == 1
    aws(f"s3api put-object-tagging --bucket {bucket} --key a --tagging TagSet=[{{Key=x,Value=1}}]")
    assert aws(get).json == {"TagSet": [{"Key": "x", "Value": "1"}]}
    twice = "TagSet=[{Key=x,Value=1},{Key=x,Value=2}]"
    text = "Cannot provide multiple Tags with the same key"
    aws.refused(f"s3api put-object-tagging --bucket {bucket} --key a --tagging {twice}", "InvalidTag").stderr.index(
        text
    )
    aws(f"s3api delete-object-tagging --bucket {bucket} --key a")
    assert aws(get).json == {"TagSet": []}


def test_a_customers_key_has_to_come_again(aws: Terminal, bucket: str, files: Files) -> None:
    key = f"--sse-customer-algorithm AES256 --sse-customer-key fileb://{files('key', 'k' * 32)}"
    aws(f"s3api put-object --bucket {bucket} --key a --body {files('a.txt', 'hello')} {key}")
    get = f"s3api get-object --bucket {bucket} --key a {files('out')}"
    aws(f"{get} {key}")
    aws.refused(get, "InvalidRequest")
    other = f"--sse-customer-algorithm AES256 --sse-customer-key fileb://{files('other', 'o' * 32)}"
    aws.refused(f"{get} {other}", "AccessDenied")


def test_copies_carry_or_replace_metadata(aws: Terminal, bucket: str, files: Files) -> None:
    aws(f"s3api put-object --bucket {bucket} --key a --body {files('a.txt', 'hello')} --metadata m=1 --tagging t=1")
    copy = f"s3api copy-object --bucket {bucket} --copy-source {bucket}/a"
    assert aws(f"{copy} --key b").json["CopyObjectResult"]["ETag"] == '"5d41402abc4b2a76b9719d911017c592"'
    assert aws(f"s3api head-object --bucket {bucket} --key b").json["Metadata"] == {"m": "1"}
    aws(f"{copy} --key c --metadata m=2 --metadata-directive REPLACE --tagging-directive REPLACE --tagging t=2")
    assert aws(f"s3api head-object --bucket {bucket} --key c").json["Metadata"] == {"m": "2"}
    assert aws(f"s3api get-object-tagging --bucket {bucket} --key c").json["TagSet"] == [{"Key": "t", "Value": "2"}]
    aws.refused(f"{copy} --key a", "InvalidRequest")
    aws(f"{copy} --key a --storage-class STANDARD_IA")
    assert aws(f"s3api head-object --bucket {bucket} --key a").json["StorageClass"] == "STANDARD_IA"
    aws.refused(f"{copy} --key d --copy-source-if-none-match 5d41402abc4b2a76b9719d911017c592", "PreconditionFailed")


def test_an_archived_object_is_restored_before_it_is_read(
    aws: Terminal, bucket: str, files: Files, clock: Clock
) -> None:
    aws(f"s3api put-object --bucket {bucket} --key a --body {files('a.txt', 'hello')} --storage-class GLACIER")
    get = f"s3api get-object --bucket {bucket} --key a {files('out')}"
    aws.refused(get, "InvalidObjectState")
    aws(f"s3api restore-object --bucket {bucket} --key a --restore-request Days=2")
    assert 'ongoing-request="false"' in aws(f"s3api head-object --bucket {bucket} --key a").json["Restore"]
    aws(get)
    clock.advance(4 * 86400)
    aws.refused(get, "InvalidObjectState")


def test_restoring_takes_its_time(
    aws: Terminal, bucket: str, files: Files, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKEAWS_PACE", "1")
    aws(f"s3api put-object --bucket {bucket} --key a --body {files('a.txt', 'hello')} --storage-class GLACIER")
    restore = (
        f"s3api restore-object --bucket {bucket} --key a --restore-request Days=1,GlacierJobParameters={{Tier=Bulk}}"
    )
    aws(restore)
    head = f"s3api head-object --bucket {bucket} --key a --query Restore"
    assert aws(head).json == 'ongoing-request="true"'
    aws.refused(restore, "RestoreAlreadyInProgress")
    aws.refused(f"s3api get-object --bucket {bucket} --key a {files('out')}", "InvalidObjectState")
    clock.advance(12 * 3600)
    assert aws(head).json == 'ongoing-request="false", expiry-date="Sun, 17 Jan 2027 00:00:00 GMT"'
    aws(f"s3api get-object --bucket {bucket} --key a {files('out')}")
