"""Notifications: what happens in a bucket is told to queues."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import Terminal
from tests.services.s3.conftest import Files

ARN = "arn:aws:sqs:us-east-1:123456789012:events"


@pytest.fixture
def queue(aws: Terminal, bucket: str) -> str:
    """The URL of a queue that is told what is made and removed below in/, its test message taken."""
    url = str(aws("sqs create-queue --queue-name events --query QueueUrl").json)
    configuration = {
        "QueueConfigurations": [
            {
                "QueueArn": ARN,
                "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:Delete"],
                "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "in/"}]}},
            }
        ]
    }
    _configure(aws, bucket, configuration)
    assert _received(aws, url)["Event"] == "s3:TestEvent"
    return url


def _configure(aws: Terminal, bucket: str, configuration: Any) -> None:
    aws(
        f"s3api put-bucket-notification-configuration --bucket {bucket}",
        NotificationConfiguration=json.dumps(configuration),
    )


def _received(aws: Terminal, url: str) -> Any:
    answer = aws("sqs receive-message --visibility-timeout 3600", QueueUrl=url)
    return json.loads(answer.json["Messages"][0]["Body"]) if answer else None


def test_a_new_object_is_told_of(aws: Terminal, bucket: str, queue: str, files: Files) -> None:
    aws(f"s3api put-object --bucket {bucket} --body {files('a', 'hello')}", key="in/a b")
    [record] = _received(aws, queue)["Records"]
    assert record["eventName"] == "ObjectCreated:Put"
    assert record["s3"]["bucket"]["name"] == bucket
    assert record["s3"]["object"]["key"] == "in/a+b"
    assert record["s3"]["object"]["size"] == 5
    assert record["s3"]["object"]["eTag"] == "5d41402abc4b2a76b9719d911017c592"
    aws(f"s3api delete-object --bucket {bucket}", key="in/a b")
    assert _received(aws, queue)["Records"][0]["eventName"] == "ObjectRemoved:Delete"


def test_other_keys_and_events_are_not(aws: Terminal, bucket: str, queue: str) -> None:
    aws(f"s3api put-object --bucket {bucket} --key out/a")
    aws(f"s3api put-object --bucket {bucket} --key in/a")
    assert _received(aws, queue)["Records"][0]["s3"]["object"]["key"] == "in/a"
    aws(f"s3api put-object-tagging --bucket {bucket} --key in/a --tagging TagSet=[]")
    assert _received(aws, queue) is None


def test_a_destination_must_be_there(aws: Terminal, bucket: str) -> None:
    wanted = {"QueueConfigurations": [{"QueueArn": ARN, "Events": ["s3:ObjectCreated:*"]}]}
    text = "Unable to validate the following destination configurations"
    refused = aws.refused(
        f"s3api put-bucket-notification-configuration --bucket {bucket}",
        "InvalidArgument",
        NotificationConfiguration=json.dumps(wanted),
    )
    assert text in refused.stderr


def test_topics_and_eventbridge_are_told_too(aws: Terminal, bucket: str) -> None:
    url = str(aws("sqs create-queue --queue-name events --query QueueUrl").json)
    topic = str(aws("sns create-topic --name news --query TopicArn").json)
    aws(
        f"sns subscribe --topic-arn {topic} --protocol sqs --attributes RawMessageDelivery=true",
        NotificationEndpoint=ARN,
    )
    aws("events put-rule --name objects", EventPattern=json.dumps({"source": ["aws.s3"]}))
    aws(f"events put-targets --rule objects --targets Id=1,Arn={ARN}")
    told = {
        "TopicConfigurations": [{"TopicArn": topic, "Events": ["s3:ObjectCreated:*"]}],
        "EventBridgeConfiguration": {},
    }
    _configure(aws, bucket, told)
    assert _received(aws, url)["Event"] == "s3:TestEvent"
    aws(f"s3api put-object --bucket {bucket} --key a")
    events = [_received(aws, url), _received(aws, url)]
    [record] = next(each["Records"] for each in events if "Records" in each)
    assert record["s3"]["object"]["key"] == "a"
    event = next(each for each in events if "detail-type" in each)
    assert (event["detail-type"], event["detail"]["object"]["key"]) == ("Object Created", "a")
    assert event["detail"]["reason"] == "PutObject"


def test_an_event_has_one_destination(aws: Terminal, bucket: str, queue: str) -> None:
    def rule(prefix: str) -> dict[str, Any]:
        filters = {"Key": {"FilterRules": [{"Name": "prefix", "Value": prefix}]}}
        return {"QueueArn": ARN, "Events": ["s3:ObjectCreated:*"], "Filter": filters}

    put = f"s3api put-bucket-notification-configuration --bucket {bucket}"
    both = json.dumps({"QueueConfigurations": [rule("in/"), rule("in/deep/")]})
    refused = aws.refused(put, "InvalidArgument", NotificationConfiguration=both)
    assert "Configuration is ambiguously defined." in refused.stderr
    _configure(aws, bucket, {"QueueConfigurations": [rule("in/"), rule("out/")]})
