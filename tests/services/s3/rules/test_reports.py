"""What S3 writes into buckets by itself: access logs and inventories."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json

import pytest

from tests.conftest import Clock, Terminal
from tests.services.s3.conftest import Files


def _contents(aws: Terminal, files: Files, bucket: str) -> dict[str, bytes]:
    keys = aws(f"s3api list-objects-v2 --bucket {bucket} --query Contents[].Key").json or []
    found = {}
    for key in keys:
        aws(f"s3api get-object --bucket {bucket} {files('out')}", key=key)
        found[key] = (files.folder / "out").read_bytes()
    return found


def test_requests_are_logged_in_another_bucket(
    aws: Terminal, bucket: str, files: Files, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKEAWS_PACE", "1")
    aws("s3api create-bucket --bucket logs")
    status = "LoggingEnabled={TargetBucket=logs,TargetPrefix=log/}"
    aws(f"s3api put-bucket-logging --bucket {bucket} --bucket-logging-status {status}")
    aws(f"s3api put-object --bucket {bucket} --body {files('a', 'hello')}", key="a b")
    aws(f"s3api get-object --bucket {bucket} --range bytes=1-2 {files('out')}", key="a b")
    aws.refused(f"s3api get-bucket-policy --bucket {bucket}", "NoSuchBucketPolicy")
    aws(f"s3api delete-objects --bucket {bucket}", delete='Objects=[{Key="a b"}]')
    assert _contents(aws, files, "logs") == {}
    clock.advance(3600)
    [(key, log)] = _contents(aws, files, "logs").items()
    assert key.startswith("log/2027-01-15-09-00-00-")
    lines = [line.split(" ") for line in log.decode().splitlines()]
    assert [line[7:9] + line[12:16] for line in lines] == [
        ["REST.PUT.LOGGING_STATUS", "-", "200", "-", "-", "-"],
        ["REST.PUT.OBJECT", "a%20b", "200", "-", "-", "5"],
        ["REST.GET.OBJECT", "a%20b", "206", "-", "2", "5"],
        ["REST.GET.BUCKETPOLICY", "-", "404", "NoSuchBucketPolicy", "-", "-"],
        ["REST.POST.MULTI_OBJECT_DELETE", "-", "200", "-", "-", "-"],
        ["BATCH.DELETE.OBJECT", "a%20b", "204", "-", "-", "-"],
    ]
    assert lines[2][1:4] == [bucket, "[15/Jan/2027:08:00:00", "+0000]"]


def test_logs_can_be_kept_by_source_and_day(aws: Terminal, bucket: str, files: Files) -> None:
    aws("s3api create-bucket --bucket logs")
    form = "{PartitionedPrefix={PartitionDateSource=EventTime}}"
    status = f"LoggingEnabled={{TargetBucket=logs,TargetPrefix='',TargetObjectKeyFormat={form}}}"
    aws(f"s3api put-bucket-logging --bucket {bucket} --bucket-logging-status {status}")
    [key] = _contents(aws, files, "logs")
    assert key.startswith(f"123456789012/us-east-1/{bucket}/2027/01/15/2027-01-15-00-00-00-")


def test_an_inventory_lists_a_bucket_every_day(aws: Terminal, versioned: str, files: Files, clock: Clock) -> None:
    aws("s3api create-bucket --bucket lists")
    aws(f"s3api put-object --bucket {versioned} --body {files('a', 'hello')}", key="é a")
    aws(f"s3api put-object --bucket {versioned} --key gone --body {files('a', 'hello')}")
    aws(f"s3api delete-object --bucket {versioned} --key gone")
    wanted = {
        "Id": "all",
        "IsEnabled": True,
        "IncludedObjectVersions": "All",
        "Schedule": {"Frequency": "Daily"},
        "OptionalFields": ["StorageClass", "Size"],
        "Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::lists", "Format": "CSV", "Prefix": "to"}},
    }
    put = f"s3api put-bucket-inventory-configuration --bucket {versioned} --id all"
    aws(put, inventoryConfiguration=json.dumps(wanted))
    assert _contents(aws, files, "lists") == {}
    clock.advance(86400)
    found = _contents(aws, files, "lists")
    folder = f"to/{versioned}/all"
    text = found[f"{folder}/2027-01-16T00-00Z/manifest.json"]
    assert found[f"{folder}/2027-01-16T00-00Z/manifest.checksum"].decode() == hashlib.md5(text).hexdigest()
    manifest = json.loads(text)
    assert manifest["fileSchema"] == "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, StorageClass"
    [file] = manifest["files"]
    assert found[f"{folder}/hive/dt=2027-01-16-00-00/symlink.txt"].decode() == f"s3://lists/{file['key']}\n"
    assert file["MD5checksum"] == hashlib.md5(found[file["key"]]).hexdigest()
    rows = csv.reader(gzip.decompress(found[file["key"]]).decode().splitlines())
    assert [row[:2] + row[3:] for row in rows] == [
        [versioned, "gone", "true", "true", "", ""],
        [versioned, "gone", "false", "false", "5", "STANDARD"],
        [versioned, "%C3%A9%20a", "true", "false", "5", "STANDARD"],
    ]
    clock.advance(86400)
    assert f"{folder}/2027-01-17T00-00Z/manifest.json" in _contents(aws, files, "lists")
    aws(f"s3api delete-bucket-inventory-configuration --bucket {versioned} --id all")
    clock.advance(86400)
    assert f"{folder}/2027-01-18T00-00Z/manifest.json" not in _contents(aws, files, "lists")
