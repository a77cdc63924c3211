"""EventBridge: buses, rules, targets, and events that reach them."""

import json
from datetime import datetime

import pytest

from tests.conftest import Clock, Terminal

ACCOUNT = "arn:aws:events:us-east-1:123456789012"


@pytest.fixture
def jobs(aws: Terminal) -> str:
    """The URL of a queue."""
    return str(aws("sqs create-queue --queue-name jobs --query QueueUrl").json)


def received(aws: Terminal, queue: str) -> list[str]:
    printed = aws("sqs receive-message --max-number-of-messages 10", QueueUrl=queue)
    return [message["Body"] for message in printed.json["Messages"]] if printed else []


def put(aws: Terminal, **entry: object) -> dict[str, object]:
    whole = {"Source": "shop", "DetailType": "Order", "Detail": '{"state": "paid", "total": 42}', **entry}
    answer = aws("events put-events", Entries=json.dumps([whole])).json
    return dict(answer["Entries"][0])


def test_an_account_has_a_default_bus(aws: Terminal) -> None:
    [bus] = aws("events list-event-buses").json["EventBuses"]
    assert (bus["Name"], bus["Arn"]) == ("default", f"{ACCOUNT}:event-bus/default")
    assert aws("events describe-event-bus").json["Arn"] == bus["Arn"]
    aws.refused("events delete-event-bus --name default", "ValidationException", "Cannot delete event bus default.")


def test_rules_of_one_name_stand_on_different_buses(aws: Terminal) -> None:
    aws("events create-event-bus --name orders")
    aws("events put-rule --name r", ScheduleExpression="rate(5 minutes)")
    there = aws("events put-rule --name r --event-bus-name orders", EventPattern='{"source": ["shop"]}').json
    assert there == {"RuleArn": f"{ACCOUNT}:rule/orders/r"}
    here = aws("events describe-rule --name r").json
    assert here == {
        "Name": "r",
        "Arn": f"{ACCOUNT}:rule/r",
        "ScheduleExpression": "rate(5 minutes)",
        "State": "ENABLED",
        "EventBusName": "default",
        "CreatedBy": "123456789012",
    }
    assert [rule["Name"] for rule in aws("events list-rules --event-bus-name orders").json["Rules"]] == ["r"]
    aws("events disable-rule --name r")
    assert aws("events describe-rule --name r --query State").json == "DISABLED"
    aws.refused(
        "events delete-event-bus --name orders",
        "ValidationException",
        "Can't delete the event bus since it has rules.",
    )
    aws.refused(
        "events describe-rule --name no --event-bus-name orders",
        "ResourceNotFoundException",
        "Rule no does not exist on EventBus orders.",
    )
    aws("events delete-rule --name r --event-bus-name orders")
    aws("events delete-event-bus --name orders")
    aws.refused(
        "events list-rules --event-bus-name orders",
        "ResourceNotFoundException",
        "Event bus orders does not exist.",
    )


def test_a_rule_needs_a_pattern_or_a_schedule_that_is_one(aws: Terminal) -> None:
    aws.refused("events put-rule --name r", "ValidationException")
    text = "Parameter ScheduleExpression is not valid."
    aws.refused("events put-rule --name r", "ValidationException", text, ScheduleExpression="rate(1 minutes)")
    for pattern, reason in {
        '{"source": "shop"}': '"source" must be an object or an array',
        '{"source": []}': "Empty arrays are not allowed",
        '{"source": [{"starts": "x"}]}': "Unrecognized match type starts",
        '{"n": [{"numeric": ["~", 1]}]}': "Bad numeric range operator: ~",
        '{"n": [{"numeric": ["<", "1"]}]}': "Value of < must be numeric",
        '{"n": [{"cidr": "10.0.0.0"}]}': "Malformed CIDR, one '/' required",
        '{"n": [{"wildcard": "a**b"}]}': "Consecutive wildcard characters at pos 1",
    }.items():
        told = f"Event pattern is not valid. Reason: {reason}"
        aws.refused("events put-rule --name r", "InvalidEventPatternException", told, EventPattern=pattern)


