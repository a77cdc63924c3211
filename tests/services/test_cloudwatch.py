"""Metrics and their statistics; alarms, what turns them and whom they tell."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Clock, Terminal

PUT = "cloudwatch put-metric-data --namespace Shop --metric-name Orders"
START = 1_800_000_000
RANGE = f"--start-time {START - 600} --end-time {START + 600}"


@pytest.fixture
def alarm(aws: Terminal, clock: Clock) -> Terminal:
    topic = aws("sns create-topic --name ops --query TopicArn").json
    watch = "--namespace Shop --metric-name Orders --statistic Maximum --period 60 --evaluation-periods 1 --threshold 9"
    made = f"--alarm-name busy --comparison-operator GreaterThanThreshold {watch} --alarm-actions {topic}"
    aws(f"cloudwatch put-metric-alarm {made}")
    return aws


def _state(aws: Terminal, name: str = "busy", kind: str = "MetricAlarm") -> str:
    found = aws(f"cloudwatch describe-alarms --alarm-names {name} --alarm-types {kind}").json
    return str(found[f"{kind}s"][0]["StateValue"])


def test_what_is_put_is_read_back_by_periods(aws: Terminal, clock: Clock) -> None:
    for moment, value in ((START, 2), (START + 30, 4), (START + 60, 9)):
        aws(f"{PUT} --timestamp {moment} --value {value} --dimensions Region=eu")
    query = f"cloudwatch get-metric-statistics --namespace Shop --metric-name Orders {RANGE} --period 60"
    assert aws(f"{query} --statistics Sum").json["Datapoints"] == []
    found = aws(f"{query} --statistics Sum Average SampleCount --dimensions Name=Region,Value=eu").json
    assert found["Label"] == "Orders"
    shown = [[one["Sum"], one["Average"], one["SampleCount"], one["Unit"]] for one in found["Datapoints"]]
    assert shown == [[6.0, 3.0, 2.0, "None"], [9.0, 9.0, 1.0, "None"]]
    whole = query.replace("--period 60", "--period 3600") + " --extended-statistics p50"
    percentile = aws(f"{whole} --dimensions Name=Region,Value=eu").json["Datapoints"][0]["ExtendedStatistics"]
    assert percentile == {"p50": 4.0}
    assert len(aws("cloudwatch list-metrics --namespace Shop --dimensions Name=Region").json["Metrics"]) == 1


def test_several_metrics_are_asked_for_at_once(aws: Terminal, clock: Clock) -> None:
    datum = json.dumps([{"MetricName": "Orders", "Timestamp": START, "Values": [1, 2], "Counts": [3, 1]}])
    aws("cloudwatch put-metric-data --namespace Shop", MetricData=datum)
    metric = {"Metric": {"Namespace": "Shop", "MetricName": "Orders"}, "Period": 60, "Stat": "Sum"}
    queries = json.dumps([{"Id": "a", "MetricStat": metric}])
    [result] = aws(f"cloudwatch get-metric-data {RANGE}", MetricDataQueries=queries).json["MetricDataResults"]
    assert (result["Values"], result["StatusCode"]) == ([5.0], "Complete")


def test_too_many_datapoints_are_refused(aws: Terminal) -> None:
    query = "cloudwatch get-metric-statistics --namespace Shop --metric-name Orders --period 60 --statistics Sum"
    told = (
        "You have requested up to 1,667 datapoints, which exceeds the limit of 1,440. You may reduce the datapoints"
        " requested by increasing Period, or decreasing the time range."
    )
    wide = f"--start-time {START} --end-time {START + 100_000}"
    aws.refused(f"{query} {wide}", "InvalidParameterCombination", told)


def test_an_alarm_follows_its_metric(alarm: Terminal, clock: Clock) -> None:
    assert _state(alarm) == "INSUFFICIENT_DATA"
    alarm(f"{PUT} --value 10")
    found = alarm("cloudwatch describe-alarms").json["MetricAlarms"][0]
    assert found["StateValue"] == "ALARM"
    assert found["StateReason"].startswith(
        "Threshold Crossed: 1 out of the last 1 datapoints [10.0 (15/01/27 08:00:00)]"
    )
    clock.advance(60)
    alarm(f"{PUT} --value 1")
    assert _state(alarm) == "OK"
    clock.advance(600)
    assert _state(alarm) == "INSUFFICIENT_DATA"


def test_an_alarm_tells_a_topic(alarm: Terminal) -> None:
    queue = alarm("sqs create-queue --queue-name pager --query QueueUrl").json
    topic = alarm("sns list-topics --query Topics[0].TopicArn").json
    arn = "arn:aws:sqs:us-east-1:123456789012:pager"
    alarm(f"sns subscribe --topic-arn {topic} --protocol sqs --notification-endpoint {arn}")
    alarm(f"{PUT} --value 10")
    [message] = alarm("sqs receive-message", QueueUrl=queue).json["Messages"]
    told = json.loads(message["Body"])
    assert told["Subject"] == 'ALARM: "busy" in us-east-1'
    assert json.loads(told["Message"])["NewStateValue"] == "ALARM"
    history = alarm("cloudwatch describe-alarm-history --query AlarmHistoryItems[].HistoryItemType").json
    assert history == ["Action", "StateUpdate", "ConfigurationUpdate"]


def test_a_state_that_was_set_lasts_until_the_metric_says_otherwise(alarm: Terminal) -> None:
    alarm("cloudwatch set-alarm-state --alarm-name busy --state-value OK --state-reason test")
    assert _state(alarm) == "OK"
    alarm(f"{PUT} --value 10")
    assert _state(alarm) == "ALARM"
    set_other = "cloudwatch set-alarm-state --alarm-name other --state-value OK --state-reason test"
    alarm.refused(set_other, "ResourceNotFound")
    alarm("cloudwatch delete-alarms --alarm-names busy")
    assert alarm("cloudwatch describe-alarms").json["MetricAlarms"] == []


def test_an_alarm_of_alarms_follows_them(alarm: Terminal) -> None:
    rule = 'ALARM("busy") AND NOT (OK("busy") OR FALSE)'
    alarm("cloudwatch put-composite-alarm --alarm-name all", AlarmRule=rule)
    assert _state(alarm, "all", "CompositeAlarm") == "OK"
    alarm(f"{PUT} --value 10")
    assert _state(alarm, "all", "CompositeAlarm") == "ALARM"
