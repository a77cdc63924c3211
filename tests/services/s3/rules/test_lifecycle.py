"""Lifecycle: what the days do to objects, versions and uploads."""

from __future__ import annotations

import json
from typing import Any

from tests.conftest import Clock, Terminal

DAY = 86400


def _configure(aws: Terminal, bucket: str, **rule: Any) -> None:
    rules = {"Rules": [{"ID": "r", "Status": "Enabled", "Filter": {}, **rule}]}
    aws(f"s3api put-bucket-lifecycle-configuration --bucket {bucket}", LifecycleConfiguration=json.dumps(rules))


def _keys(aws: Terminal, bucket: str) -> Any:
    return aws(f"s3api list-objects-v2 --bucket {bucket} --query Contents[].Key").json


def test_objects_expire_at_the_midnight_after_their_days(aws: Terminal, bucket: str, clock: Clock) -> None:
    _configure(aws, bucket, Filter={"Prefix": "tmp/"}, Expiration={"Days": 2})
    for key in ("tmp/a", "b"):
        aws(f"s3api put-object --bucket {bucket} --key {key}")
    head = aws(f"s3api head-object --bucket {bucket} --key tmp/a").json
    assert head["Expiration"] == 'expiry-date="Mon, 18 Jan 2027 00:00:00 GMT", rule-id="r"'
    clock.advance(2 * DAY)
    assert _keys(aws, bucket) == ["b", "tmp/a"]
    clock.advance(DAY)
    assert _keys(aws, bucket) == ["b"]


def test_what_comes_later_expires_later(aws: Terminal, bucket: str, clock: Clock) -> None:
    _configure(aws, bucket, Expiration={"Days": 1})
    aws(f"s3api put-object --bucket {bucket} --key a")
    clock.advance(DAY)
    aws(f"s3api put-object --bucket {bucket} --key b")
    clock.advance(DAY)
    assert _keys(aws, bucket) == ["b"]
    clock.advance(DAY)
    assert _keys(aws, bucket) is None


def test_whatever_way_an_object_came_it_expires(aws: Terminal, bucket: str, clock: Clock) -> None:
    aws("s3api create-bucket --bucket elsewhere")
    aws("s3api put-object --bucket elsewhere --key source")
    _configure(aws, bucket, Expiration={"Days": 1})
    clock.advance(2 * DAY)
    assert _keys(aws, bucket) is None
    aws(f"s3api copy-object --bucket {bucket} --key copy --copy-source elsewhere/source")
    upload = aws(f"s3api create-multipart-upload --bucket {bucket} --key parts --query UploadId").json
    named = f"--bucket {bucket} --key parts --upload-id {upload}"
    etag = aws(f"s3api upload-part {named} --part-number 1 --query ETag").json
    parts = json.dumps({"Parts": [{"ETag": etag, "PartNumber": 1}]})
    aws(f"s3api complete-multipart-upload {named}", MultipartUpload=parts)
    assert _keys(aws, bucket) == ["copy", "parts"]
    clock.advance(2 * DAY)
    assert _keys(aws, bucket) is None


def test_objects_change_class(aws: Terminal, bucket: str, clock: Clock) -> None:
    transitions = [{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 60, "StorageClass": "GLACIER"}]
    _configure(aws, bucket, Filter={"ObjectSizeGreaterThan": -1}, Transitions=transitions)
    aws(f"s3api put-object --bucket {bucket} --key a")
    query = f"s3api list-objects-v2 --bucket {bucket} --query Contents[].StorageClass"
    clock.advance(31 * DAY)
    assert aws(query).json == ["STANDARD_IA"]
    clock.advance(31 * DAY)
    assert aws(query).json == ["GLACIER"]


def test_versions_that_were_replaced_go_but_for_the_newest(aws: Terminal, versioned: str, clock: Clock) -> None:
    _configure(aws, versioned, NoncurrentVersionExpiration={"NoncurrentDays": 1, "NewerNoncurrentVersions": 1})
    for _ in range(4):
        aws(f"s3api put-object --bucket {versioned} --key a")
    clock.advance(3 * DAY)
    assert len(aws(f"s3api list-object-versions --bucket {versioned}").json["Versions"]) == 2


def test_an_expired_object_leaves_a_marker_that_goes_when_it_is_alone(
    aws: Terminal, versioned: str, clock: Clock
) -> None:
    _configure(aws, versioned, Expiration={"Days": 1}, NoncurrentVersionExpiration={"NoncurrentDays": 1})
    aws(f"s3api put-object --bucket {versioned} --key a")
    clock.advance(2 * DAY)
    found = aws(f"s3api list-object-versions --bucket {versioned}").json
    assert (len(found["Versions"]), len(found["DeleteMarkers"])) == (1, 1)
    clock.advance(10 * DAY)
    assert "DeleteMarkers" not in aws(f"s3api list-object-versions --bucket {versioned}").json


def test_uploads_that_are_never_completed_are_given_up(aws: Terminal, bucket: str, clock: Clock) -> None:
    _configure(aws, bucket, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 3})
    answer = aws(f"s3api create-multipart-upload --bucket {bucket} --key a").json
    assert answer["AbortRuleId"] == "r"
    clock.advance(5 * DAY)
    assert "Uploads" not in aws(f"s3api list-multipart-uploads --bucket {bucket}").json


def test_rules_are_checked(aws: Terminal, bucket: str) -> None:
    put = f"s3api put-bucket-lifecycle-configuration --bucket {bucket}"
    for rule in (
        {"Status": "Enabled", "Filter": {}},
        {"Status": "Enabled", "Filter": {}, "Expiration": {"Days": 0}},
        {"Status": "Enabled", "Filter": {}, "Expiration": {"Date": "2027-01-01T12:00:00Z"}},
        {"Status": "Enabled", "Expiration": {"Days": 1}},
    ):
        answer = aws(put, code=254, LifecycleConfiguration=json.dumps({"Rules": [rule]}))
        assert (
            "InvalidRequest" in answer.stderr or "InvalidArgument" in answer.stderr or "MalformedXML" in answer.stderr
        )