def test_events_reach_the_targets_of_the_rules_that_they_fit(aws: Terminal, jobs: str) -> None:
    aws("events put-rule --name paid", EventPattern='{"detail": {"state": ["paid"]}}')
    target = {"Id": "1", "Arn": "arn:aws:sqs:us-east-1:123456789012:jobs"}
    aws("events put-targets --rule paid", Targets=json.dumps([target]))
    answer = put(aws, Resources=["thing"])
    put(aws, Detail='{"state": "open"}')
    [body] = received(aws, jobs)
    event = json.loads(body)
    assert event.pop("time").endswith("Z")
    assert event == {
        "version": "0",
        "id": answer["EventId"],
        "detail-type": "Order",
        "source": "shop",
        "account": "123456789012",
        "region": "us-east-1",
        "resources": ["thing"],
        "detail": {"state": "paid", "total": 42},
    }
    names = aws("events list-rule-names-by-target --target-arn arn:aws:sqs:us-east-1:123456789012:jobs").json
    assert names == {"RuleNames": ["paid"]}
    aws.refused("events delete-rule --name paid", "ValidationException", "Rule can't be deleted since it has targets.")
    aws("events remove-targets --rule paid --ids 1")
    put(aws)
    assert received(aws, jobs) == []


def test_targets_get_what_they_ask_for(aws: Terminal, jobs: str) -> None:
    aws("events put-rule --name all", EventPattern='{"source": ["shop"]}')
    arn = "arn:aws:sqs:us-east-1:123456789012:jobs"
    paths = {"state": "$.detail.state", "total": "$.detail.total"}
    templates = ['"The <state> order: <total>"', '{"state": <state>, "rule": <aws.events.rule-name>}']
    targets = [
        {"Id": "input", "Arn": arn, "Input": '{"fixed": 1}'},
        {"Id": "path", "Arn": arn, "InputPath": "$.detail"},
        {"Id": "text", "Arn": arn, "InputTransformer": {"InputPathsMap": paths, "InputTemplate": templates[0]}},
        {"Id": "json", "Arn": arn, "InputTransformer": {"InputPathsMap": paths, "InputTemplate": templates[1]}},
    ]
    aws("events put-targets --rule all", Targets=json.dumps(targets))
    put(aws)
    assert sorted(received(aws, jobs)) == [
        '"The paid order: 42"',
        '{"fixed": 1}',
        '{"state": "paid", "rule": "all"}',
        '{"state":"paid","total":42}',
    ]
    odd = {"Id": "odd", "Arn": arn, "InputTransformer": {"InputTemplate": "<nothing>"}}
    told = "InputTemplate for target odd contains invalid placeholder nothing."
    aws.refused("events put-targets --rule all", "ValidationException", told, Targets=json.dumps([odd]))
    more = [{"Id": str(number), "Arn": arn} for number in range(2)]
    told = "The requested resource exceeds the maximum number allowed."
    aws.refused("events put-targets --rule all", "LimitExceededException", told, Targets=json.dumps(more))


def test_events_pass_to_other_buses_topics_and_dead_letter_queues(aws: Terminal, jobs: str) -> None:
    aws("events create-event-bus --name second")
    aws("events put-rule --name on", EventPattern='{"source": ["shop"]}')
    aws("events put-targets --rule on", Targets=json.dumps([{"Id": "1", "Arn": f"{ACCOUNT}:event-bus/second"}]))
    aws("events put-rule --name end --event-bus-name second", EventPattern='{"source": ["shop"]}')
    lost = {
        "Id": "1",
        "Arn": "arn:aws:sqs:us-east-1:123456789012:nobody",
        "Input": "{}",
        "DeadLetterConfig": {"Arn": "arn:aws:sqs:us-east-1:123456789012:jobs"},
    }
    aws("events put-targets --rule end --event-bus-name second", Targets=json.dumps([lost]))
    put(aws)
    printed = aws("sqs receive-message --message-attribute-names All", QueueUrl=jobs).json
    [message] = printed["Messages"]
    assert message["Body"] == "{}"
    assert message["MessageAttributes"]["RULE_ARN"]["StringValue"] == f"{ACCOUNT}:rule/second/end"


