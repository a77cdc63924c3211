"""Uploads in parts: put together in order, checked, given up without a trace."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.tools.errors import AwsError
from tests.conftest import Clock, Terminal
from tests.services.s3.conftest import Files

PART = 5 * 1024 * 1024


def _begun(aws: Terminal, bucket: str, options: str = "") -> str:
    return str(aws(f"s3api create-multipart-upload --bucket {bucket} --key a {options} --query UploadId").json)


def _uploaded(aws: Terminal, bucket: str, upload: str, number: int, path: str) -> dict[str, object]:
    answer = aws(
        f"s3api upload-part --bucket {bucket} --key a --part-number {number} --body {path}", UploadId=upload
    ).json
    return {"ETag": answer["ETag"], "PartNumber": number}


def _complete(bucket: str, upload: str, parts: list[dict[str, object]]) -> str:
    listed = json.dumps({"Parts": parts})
    return (
        f"s3api complete-multipart-upload --bucket {bucket} --key a --upload-id {upload} --multipart-upload '{listed}'"
    )


def _blobs(home: Path) -> list[Path]:
    return [path for path in (home / "blobs").rglob("*") if path.is_file()]


def test_parts_become_one_object(aws: Terminal, bucket: str, files: Files) -> None:
    upload = _begun(aws, bucket, "--metadata m=1")
    contents = [b"1" * PART, b"2" * PART, b"end"]
    parts = [
        _uploaded(aws, bucket, upload, number, files(f"part{number}", content))
        for number, content in enumerate(contents, 1)
    ]
    done = aws(_complete(bucket, upload, parts)).json
    digest = hashlib.md5(b"".join(hashlib.md5(content).digest() for content in contents)).hexdigest()
    assert done["ETag"] == f'"{digest}-3"'
    aws(f"s3api get-object --bucket {bucket} --key a {files('out')}")
    assert (files.folder / "out").read_bytes() == b"".join(contents)
    part = aws(f"s3api get-object --bucket {bucket} --key a --part-number 3 {files('out')}").json
    assert files.text("out") == "end"
    assert part["PartsCount"] == 3
    aws(f"s3api get-object --bucket {bucket} --key a --range bytes={PART - 2}-{PART + 1} {files('out')}")
    assert files.text("out") == "1122"
    assert aws(f"s3api head-object --bucket {bucket} --key a").json["Metadata"] == {"m": "1"}
    aws.refused(_complete(bucket, upload, parts), "NoSuchUpload")


def test_what_is_wrong_with_parts_is_said(aws: Terminal, bucket: str, files: Files) -> None:
    upload = _begun(aws, bucket)
    one, two = (_uploaded(aws, bucket, upload, number, files("part", "small")) for number in (1, 2))
    aws.refused(_complete(bucket, upload, [two, one]), "InvalidPartOrder")
    aws.refused(_complete(bucket, upload, [{**one, "ETag": "no"}]), "InvalidPart")
    aws.refused(_complete(bucket, upload, [one, {**two, "PartNumber": 3}]), "InvalidPart")
    aws.refused(_complete(bucket, upload, [one, two]), "EntityTooSmall")
    aws.refused(_complete(bucket, upload, []), "InvalidRequest")
    aws.refused(_complete(bucket, "nope", [one]), "NoSuchUpload")
    text = "Part number must be an integer between 1 and 10000, inclusive"
    wrong = f"s3api upload-part --bucket {bucket} --key a --part-number 10001 --upload-id {upload}"
    assert text in aws.refused(wrong, "InvalidArgument").stderr


def test_an_upload_that_is_given_up_leaves_nothing(aws: Terminal, bucket: str, files: Files, home: Path) -> None:
    upload = _begun(aws, bucket)
    _uploaded(aws, bucket, upload, 1, files("part", b"x" * PART))
    assert _blobs(home)
    aws(f"s3api abort-multipart-upload --bucket {bucket} --key a --upload-id {upload}")
    assert not _blobs(home)
    aws.refused(f"s3api list-parts --bucket {bucket} --key a --upload-id {upload}", "NoSuchUpload")


def test_uploads_and_parts_are_listed(aws: Terminal, bucket: str, files: Files) -> None:
    first, second = _begun(aws, bucket), _begun(aws, bucket)
    for number in (1, 2, 3):
        _uploaded(aws, bucket, first, number, files("part", "small"))
    listed = aws(f"s3api list-multipart-uploads --bucket {bucket} --page-size 1").json["Uploads"]
    assert [each["UploadId"] for each in listed] == [first, second]
    parts = aws(f"s3api list-parts --bucket {bucket} --key a --upload-id {first} --page-size 2").json["Parts"]
    assert [part["PartNumber"] for part in parts] == [1, 2, 3]


def test_parts_are_copied_from_other_objects(aws: Terminal, bucket: str, files: Files) -> None:
    aws(f"s3api put-object --bucket {bucket} --key from --body {files('in', bytes(range(256)) * 100)}")
    upload = _begun(aws, bucket)
    copy = f"s3api upload-part-copy --bucket {bucket} --key a --upload-id {upload} --copy-source {bucket}/from"
    tag = aws(f"{copy} --part-number 1 --copy-source-range bytes=10-19").json["CopyPartResult"]["ETag"]
    aws.refused(f"{copy} --part-number 1 --copy-source-range bytes=10-99999", "InvalidArgument")
    aws(_complete(bucket, upload, [{"ETag": tag, "PartNumber": 1}]))
    aws(f"s3api get-object --bucket {bucket} --key a {files('out')}")
    assert (files.folder / "out").read_bytes() == bytes(range(10, 20))


def test_composite_checksums_are_of_the_parts(aws: Terminal, bucket: str, files: Files) -> None:
    upload = _begun(aws, bucket, "--checksum-algorithm SHA256")
    put = f"s3api upload-part --bucket {bucket} --key a --upload-id {upload} --checksum-algorithm SHA256"
    part = aws(f"{put} --part-number 1 --body {files('part', 'hello')}").json
    parts = [{"ETag": part["ETag"], "PartNumber": 1}]
    aws.refused(_complete(bucket, upload, parts), "InvalidRequest")
    done = aws(_complete(bucket, upload, [{**parts[0], "ChecksumSHA256": part["ChecksumSHA256"]}])).json
    assert done["ChecksumType"] == "COMPOSITE"
    assert done["ChecksumSHA256"].endswith("-1")


def test_identical_bodies_are_kept_once(aws: Terminal, bucket: str, files: Files, home: Path, clock: Clock) -> None:
    body = files("in", b"x" * 100_000)
    for key in "abc":
        aws(f"s3api put-object --bucket {bucket} --key {key} --body {body}")
    aws(f"s3api copy-object --bucket {bucket} --key d --copy-source {bucket}/a")
    assert len(_blobs(home)) == 1
    for key in "abc":
        aws(f"s3api delete-object --bucket {bucket} --key {key}")
    aws(f"s3api get-object --bucket {bucket} --key d {files('out')}")
    assert (files.folder / "out").read_bytes() == b"x" * 100_000
    aws(f"s3api delete-object --bucket {bucket} --key d")
    assert not _blobs(home)


def test_an_object_of_ten_thousand_parts(cloud: Cloud) -> None:
    """50 GB, of which only the first part's 5 MB were ever sent."""

    def s3(operation: str, **params: Any) -> dict[str, Any]:
        return cloud.perform("s3", operation, {"Bucket": "vast", **params})

    s3("CreateBucket")
    s3("PutObject", Key="part", Body=b"x" * (5 << 20))
    s3("PutObject", Key="end", Body=b"end")
    upload = {"Key": "whole", "UploadId": s3("CreateMultipartUpload", Key="whole")["UploadId"]}
    with cloud.database.transaction(write=True):
        sources = {number: "vast/part" if number < 10_000 else "vast/end" for number in range(1, 10_001)}
        copies = ((n, s3("UploadPartCopy", PartNumber=n, CopySource=source, **upload)) for n, source in sources.items())
        made = [{"PartNumber": n, "ETag": copy["CopyPartResult"]["ETag"]} for n, copy in copies]
    with pytest.raises(AwsError, match="Part number must be an integer between 1 and 10000"):
        s3("UploadPart", PartNumber=10_001, **upload)
    page = s3("ListParts", PartNumberMarker=8999, **upload)
    assert (len(page["Parts"]), page["NextPartNumberMarker"], page["IsTruncated"]) == (1000, 9999, True)
    assert s3("CompleteMultipartUpload", MultipartUpload={"Parts": made}, **upload)["ETag"].endswith('-10000"')
    last = s3("HeadObject", Key="whole", PartNumber=10_000)
    assert (last["ContentLength"], last["PartsCount"]) == (3, 10_000)
    assert last["ContentRange"] == "bytes 52423557120-52423557122/52423557123"
    assert s3("GetObject", Key="whole", Range="bytes=52423557118-")["Body"].read() == b"xxend"


def test_a_part_without_content_may_name_its_checksum(aws: Terminal, bucket: str) -> None:
    upload = _begun(aws, bucket)
    put = f"s3api upload-part --bucket {bucket} --key a --part-number 1 --checksum-algorithm CRC32"
    tag = aws(put, UploadId=upload).json["ETag"]
    done = aws(_complete(bucket, upload, [{"ETag": tag, "PartNumber": 1}])).json
    assert done["ChecksumCRC32"] == "AAAAAA=="
