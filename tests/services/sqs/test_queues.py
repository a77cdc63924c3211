"""Queues: names, attributes, tags and permissions."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Clock, Terminal

MISSING = "AWS.SimpleQueueService.NonExistentQueue"


def test_asking_again_for_a_queue_succeeds_unless_it_would_be_another(aws: Terminal, jobs: str) -> None:
    assert aws("sqs create-queue --queue-name jobs --query QueueUrl").json == jobs
    aws.refused(
        "sqs create-queue --queue-name jobs --attributes DelaySeconds=5",
        "QueueAlreadyExists",
        "A queue already exists with the same name and a different value for attribute DelaySeconds",
    )


def test_another_shell_sees_the_same_queue(aws: Terminal, jobs: str) -> None:
    other = aws.with_env()
    assert other("sqs get-queue-url --queue-name jobs --query QueueUrl").json == jobs
    assert other("sqs list-queues").json == {"QueueUrls": [jobs]}
    assert other("sqs list-queues --queue-name-prefix k") == ""


def test_attributes_are_the_documented_defaults_until_they_are_set(aws: Terminal, jobs: str) -> None:
    shown = aws("sqs get-queue-attributes --attribute-names All --query Attributes", QueueUrl=jobs).json
    assert shown["QueueArn"] == "arn:aws:sqs:us-east-1:123456789012:jobs"
    assert (shown["VisibilityTimeout"], shown["MessageRetentionPeriod"]) == ("30", "345600")
    aws("sqs set-queue-attributes --attributes VisibilityTimeout=5", QueueUrl=jobs)
    again = aws("sqs get-queue-attributes --attribute-names VisibilityTimeout --query Attributes", QueueUrl=jobs).json
    assert again == {"VisibilityTimeout": "5"}
    assert aws("sqs get-queue-attributes", QueueUrl=jobs) == ""


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("--queue-name a/b", "InvalidParameterValue"),
        ("--queue-name jobs --attributes FifoQueue=true", "InvalidParameterValue"),
        ("--queue-name new --attributes DelaySeconds=901", "InvalidAttributeValue"),
        ("--queue-name new --attributes Colour=red", "InvalidAttributeName"),
        ("--queue-name new --attributes ContentBasedDeduplication=true", "InvalidAttributeName"),
        ("--queue-name new --attributes RedrivePolicy=nobody", "InvalidAttributeValue"),
    ],
)
def test_a_queue_that_cannot_be_is_refused(aws: Terminal, options: str, code: str) -> None:
    aws.refused(f"sqs create-queue {options}", code)


def test_a_deleted_queue_takes_its_messages_with_it(aws: Terminal, jobs: str) -> None:
    aws("sqs send-message --message-body x", QueueUrl=jobs)
    aws("sqs delete-queue", QueueUrl=jobs)
    aws.refused("sqs receive-message", MISSING, "The specified queue does not exist.", QueueUrl=jobs)
    aws("sqs create-queue --queue-name jobs")
    assert aws("sqs receive-message", QueueUrl=jobs) == ""


def test_purging_twice_within_a_minute_is_refused(aws: Terminal, jobs: str, clock: Clock) -> None:
    aws("sqs send-message --message-body x", QueueUrl=jobs)
    aws("sqs purge-queue", QueueUrl=jobs)
    assert aws("sqs receive-message", QueueUrl=jobs) == ""
    aws.refused(
        "sqs purge-queue",
        "AWS.SimpleQueueService.PurgeQueueInProgress",
        "Only one PurgeQueue operation on jobs is allowed every 60 seconds.",
        QueueUrl=jobs,
    )
    clock.advance(60)
    aws("sqs purge-queue", QueueUrl=jobs)


def test_tags_come_and_go(aws: Terminal, jobs: str) -> None:
    aws("sqs tag-queue --tags team=red,cost=7", QueueUrl=jobs)
    aws("sqs untag-queue --tag-keys cost", QueueUrl=jobs)
    assert aws("sqs list-queue-tags", QueueUrl=jobs).json == {"Tags": {"team": "red"}}


def test_permissions_are_statements_of_the_policy(aws: Terminal, jobs: str) -> None:
    add = "sqs add-permission --label friends --aws-account-ids 111122223333 --actions SendMessage"
    aws(add, QueueUrl=jobs)
    text = aws("sqs get-queue-attributes --attribute-names Policy --query Attributes.Policy", QueueUrl=jobs).json
    [statement] = json.loads(text)["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::111122223333:root"}
    aws.refused(
        add,
        "InvalidParameterValue",
        "Value friends for parameter Label is invalid. Reason: Already exists.",
        QueueUrl=jobs,
    )
    aws("sqs remove-permission --label friends", QueueUrl=jobs)
    aws.refused("sqs remove-permission --label friends", "InvalidParameterValue", QueueUrl=jobs)
