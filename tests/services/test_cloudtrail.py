"""The recorded calls as CloudTrail shows and delivers them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Clock, Terminal

START = 1_800_000_000


def test_calls_are_looked_up_also_those_that_were_refused(aws: Terminal) -> None:
    aws("iam create-user --user-name bob")
    aws("iam get-user --user-name eve", code=254)
    events = aws("cloudtrail lookup-events --query Events").json
    assert [event["EventName"] for event in events] == ["GetUser", "CreateUser"]
    assert events[1]["Resources"] == [{"ResourceType": "AWS::IAM::User", "ResourceName": "bob"}]
    made = json.loads(events[1]["CloudTrailEvent"])["responseElements"]
    assert made["user"]["Arn"] == "arn:aws:iam::123456789012:user/bob"
    record = json.loads(events[0]["CloudTrailEvent"])
    assert (record["errorCode"], record["eventSource"]) == ("NoSuchEntity", "iam.amazonaws.com")
    assert record["requestParameters"] == {"userName": "eve"}
    query = "--lookup-attributes AttributeKey=EventName,AttributeValue=CreateUser --query Events[].Username"
    assert aws(f"cloudtrail lookup-events {query}").json == ["root"]
    query = "--lookup-attributes AttributeKey=ResourceType,AttributeValue=AWS::IAM::User --query length(Events)"
    assert aws(f"cloudtrail lookup-events {query}").json == 2


def test_events_of_iam_are_in_the_first_region(aws: Terminal) -> None:
    aws("iam create-user --user-name bob --region eu-west-1")
    aws("sqs create-queue --queue-name jobs --region eu-west-1")
    names = "cloudtrail lookup-events --query Events[].EventName"
    assert aws(names).json == ["CreateUser"]
    assert aws(f"{names} --region eu-west-1").json == ["CreateQueue"]


def test_looking_up_goes_by_pages_and_one_attribute(aws: Terminal) -> None:
    for number in range(3):
        aws(f"iam create-user --user-name bob{number}")
    first = aws("cloudtrail lookup-events --max-results 2").json
    more = aws("cloudtrail lookup-events --query Events[].Resources[].ResourceName", NextToken=first["NextToken"])
    assert more.json == ["bob0"]
    two = "AttributeKey=EventName,AttributeValue=a AttributeKey=Username,AttributeValue=b"
    aws.refused(f"cloudtrail lookup-events --lookup-attributes {two}", "InvalidLookupAttributesException")
    times = "--start-time 2020-02-02 --end-time 2020-01-01"
    aws.refused(f"cloudtrail lookup-events {times}", "InvalidTimeRangeException")


def test_secrets_are_not_recorded(terminal: Terminal) -> None:
    terminal("iam create-user --user-name bob")
    terminal("iam create-login-profile --user-name bob --password correct-Horse-1")
    secret = terminal("iam create-access-key --user-name bob --query AccessKey.SecretAccessKey").json
    terminal("kms create-key")
    said = terminal("cloudtrail lookup-events")
    assert "correct-Horse-1" not in said
    assert secret not in said


def bucket(aws: Terminal, prefix: str = "") -> None:
    """A bucket that CloudTrail may write to."""
    aws("s3api create-bucket --bucket logs")
    service = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}}
    put = {**service, "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::logs/{prefix}AWSLogs/123456789012/*"}
    put["Condition"] = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}
    look = {**service, "Action": "s3:GetBucketAcl", "Resource": "arn:aws:s3:::logs"}
    aws("s3api put-bucket-policy --bucket logs", Policy=json.dumps({"Version": "2012-10-17", "Statement": [look, put]}))


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ("--name all --s3-bucket-name none", "S3BucketDoesNotExistException", "S3 bucket none does not exist!"),
        (
            "--name all --s3-bucket-name shut",
            "InsufficientS3BucketPolicyException",
            "Incorrect S3 bucket policy is detected for bucket: shut",
        ),
        (
            "--name ab --s3-bucket-name logs",
            "InvalidTrailNameException",
            "Trail name too short. Minimum allowed length: 3 characters. Specified name length: 2 characters.",
        ),
        (
            "--name _all --s3-bucket-name logs",
            "InvalidTrailNameException",
            "Trail name must starts with a letter or number.",
        ),
        (
            "--name there --s3-bucket-name logs",
            "TrailAlreadyExistsException",
            "Trail there already exists for customer: 123456789012",
        ),
    ],
)
def test_trails_that_cannot_be(terminal: Terminal, options: str, code: str, message: str) -> None:
    bucket(terminal)
    terminal("s3api create-bucket --bucket shut")
    terminal("cloudtrail create-trail --name there --s3-bucket-name logs")
    terminal.refused(f"cloudtrail create-trail {options}", code, message)


def test_a_trail_that_is_not_there(aws: Terminal) -> None:
    unknown = "Unknown trail: arn:aws:cloudtrail:us-east-1:123456789012:trail/all for the user: 123456789012"
    for operation in ("start-logging --name", "get-trail-status --name", "get-event-selectors --trail-name"):
        aws.refused(f"cloudtrail {operation} all", "TrailNotFoundException", unknown)
    assert aws("cloudtrail describe-trails --trail-name-list all").json == {"trailList": []}


def delivered(aws: Terminal, folder: Path, what: str = "CloudTrail/") -> list[dict[str, Any]]:
    """The documents that were delivered, in order."""
    keys = aws("s3api list-objects-v2 --bucket logs --query Contents[].Key").json or []
    found = []
    for key in [key for key in keys if f"/{what}" in key]:
        aws(f"s3api get-object --bucket logs --key {key} {folder / 'file'}")
        found.append(json.loads(gzip.decompress((folder / "file").read_bytes())))
    return found


def test_a_trail_delivers_what_was_called(
    aws: Terminal, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKEAWS_PACE", "1")
    bucket(aws)
    aws("cloudtrail create-trail --name all --s3-bucket-name logs --is-multi-region-trail")
    aws("cloudtrail start-logging --name all")
    aws("iam create-user --user-name bob")
    aws("sqs list-queues --region eu-west-1")
    assert delivered(aws, tmp_path) == []
    clock.advance(300)
    aws("sts get-caller-identity")
    there, here = delivered(aws, tmp_path)
    assert [record["eventName"] for record in there["Records"]] == ["ListQueues"]
    assert "CreateUser" in [record["eventName"] for record in here["Records"]]
    [key] = aws(
        "s3api list-objects-v2 --bucket logs --prefix AWSLogs/123456789012/CloudTrail/us-east-1/2027/01/15/"
        " --query Contents[].Key"
    ).json
    assert key.rpartition("/")[2].startswith("123456789012_CloudTrail_us-east-1_20270115T0805Z_")
    status = aws("cloudtrail get-trail-status --name all").json
    assert (status["IsLogging"], status["TimeLoggingStarted"]) == (True, "2027-01-15T08:00:00Z")
    assert status["LatestDeliveryAttemptSucceeded"] == "2027-01-15T08:05:00Z"
    aws("cloudtrail stop-logging --name all")
    before = len(delivered(aws, tmp_path))
    aws("iam list-users")
    clock.advance(300)
    assert len(delivered(aws, tmp_path)) == before


def test_a_trail_can_be_told_what_to_deliver(aws: Terminal, clock: Clock, tmp_path: Path) -> None:
    bucket(aws, "mine/")
    aws("s3api create-bucket --bucket lake")
    aws("cloudtrail create-trail --name all --s3-bucket-name logs --s3-key-prefix mine")
    usual = aws("cloudtrail get-event-selectors --trail-name all --query EventSelectors").json
    assert (usual[0]["ReadWriteType"], usual[0]["IncludeManagementEvents"]) == ("All", True)
    selector = {"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True}
    selector["DataResources"] = [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::lake/in/"]}]
    aws("cloudtrail put-event-selectors --trail-name all", EventSelectors=json.dumps([selector]))
    aws("cloudtrail start-logging --name all")
    for command in ("put-object --key in/x", "put-object --key out/x", "get-object --key in/x /dev/null"):
        aws(f"s3api {command} --bucket lake")
    aws("iam list-users")
    clock.advance(1)
    aws("sts get-caller-identity")
    records = [
        r for file in delivered(aws, tmp_path) for r in file["Records"] if r["eventSource"] == "s3.amazonaws.com"
    ]
    assert [(r["eventName"], r["requestParameters"]["key"]) for r in records] == [("PutObject", "in/x")]
    assert records[0]["resources"][0]["ARN"] == "arn:aws:s3:::lake/in/x"
    assert records[0]["eventCategory"] == "Data"


def test_advanced_selectors_pick_by_fields(aws: Terminal, clock: Clock, tmp_path: Path) -> None:
    bucket(aws)
    aws("cloudtrail create-trail --name all --s3-bucket-name logs")
    fields = [{"Field": "eventCategory", "Equals": ["Management"]}, {"Field": "eventName", "NotStartsWith": ["List"]}]
    selectors = json.dumps([{"Name": "s", "FieldSelectors": [*fields, {"Field": "readOnly", "Equals": ["true"]}]}])
    aws("cloudtrail put-event-selectors --trail-name all", AdvancedEventSelectors=selectors)
    aws("cloudtrail start-logging --name all")
    for command in ("list-users", "get-user", "create-user --user-name bob"):
        aws(f"iam {command}")
    clock.advance(1)
    aws("sts get-caller-identity")
    assert [r["eventName"] for file in delivered(aws, tmp_path) for r in file["Records"]] == ["GetUser"]


def test_digests_prove_what_was_delivered(
    terminal: Terminal, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKEAWS_PACE", "1")
    bucket(terminal)
    arn = terminal(
        "cloudtrail create-trail --name all --s3-bucket-name logs --enable-log-file-validation --query TrailARN"
    ).json
    terminal("cloudtrail start-logging --name all")
    for name in ("bob", "eve", "joe"):
        terminal(f"iam create-user --user-name {name}")
        for _ in range(12):
            clock.advance(300)
            terminal("sts get-caller-identity")
    validate = f"cloudtrail validate-logs --trail-arn {arn} --start-time 2027-01-15T08:00:00Z"
    validate += " --end-time 2027-01-15T12:00:00Z"
    said = terminal(validate)
    assert "3/3 digest files valid" in said
    assert "log files valid" in said
    digests = delivered(terminal, tmp_path, "CloudTrail-Digest/")
    assert digests[1]["previousDigestS3Object"] == digests[0]["digestS3Object"]
    key = digests[1]["logFiles"][0]["s3Object"]
    (tmp_path / "wrong").write_bytes(gzip.compress(b'{"Records":[]}'))
    terminal(f"s3api put-object --bucket logs --key {key} --body {tmp_path / 'wrong'}")
    assert "hash value doesn't match" in terminal(validate, code=1)


def test_trails_have_tags(terminal: Terminal) -> None:
    bucket(terminal)
    create = "cloudtrail create-trail --name all --s3-bucket-name logs --tags-list Key=a,Value=1 --query TrailARN"
    arn = terminal(create).json
    terminal(f"cloudtrail add-tags --resource-id {arn} --tags-list Key=b,Value=2")
    shown = terminal(f"cloudtrail list-tags --resource-id-list {arn} --query ResourceTagList[0].TagsList").json
    assert shown == [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
