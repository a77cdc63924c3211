"""What users write can take as long as it likes to read, and no longer: every place that matches, with patterns made to
take long, and every language, nested and chained beyond measure. Each is answered or refused at once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.event_patterns import fits
from fakeaws.services.s3.web import cors

Document = dict[str, Any]
Place = Callable[[Cloud, str], object]
MOST_SECONDS = 5.0
"""Each takes some milliseconds."""
LONG = "a" * 60 + "-" + "a" * 180
"""The text that the patterns look at, where a tag or a name holds it."""

PATTERNS = [
    "*a" * 9 + "*b",
    "*a" * 60 + "b",
    "*" * 200 + "b",
    "*?" * 60 + "b",
    "?*" * 60 + "b",
    "*a?" * 40 + "*b",
    "*aa" * 40 + "*b*",
    "a*" * 100 + "b",
    "*-*-*-*-*-*-*-*-*b",
    "*a" * 30 + "-" + "*a" * 30 + "b",
    "%a" * 60 + "%b",
    "%_" * 60 + "b",
    "_" * 200 + "%b%",
    "(a+)+b",
    "(a|aa)*" * 10 + "b",
    ".*" * 60 + "b",
    "[a-" * 60 + "*",
    "\\*" * 60 + "*" + "a*" * 60 + "b",
    "*" + "a" * 200 + "b*",
    "* a *" * 40,
]


def _vpcs(cloud: Cloud, pattern: str) -> object:
    found = cloud.perform("ec2", "DescribeVpcs", {"Filters": [{"Name": "tag:Name", "Values": [pattern]}]})
    assert not found["Vpcs"]
    return found


def _allowed(cloud: Cloud, **more: Any) -> str:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **more}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    entry = {"ContextKeyName": "aws:UserAgent", "ContextKeyType": "string", "ContextKeyValues": [LONG]}
    params: Document = {"PolicyInputList": [policy], "ActionNames": ["s3:GetObject"], "ContextEntries": [entry]}
    params["ResourceArns"] = [f"arn:aws:s3:::bucket/{LONG}"]
    found = cloud.perform("iam", "SimulateCustomPolicy", params)
    decision: str = found["EvaluationResults"][0]["EvalDecision"]
    return decision


def _resource(cloud: Cloud, pattern: str) -> object:
    assert _allowed(cloud, Resource=f"arn:aws:s3:::bucket/{pattern}") != "allowed"
    return None


def _string_like(cloud: Cloud, pattern: str) -> object:
    assert _allowed(cloud, Condition={"StringLike": {"aws:UserAgent": pattern}}) != "allowed"
    return None


def _event(cloud: Cloud, pattern: str) -> object:
    event = {"id": "1", "account": "123456789012", "source": "x", "time": "2026-01-01T00:00:00Z", "region": "us-east-1"}
    event |= {"resources": [], "detail-type": "t", "detail": {"name": LONG}}
    wanted = {"detail": {"name": [{"wildcard": pattern}]}}
    params = {"EventPattern": json.dumps(wanted), "Event": json.dumps(event)}
    found = cloud.perform("events", "TestEventPattern", params)
    assert not found["Result"]
    return found


def _filter_policy(cloud: Cloud, pattern: str) -> object:
    topic = cloud.perform("sns", "CreateTopic", {"Name": f"t{PATTERNS.index(pattern)}"})["TopicArn"]
    place = {"TopicArn": topic, "Protocol": "sms", "Endpoint": "+15550100"}
    policy = {"name": [{"wildcard": pattern}, {"prefix": pattern}, {"suffix": pattern}]}
    cloud.perform("sns", "Subscribe", {**place, "Attributes": {"FilterPolicy": json.dumps(policy)}})
    attribute = {"DataType": "String", "StringValue": LONG}
    return cloud.perform(
        "sns", "Publish", {"TopicArn": topic, "Message": "m", "MessageAttributes": {"name": attribute}}
    )


def _select(cloud: Cloud, pattern: str) -> object:
    return _selected(cloud, f"* FROM S3Object s WHERE s._1 LIKE '{pattern}'")


def _selected(cloud: Cloud, rest: str) -> bytes:
    expression = " ".join(("SELECT", rest))
    params = {"Bucket": "bucket", "Key": "rows.csv", "ExpressionType": "SQL", "Expression": expression}
    shapes: Document = {"InputSerialization": {"CSV": {}}, "OutputSerialization": {"CSV": {}}}
    events = cloud.perform("s3", "SelectObjectContent", {**params, **shapes})["Payload"]
    return b"".join(str(event).encode() for event in events)


def _cors(_: Cloud, pattern: str) -> object:
    rules = [{"AllowedOrigins": [pattern], "AllowedMethods": ["GET"], "AllowedHeaders": [pattern]}]
    assert cors.matching(rules, LONG, "GET", [LONG]) is None
    return None


def _instance_types(cloud: Cloud, pattern: str) -> object:
    needs = {"VCpuCount": {"Min": 1}, "MemoryMiB": {"Min": 1}, "AllowedInstanceTypes": [pattern[:30]]}
    params = {"ArchitectureTypes": ["x86_64"], "VirtualizationTypes": ["hvm"], "InstanceRequirements": needs}
    return cloud.perform("ec2", "GetInstanceTypesFromInstanceRequirements", params)


def _bucket_policy(cloud: Cloud, pattern: str) -> object:
    statement = {"Effect": "Deny", "Principal": "*", "Action": f"s3:{pattern}", "Resource": f"arn:aws:s3:::{pattern}"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return cloud.perform("s3", "PutBucketPolicy", {"Bucket": "bucket", "Policy": policy})


def _search(cloud: Cloud, pattern: str) -> object:
    return cloud.perform("resource-explorer-2", "Search", {"QueryString": f"{pattern} id:{pattern}"})


def _grant(cloud: Cloud, pattern: str) -> object:
    grant = "id=" + pattern.replace(",", " ") + " " * 8000 + '"'
    return cloud.perform("s3", "PutBucketAcl", {"Bucket": "bucket", "GrantRead": grant})


def _alarm_rule(cloud: Cloud, pattern: str) -> object:
    rule = f'ALARM("{pattern}' + " " * 8000
    return cloud.perform("cloudwatch", "PutCompositeAlarm", {"AlarmName": "both", "AlarmRule": rule})


def _role_arn(cloud: Cloud, pattern: str) -> object:
    arn = "arn:aws:iam::123456789012:role/" + "a/" * 200 + pattern
    return cloud.perform("resiliencehub", "CreateApp", {"name": "app", "permissionModel": {"invokerRoleName": arn}})


PLACES: list[Place] = [
    _vpcs,
    _resource,
    _string_like,
    _event,
    _filter_policy,
    _select,
    _cors,
    _instance_types,
    _bucket_policy,
    _search,
    _grant,
    _alarm_rule,
    _role_arn,
]


@pytest.fixture(scope="module")
def world() -> Cloud:
    cloud = Cloud(None)
    vpc = cloud.perform("ec2", "CreateVpc", {"CidrBlock": "10.0.0.0/16"})["Vpc"]["VpcId"]
    cloud.perform("ec2", "CreateTags", {"Resources": [vpc], "Tags": [{"Key": "Name", "Value": LONG}]})
    cloud.perform("s3", "CreateBucket", {"Bucket": "bucket", "ObjectOwnership": "ObjectWriter"})
    cloud.perform("s3", "PutObject", {"Bucket": "bucket", "Key": "rows.csv", "Body": f"{LONG},1\nb,2\n".encode()})
    return cloud


def at_once(cloud: Cloud, place: Place, text: str) -> str:
    """What a place refuses a text with, or nothing; it must not take long, and no error may be ours."""
    started = time.process_time()
    refused = ""
    try:
        place(cloud, text)
    except AwsError as error:
        refused = error.code
    assert time.process_time() - started < MOST_SECONDS
    return refused


@pytest.mark.parametrize("pattern", PATTERNS, ids=range(len(PATTERNS)))
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__.strip("_"))
def test_no_pattern_takes_long_anywhere(world: Cloud, place: Place, pattern: str) -> None:
    at_once(world, place, pattern)


def _nested(start: str, middle: str, end: str, depth: int) -> str:
    return start * depth + middle + end * depth


def _condition(cloud: Cloud, text: str) -> object:
    values = {":v": {"S": "v"}}
    return cloud.perform(
        "dynamodb", "Scan", {"TableName": "table", "FilterExpression": text, "ExpressionAttributeValues": values}
    )


def _policy(cloud: Cloud, text: str) -> object:
    return cloud.perform("iam", "CreatePolicy", {"PolicyName": "deep", "PolicyDocument": text})


def _trust(cloud: Cloud, text: str) -> object:
    return cloud.perform("iam", "CreateRole", {"RoleName": "deep", "AssumeRolePolicyDocument": text})


def _key_policy(cloud: Cloud, text: str) -> object:
    return cloud.perform("kms", "CreateKey", {"Policy": text})


def _queue_policy(cloud: Cloud, text: str) -> object:
    return cloud.perform("sqs", "CreateQueue", {"QueueName": "deep", "Attributes": {"Policy": text}})


def _rule(cloud: Cloud, text: str) -> object:
    return cloud.perform("events", "PutRule", {"Name": "deep", "EventPattern": text})


def _subscription(cloud: Cloud, text: str) -> object:
    topic = cloud.perform("sns", "CreateTopic", {"Name": "deep"})["TopicArn"]
    attributes = {"FilterPolicyScope": "MessageBody", "FilterPolicy": text}
    place = {"TopicArn": topic, "Protocol": "sms", "Endpoint": "+15550100"}
    return cloud.perform("sns", "Subscribe", {**place, "Attributes": attributes})


def _item(cloud: Cloud, text: str) -> object:
    value = json.loads(text) if text.count("[") < 900 else {"S": text}
    return cloud.perform("dynamodb", "PutItem", {"TableName": "table", "Item": {"id": {"S": "1"}, "deep": value}})


def _desired_state(cloud: Cloud, text: str) -> object:
    return cloud.perform("cloudcontrol", "CreateResource", {"TypeName": "AWS::SQS::Queue", "DesiredState": text})


LANGUAGES: list[tuple[Place, str]] = [
    (_condition, _nested("(", "id = :v", ")", 300)),
    (_condition, _nested("NOT (", "id = :v", ")", 300)),
    (_condition, _nested("id = :v AND (", "id = :v", ")", 200)),
    (_condition, "id = :v" + " AND id = :v" * 290),
    (_condition, "id = :v" + " OR id = :v" * 5000),
    (_selected, "* FROM S3Object WHERE " + _nested("(", "1", ")", 1000)),
    (_selected, "* FROM S3Object WHERE " + "NOT " * 1000 + "1"),
    (_selected, "" + "-" * 5000 + "1 FROM S3Object"),
    (_selected, "" + "1+" * 50_000 + "1 FROM S3Object"),
    (_selected, "_1" + "||_1" * 30_000 + " FROM S3Object"),
    (_selected, "" + _nested("LOWER(", "_1", ")", 1000) + " FROM S3Object"),
    (_selected, "* FROM S3Object WHERE 1=1" + " AND 1=1" * 20_000),
    (_selected, "* FROM S3Object WHERE _2 = " + "9" * 5000),
    (_selected, "* FROM S3Object WHERE _1 = '" + "x" * 300_000 + "'"),
    (_rule, _nested('{"a":', "1", "}", 600)),
    (_rule, _nested('{"$or":[', '{"a":[1]}', "]}", 300)),
    (_subscription, _nested('{"a":', "[1]", "}", 20_000)),
    (_subscription, json.dumps({name: list(range(100)) for name in "abcde"})),
    (_item, _nested('{"L":[', '{"S":"x"}', "]}", 33)),
    (_item, _nested('{"L":[', '{"S":"x"}', "]}", 400)),
    *((place, _nested("[", "1", "]", 1000)) for place in (_policy, _trust, _key_policy, _queue_policy)),
    *(
        (place, _nested("[", "1", "]", 50_000))
        for place in (_key_policy, _queue_policy, _desired_state, _bucket_policy)
    ),
    (_desired_state, _nested('{"a":', "1", "}", 500)),
]


@pytest.fixture(scope="module")
def tabled(world: Cloud) -> Cloud:
    keys: Document = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}
    keys["AttributeDefinitions"] = [{"AttributeName": "id", "AttributeType": "S"}]
    world.perform("dynamodb", "CreateTable", {"TableName": "table", **keys})
    world.perform("dynamodb", "PutItem", {"TableName": "table", "Item": {"id": {"S": "v"}}})
    return world


@pytest.mark.parametrize(("place", "text"), LANGUAGES, ids=range(len(LANGUAGES)))
def test_nothing_nests_or_goes_on_too_long(tabled: Cloud, place: Place, text: str) -> None:
    at_once(tabled, place, text)


@pytest.mark.parametrize(
    ("place", "text", "code"),
    [
        (_condition, _nested("NOT (", "id = :v", ")", 150), "ValidationException"),
        (_condition, "id = :v" + " OR id = :v" * 400, "ValidationException"),
        (_selected, "* FROM S3Object WHERE " + _nested("(", "1", ")", 1000), "ParseUnexpectedToken"),
        (_selected, "* FROM S3Object WHERE _1 = '" + "x" * 300_000 + "'", "ExpressionTooLong"),
        (_selected, "_1" + "||_1" * 30_000 + " FROM S3Object", "OverMaxRecordSize"),
        (_rule, _nested('{"a":', "[1]", "}", 600), "InvalidEventPatternException"),
        (_event, "a**b", "InvalidEventPatternException"),
        (_event, "a\\b", "InvalidEventPatternException"),
        (_subscription, json.dumps({name: list(range(100)) for name in "abcde"}), "InvalidParameter"),
        (_subscription, json.dumps({name: ["x"] for name in "abcdef"}), "InvalidParameter"),
        (_subscription, json.dumps({"name": [{"like": "x"}]}), "InvalidParameter"),
        (_policy, _nested("[", "1", "]", 1000), "MalformedPolicyDocument"),
        (_item, _nested('{"L":[', '{"S":"x"}', "]}", 33), "ValidationException"),
        (_desired_state, _nested('{"a":', "1", "}", 50_000), "ValidationException"),
    ],
)
def test_the_refusal_is_the_service_s_own(tabled: Cloud, place: Place, text: str, code: str) -> None:
    assert at_once(tabled, place, text) == code


def test_many_alternatives_are_looked_up_rather_than_compared() -> None:
    started = time.process_time()
    assert not fits({"a": [*range(3000), {"anything-but": [f"x{n}" for n in range(3000)]}]}, {"a": ["x1"] * 100_000})
    assert time.process_time() - started < MOST_SECONDS


@pytest.mark.parametrize(
    ("rules", "values"),
    [
        ([{"numeric": ["=", -n]} for n in range(170)], list(range(1, 40_000))),
        ([{"cidr": f"10.0.{n}.0/24"} for n in range(150)], [f"1.1.{n // 250}.{n % 250}" for n in range(14_000)]),
    ],
    ids=["numeric", "cidr"],
)
def test_many_rules_look_at_many_values_together(rules: list[Any], values: list[Any]) -> None:
    started = time.process_time()
    assert not fits({"a": rules}, {"a": values})
    assert time.process_time() - started < MOST_SECONDS


def test_a_percentile_of_what_was_measured_often_is_weighed_not_counted_out(world: Cloud) -> None:
    datum = {"MetricName": "m", "Values": [1.0, 2.0, 9.0], "Counts": [1e12, 1e12, 1.0], "Timestamp": 1_800_000_000}
    world.perform("cloudwatch", "PutMetricData", {"Namespace": "n", "MetricData": [datum]})
    asked: Document = {"Namespace": "n", "MetricName": "m", "Period": 60, "ExtendedStatistics": ["p50", "p90"]}
    asked |= {"StartTime": 1_800_000_000 - 60, "EndTime": 1_800_000_000 + 60}
    [point] = world.perform("cloudwatch", "GetMetricStatistics", asked)["Datapoints"]
    assert point["ExtendedStatistics"] == {"p50": 2.0, "p90": 2.0}