def test_entries_fail_one_by_one(aws: Terminal) -> None:
    told = "Parameter DetailType is not valid. Reason: DetailType is a required argument."
    assert put(aws, DetailType="") == {"ErrorCode": "InvalidArgument", "ErrorMessage": told}
    assert put(aws, Detail="[1]") == {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    assert put(aws, Source="aws.ec2")["ErrorCode"] == "NotAuthorizedForSourceException"
    assert "EventId" in put(aws)


def test_a_schedule_strikes_with_the_clock(aws: Terminal, jobs: str, clock: Clock) -> None:
    aws("events put-rule --name often", ScheduleExpression="rate(10 minutes)")
    target = {"Id": "1", "Arn": "arn:aws:sqs:us-east-1:123456789012:jobs"}
    aws("events put-targets --rule often", Targets=json.dumps([target]))
    clock.advance(35 * 60)
    counted = "sqs get-queue-attributes --attribute-names ApproximateNumberOfMessages --query Attributes.*"
    assert aws(counted, QueueUrl=jobs).json == ["3"]
    bodies = [json.loads(body) for body in received(aws, jobs)]
    moments = sorted(datetime.fromisoformat(body["time"]).timestamp() for body in bodies)
    assert [moment - moments[0] for moment in moments] == [0, 600, 1200]
    assert [(b["source"], b["detail-type"], b["resources"]) for b in bodies] == [
        ("aws.events", "Scheduled Event", [f"{ACCOUNT}:rule/often"])
    ] * 3
    aws("events disable-rule --name often")
    aws("sqs purge-queue", QueueUrl=jobs)
    clock.advance(3600)
    assert received(aws, jobs) == []


def test_a_pattern_is_tried(aws: Terminal) -> None:
    event = {"id": "1", "account": "1", "source": "shop", "time": "2024-01-01T00:00:00Z", "region": "r"}
    event |= {"resources": [], "detail-type": "Order"}
    tried = lambda pattern: aws("events test-event-pattern", EventPattern=pattern, Event=json.dumps(event)).json
    assert tried('{"source": ["shop"]}') == {"Result": True}
    assert tried('{"source": ["other"]}') == {"Result": False}
    told = "Parameter Event is not valid."
    aws.refused("events test-event-pattern --event {}", "ValidationException", told, EventPattern='{"source": ["a"]}')


def test_a_partners_bus_can_be_described(aws: Terminal) -> None:
    source = "aws.partner/example.com/orders"
    aws(f"events create-event-bus --name {source} --event-source-name {source}")
    assert aws(f"events describe-event-bus --name {source} --query Name").json == source


def test_statements_of_a_bus_are_put_and_removed_one_by_one(aws: Terminal) -> None:
    given = "--action events:PutEvents --principal 210987654321"
    aws(f"events put-permission --statement-id a {given}")
    aws("events put-permission --statement-id b --action events:PutEvents --principal *")
    policy = json.loads(aws("events describe-event-bus --query Policy").json)
    assert [(one["Sid"], one["Principal"]) for one in policy["Statement"]] == [
        ("a", {"AWS": "arn:aws:iam::210987654321:root"}),
        ("b", "*"),
    ]
    aws("events remove-permission --statement-id a")
    aws.refused("events remove-permission --statement-id a", "ResourceNotFoundException")
    aws("events remove-permission --remove-all-permissions")
    assert "Policy" not in aws("events describe-event-bus").json
    for wrong in ("5", "[]", "{}", '{"Statement": [{"Effect": "Allow"}]}'):
        aws.refused("events put-permission", "ValidationException", "Policy provided is not valid.", Policy=wrong)
    statement = {"Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": "*"}
    aws("events put-permission", Policy=json.dumps({"Version": "2012-10-17", "Statement": statement}))
    aws.refused("events remove-permission --statement-id a", "ResourceNotFoundException")


def test_what_happens_to_objects_reaches_the_bus(aws: Terminal, jobs: str) -> None:
    aws("s3api create-bucket --bucket shop")
    aws(
        "s3api put-bucket-notification-configuration --bucket shop",
        NotificationConfiguration='{"EventBridgeConfiguration": {}}',
    )
    aws("events put-rule --name objects", EventPattern='{"source": ["aws.s3"], "detail-type": ["Object Created"]}')
    target = {"Id": "1", "Arn": "arn:aws:sqs:us-east-1:123456789012:jobs", "InputPath": "$.detail.object.key"}
    aws("events put-targets --rule objects", Targets=json.dumps([target]))
    aws("s3api put-object --bucket shop --key a.txt")
    assert received(aws, jobs) == ['"a.txt"']
