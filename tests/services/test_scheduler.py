"""EventBridge Scheduler: schedules in groups, and the targets that they call."""

import json

import pytest

from tests.conftest import Clock, Terminal

TARGET = {"Arn": "arn:aws:sqs:us-east-1:123456789012:jobs", "RoleArn": "arn:aws:iam::123456789012:role/r"}
PLACE = "arn:aws:scheduler:us-east-1:123456789012:schedule"


@pytest.fixture
def jobs(aws: Terminal) -> str:
    """The URL of a queue."""
    return str(aws("sqs create-queue --queue-name jobs --query QueueUrl").json)


def create(aws: Terminal, name: str, expression: str, options: str = "", **target: object) -> str:
    command = f"scheduler create-schedule --name {name} --flexible-time-window Mode=OFF {options}"
    whole = json.dumps({**TARGET, **target})
    return str(aws(command, ScheduleExpression=expression, Target=whole).json["ScheduleArn"])


def received(aws: Terminal, queue: str) -> list[str]:
    printed = aws("sqs receive-message --max-number-of-messages 10", QueueUrl=queue)
    return [message["Body"] for message in printed.json["Messages"]] if printed else []


def test_schedules_of_one_name_stand_in_different_groups(aws: Terminal) -> None:
    assert [g["Name"] for g in aws("scheduler list-schedule-groups").json["ScheduleGroups"]] == ["default"]
    aws("scheduler create-schedule-group --name late")
    assert create(aws, "s", "rate(1 hour)") == f"{PLACE}/default/s"
    assert create(aws, "s", "rate(2 hours)", "--group-name late") == f"{PLACE}/late/s"
    found = aws("scheduler get-schedule --name s --group-name late").json
    assert found["ScheduleExpression"] == "rate(2 hours)"
    assert found["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}
    assert found["LastModificationDate"] == found["CreationDate"]
    assert len(aws("scheduler list-schedules").json["Schedules"]) == 2
    [one] = aws("scheduler list-schedules --group-name late").json["Schedules"]
    assert one["Target"] == {"Arn": TARGET["Arn"]}
    aws("scheduler delete-schedule-group --name late")
    told = "Schedule group late does not exist."
    aws.refused("scheduler get-schedule --name s --group-name late", "ResourceNotFoundException", told)
    assert len(aws("scheduler list-schedules").json["Schedules"]) == 1


def test_what_is_no_schedule_is_refused(aws: Terminal) -> None:
    command = f"scheduler create-schedule --name s --target '{json.dumps(TARGET)}' --flexible-time-window"
    told = "Invalid Schedule Expression rate(1 hours)."
    aws.refused(f"{command} Mode=OFF", "ValidationException", told, ScheduleExpression="rate(1 hours)")
    aws.refused(f"{command} Mode=FLEXIBLE", "ValidationException", ScheduleExpression="rate(1 hour)")
    zone = f"{command} Mode=OFF --schedule-expression-timezone Nowhere/At"
    aws.refused(zone, "ValidationException", ScheduleExpression="rate(1 hour)")
    create(aws, "s", "rate(1 hour)")
    told = "Schedule s already exists."
    aws.refused(f"{command} Mode=OFF", "ConflictException", told, ScheduleExpression="rate(1 hour)")
    aws.refused("scheduler delete-schedule --name t", "ResourceNotFoundException", "Schedule t does not exist.")


def test_a_schedule_calls_its_target_with_the_clock(aws: Terminal, jobs: str, clock: Clock) -> None:
    create(aws, "s", "rate(1 hour)", Input="tick")
    clock.advance(2 * 3600 + 1)
    assert received(aws, jobs) == ["tick", "tick"]
    aws("sqs purge-queue", QueueUrl=jobs)
    command = "scheduler update-schedule --name s --flexible-time-window Mode=OFF --state DISABLED"
    aws(command, ScheduleExpression="rate(1 hour)", Target=json.dumps(TARGET))
    clock.advance(3600)
    assert received(aws, jobs) == []


def test_a_schedule_of_one_time_goes_when_it_has_struck(aws: Terminal, jobs: str, clock: Clock) -> None:
    arn = "arn:aws:scheduler:::aws-sdk:sqs:sendMessage"
    sent = json.dumps({"QueueUrl": jobs, "MessageBody": "once"})
    create(aws, "s", "at(2027-01-15T09:00:00)", "--action-after-completion DELETE", Arn=arn, Input=sent)
    clock.advance(3601)
    assert received(aws, jobs) == ["once"]
    aws.refused("scheduler get-schedule --name s", "ResourceNotFoundException")
