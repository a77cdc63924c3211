"""Messages: hidden while someone works on them, moved when nobody manages to."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Clock, Printed, Terminal


def test_a_received_message_hides_until_its_timeout_has_passed(aws: Terminal, jobs: str, clock: Clock) -> None:
    aws("sqs send-message --message-body hello", QueueUrl=jobs)

    def receive() -> Printed:
        return aws("sqs receive-message --visibility-timeout 30", QueueUrl=jobs)

    [first] = receive().json["Messages"]
    assert first["Body"] == "hello"
    assert receive() == ""
    clock.advance(30)
    [again] = receive().json["Messages"]
    assert again["MessageId"] == first["MessageId"]


def test_a_deleted_message_is_gone_and_deleting_it_again_succeeds(aws: Terminal, jobs: str, clock: Clock) -> None:
    aws("sqs send-message --message-body hello", QueueUrl=jobs)
    handle = aws("sqs receive-message --query Messages[0].ReceiptHandle", QueueUrl=jobs).json
    for _ in range(2):
        assert aws("sqs delete-message", QueueUrl=jobs, ReceiptHandle=handle) == ""
    clock.advance(60)
    assert aws("sqs receive-message", QueueUrl=jobs) == ""


def test_a_message_that_is_received_too_often_goes_to_the_dead_letter_queue(aws: Terminal, jobs: str) -> None:
    dead = aws("sqs create-queue --queue-name dead --query QueueUrl").json
    policy = {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": "2"}
    aws("sqs set-queue-attributes", QueueUrl=jobs, Attributes=json.dumps({"RedrivePolicy": json.dumps(policy)}))
    aws("sqs send-message --message-body hello", QueueUrl=jobs)
    for _ in range(2):
        assert aws("sqs receive-message --visibility-timeout 0", QueueUrl=jobs).json["Messages"]
    assert aws("sqs receive-message", QueueUrl=jobs) == ""
    [letter] = aws("sqs receive-message --attribute-names All", QueueUrl=dead).json["Messages"]
    assert letter["Body"] == "hello"
    assert letter["Attributes"]["DeadLetterQueueSourceArn"] == "arn:aws:sqs:us-east-1:123456789012:jobs"
    sources = aws("sqs list-dead-letter-source-queues", QueueUrl=dead).json["queueUrls"]
    assert sources == [jobs]


def test_dead_letters_can_be_moved_back(aws: Terminal, jobs: str) -> None:
    dead = aws("sqs create-queue --queue-name dead --query QueueUrl").json
    arn = "arn:aws:sqs:us-east-1:123456789012:dead"
    policy = {"deadLetterTargetArn": arn, "maxReceiveCount": "1"}
    aws("sqs set-queue-attributes", QueueUrl=jobs, Attributes=json.dumps({"RedrivePolicy": json.dumps(policy)}))
    aws("sqs send-message --message-body hello", QueueUrl=jobs)
    aws("sqs receive-message --visibility-timeout 0", QueueUrl=jobs)
    aws("sqs receive-message", QueueUrl=jobs)
    aws(f"sqs start-message-move-task --source-arn {arn}")
    assert aws("sqs receive-message", QueueUrl=dead) == ""
    assert aws("sqs receive-message --query Messages[0].Body", QueueUrl=jobs).json == "hello"
    aws.refused(
        "sqs start-message-move-task --source-arn arn:aws:sqs:us-east-1:123456789012:nobody",
        "ResourceNotFoundException",
    )


def test_a_delayed_message_comes_when_its_delay_is_over(aws: Terminal, jobs: str, clock: Clock) -> None:
    aws("sqs send-message --message-body later --delay-seconds 60", QueueUrl=jobs)
    assert aws("sqs receive-message --wait-time-seconds 20", QueueUrl=jobs) == ""
    counts = aws("sqs get-queue-attributes --attribute-names All --query Attributes", QueueUrl=jobs).json
    assert (counts["ApproximateNumberOfMessages"], counts["ApproximateNumberOfMessagesDelayed"]) == ("0", "1")
    clock.advance(60)
    assert aws("sqs receive-message --query Messages[0].Body", QueueUrl=jobs).json == "later"


def test_a_message_is_kept_as_long_as_the_queue_says(aws: Terminal, jobs: str, clock: Clock) -> None:
    aws("sqs send-message --message-body old", QueueUrl=jobs)
    clock.advance(345600)
    assert aws("sqs receive-message", QueueUrl=jobs) == ""


def test_attributes_are_signed_and_given_only_when_asked_for(aws: Terminal, jobs: str) -> None:
    sent = aws(
        "sqs send-message --message-body msg --message-attributes "
        "General={StringValue=Kenobi,DataType=String},Hello={StringValue=There,DataType=String}",
        QueueUrl=jobs,
    ).json
    assert (
        "MessageAttributes" not in aws("sqs receive-message --visibility-timeout 0", QueueUrl=jobs).json["Messages"][0]
    )
    some = "sqs receive-message --visibility-timeout 0 --message-attribute-names Gen.* --query Messages[0]"
    assert set(aws(some, QueueUrl=jobs).json["MessageAttributes"]) == {"General"}
    [two] = aws("sqs receive-message --message-attribute-names All", QueueUrl=jobs).json["Messages"]
    assert two["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]
    assert set(two["MessageAttributes"]) == {"General", "Hello"}


def test_a_fifo_group_waits_for_its_message_in_flight(aws: Terminal, orders: str, clock: Clock) -> None:
    for group, body in (("a", "a1"), ("a", "a2"), ("b", "b1")):
        aws(f"sqs send-message --message-body {body} --message-group-id {group}", QueueUrl=orders)
    [first] = aws("sqs receive-message", QueueUrl=orders).json["Messages"]
    [second] = aws("sqs receive-message --max-number-of-messages 10", QueueUrl=orders).json["Messages"]
    assert (first["Body"], second["Body"]) == ("a1", "b1")
    aws("sqs delete-message", QueueUrl=orders, ReceiptHandle=first["ReceiptHandle"])
    assert aws("sqs receive-message --query Messages[].Body", QueueUrl=orders).json == ["a2"]


def test_a_fifo_queue_takes_the_same_message_once_in_five_minutes(aws: Terminal, orders: str, clock: Clock) -> None:
    send = "sqs send-message --message-body hello --message-group-id g"
    first = aws(send, QueueUrl=orders).json
    assert aws(send, QueueUrl=orders).json == first
    clock.advance(301)
    assert aws(send, QueueUrl=orders).json["MessageId"] != first["MessageId"]


def test_a_batch_tells_what_failed(aws: Terminal, orders: str) -> None:
    entries = [{"Id": "1", "MessageBody": "x", "MessageGroupId": "g"}, {"Id": "2", "MessageBody": "y"}]
    answer = aws("sqs send-message-batch", QueueUrl=orders, Entries=json.dumps(entries)).json
    assert [entry["Id"] for entry in answer["Successful"]] == ["1"]
    assert answer["Failed"] == [
        {
            "Id": "2",
            "SenderFault": True,
            "Code": "MissingParameter",
            "Message": "The request must contain the parameter MessageGroupId.",
        }
    ]


BATCHES = [
    ([{"Id": "1", "MessageBody": "x"}] * 2, "AWS.SimpleQueueService.BatchEntryIdsNotDistinct", "Id 1 repeated."),
    (
        [{"Id": str(n), "MessageBody": "x"} for n in range(11)],
        "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
        "Maximum number of entries per request are 10. You have sent 11.",
    ),
    (
        [{"Id": "a b", "MessageBody": "x"}],
        "AWS.SimpleQueueService.InvalidBatchEntryId",
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80"
        " letters long.",
    ),
]


@pytest.mark.parametrize(("entries", "code", "message"), BATCHES)
def test_a_batch_that_is_none_is_refused(
    aws: Terminal, jobs: str, entries: list[dict[str, str]], code: str, message: str
) -> None:
    aws.refused("sqs send-message-batch", code, message, QueueUrl=jobs, Entries=json.dumps(entries))


SENDS = [
    ("--message-group-id 'a b'", "InvalidParameterValue"),
    ("--message-deduplication-id 1", "InvalidParameterValue"),
    ("--delay-seconds 901", "InvalidParameterValue"),
    ("--message-attributes a={DataType=Colour,StringValue=red}", "InvalidParameterValue"),
    ("--message-attributes a={DataType=Number,StringValue=red}", "InvalidParameterValue"),
]


@pytest.mark.parametrize(("options", "code"), SENDS)
def test_a_message_that_the_queue_cannot_take_is_refused(aws: Terminal, jobs: str, options: str, code: str) -> None:
    aws.refused(f"sqs send-message --message-body x {options}", code, QueueUrl=jobs)
