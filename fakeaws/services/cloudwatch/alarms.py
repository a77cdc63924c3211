"""Alarms: of a metric, or of other alarms. A state is found when data comes and when somebody looks."""

from __future__ import annotations

import json
import math
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.caller import root
from fakeaws.core.resources.naming import arn_for
from fakeaws.core.resources.places import counted
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import arns
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.cloudwatch import rules
from fakeaws.services.cloudwatch.metrics import is_statistic, metric_key, periods

Document = dict[str, Any]
KINDS = {"MetricAlarm": "MetricAlarms", "CompositeAlarm": "CompositeAlarms"}
ACTIONS = {"OK": "OKActions", "ALARM": "AlarmActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}
UNCHECKED = "Unchecked: Initial alarm creation"


def put_metric_alarm(call: Call) -> Document:
    """An alarm that is there is replaced, but for its state."""
    if "Metrics" in call or "EvaluationCriteria" in call:
        raise AwsError("NotImplemented", "fakeaws does not watch metric math or queries yet.", status=501)
    for name in ("MetricName", "Namespace", "Period", "EvaluationPeriods", "ComparisonOperator", "Threshold"):
        if name not in call:
            raise AwsError("ValidationError", f"The parameter {name} must be specified.")
    if call["ComparisonOperator"] not in rules.BREACHES:
        raise AwsError("NotImplemented", "fakeaws does not detect anomalies.", status=501)
    if ("Statistic" in call) == ("ExtendedStatistic" in call):
        raise AwsError("ValidationError", "Exactly one of Statistic and ExtendedStatistic must be specified.")
    if not is_statistic(call.get("Statistic") or call["ExtendedStatistic"]):
        raise AwsError("ValidationError", f"Invalid extended statistic: {call['ExtendedStatistic']}")
    given = {"Dimensions": [], **call.params}
    given["metric"] = metric_key(call["Namespace"], call["MetricName"], given["Dimensions"])
    _put(call, "MetricAlarm", given)
    return {}


def put_composite_alarm(call: Call) -> Document:
    for name in rules.children(call["AlarmRule"]):
        if _find(call, name) is None:
            raise AwsError("ValidationError", f"AlarmRule contains alarms that do not exist: {name}")
    _put(call, "CompositeAlarm", dict(call.params))
    return {}


def _put(call: Call, kind: str, given: Document) -> None:
    held = call.find(kind, given["AlarmName"])
    tags = given.pop("Tags", None)
    usual: Document = {name: [] for name in ACTIONS.values()}
    state = {"StateValue": "INSUFFICIENT_DATA", "StateReason": UNCHECKED, "StateUpdatedTimestamp": call.now}
    state["StateTransitionedTimestamp"] = call.now
    kept = (
        {name: held[name] for name in (*state, "_tags") if name in held} if held is not None else {"_tags": tags or []}
    )
    arn = arn_for(call, "MetricAlarm", AlarmName=given["AlarmName"])
    now = {"AlarmArn": arn, "AlarmConfigurationUpdatedTimestamp": call.now}
    document = {**usual, "ActionsEnabled": True, **state, **kept, **given, **now}
    if held is not None:
        call.drop(kind, held)
    alarm = call.keep(kind, document)
    what = "created" if held is None else "updated"
    _note(call, alarm, "ConfigurationUpdate", f'Alarm "{alarm.key}" {what}', {"type": what.removesuffix("d")})
    _evaluated(call, kind, alarm)


def _find(call: Call, name: str) -> tuple[str, Resource] | None:
    """An alarm of either kind, by its name or ARN."""
    key = name.rsplit(":alarm:", 1)[-1]
    return next(((kind, found) for kind in KINDS if (found := call.find(kind, key)) is not None), None)


def describe_alarms(call: Call) -> Document:
    """Composite alarms only when they are asked for."""
    types = call.get("AlarmTypes", ["MetricAlarm"])
    answer: Document = {}
    for kind, member in KINDS.items():
        rows = [_evaluated(call, kind, row) for row in call.list(kind)] if kind in types else []
        answer[member] = [row for row in rows if _is_asked_for(call, row)]
    return answer


def _is_asked_for(call: Call, row: Resource) -> bool:
    prefix = call.get("ActionPrefix")
    actions = [one for member in ACTIONS.values() for one in row[member]]
    return (
        ("AlarmNames" not in call or row.key in call["AlarmNames"])
        and row.key.startswith(call.get("AlarmNamePrefix", ""))
        and call.get("StateValue") in (None, row["StateValue"])
        and (prefix is None or any(one.startswith(prefix) for one in actions))
        and ("ParentsOfAlarmName" not in call or call["ParentsOfAlarmName"] in rules.children(row.get("AlarmRule", "")))
    )


def describe_alarms_for_metric(call: Call) -> Document:
    key = metric_key(call["Namespace"], call["MetricName"], call.get("Dimensions", []))
    rows = [_evaluated(call, "MetricAlarm", row) for row in call.list("MetricAlarm", metric=key)]
    names = ("Statistic", "ExtendedStatistic", "Period", "Unit")
    return {"MetricAlarms": [row for row in rows if all(call.get(name) in (None, row.get(name)) for name in names)]}


def delete_alarms(call: Call) -> Document:
    for name in call["AlarmNames"]:
        found = _find(call, name)
        if found is None:
            raise AwsError("ResourceNotFound", f"Alarm {name} does not exist")
        call.drop(*found)
        _note(call, found[1], "ConfigurationUpdate", f'Alarm "{found[1].key}" deleted', {"type": "Delete"})
    return {}


def set_alarm_state(call: Call) -> Document:
    """For a while only: the next look at the metric finds its own state again."""
    found = _find(call, call["AlarmName"])
    if found is None:
        raise AwsError("ResourceNotFound", "")
    if "StateReasonData" in call:
        _check_json(call["StateReasonData"])
        found[1]["StateReasonData"] = call["StateReasonData"]
    found[1]["set"] = True
    _turn(call, *found, call["StateValue"], call["StateReason"])
    return {}


def _check_json(text: str) -> None:
    try:
        json.loads(text)
    except ValueError as error:
        raise AwsError("InvalidFormatFault", "TargetAttributeName=StateReasonData is not valid JSON") from error


def enable_alarm_actions(call: Call) -> Document:
    return _able(call, True)


def disable_alarm_actions(call: Call) -> Document:
    return _able(call, False)


def _able(call: Call, enabled: bool) -> Document:
    for name in call["AlarmNames"]:
        found = _find(call, name)
        if found is not None:
            found[1]["ActionsEnabled"] = enabled
            call.keep(*found)
    return {}


# States


def evaluate_alarms_of(call: Call, metric: str) -> None:
    """Look at the alarms that watch a metric, of which something was just put."""
    for alarm in list(call.list("MetricAlarm", metric=metric)):
        alarm.pop("set", None)
        _evaluated(call, "MetricAlarm", alarm)


def _evaluated(call: Call, kind: str, alarm: Resource) -> Resource:
    if alarm.get("set"):
        return alarm
    value, reason = _of_rule(call, alarm) if kind == "CompositeAlarm" else _of_metric(call, alarm)
    if value != alarm["StateValue"]:
        _turn(call, kind, alarm, value, reason)
    return alarm


def _of_metric(call: Call, alarm: Resource) -> tuple[str, str]:
    """The state by the last periods; the one that is not over yet counts where it has data."""
    length, count = alarm["Period"], alarm["EvaluationPeriods"]
    now = math.floor(call.now / length) * length
    stat = alarm.get("Statistic") or alarm["ExtendedStatistic"]
    found = periods(call, alarm["metric"], now - count * length, now + length, length, alarm.get("Unit"))
    by_start = {period.start: value for period in found if (value := period.statistic(stat)) is not None}
    last = now if now in by_start else now - length
    window = [(start, by_start.get(start)) for start in range(int(last - (count - 1) * length), int(last) + 1, length)]
    return rules.judged(alarm, window)


def _of_rule(call: Call, alarm: Resource) -> tuple[str, str]:
    def is_in(state: str, name: str) -> bool:
        found = _find(call, name)
        return found is not None and _evaluated(call, *found)["StateValue"] == state

    state = "ALARM" if rules.holds(alarm["AlarmRule"], is_in) else "OK"
    return (
        state,
        f"{call.make('arn:{partition}:cloudwatch:{region}:{account}:alarm:')}{alarm.key} transitioned to {state}",
    )


def _turn(call: Call, kind: str, alarm: Resource, value: str, reason: str) -> None:
    """Bring an alarm into a state, do what it is to do then, and look at the alarms above it."""
    old = alarm["StateValue"]
    alarm |= {"StateValue": value, "StateReason": reason, "StateUpdatedTimestamp": call.now}
    if value != old:
        alarm["StateTransitionedTimestamp"] = call.now
    call.keep(kind, alarm)
    if value == old:
        return
    _note(call, alarm, "StateUpdate", f"Alarm updated from {old} to {value}", {"oldState": old, "newState": value})
    for action in alarm[ACTIONS[value]] if alarm["ActionsEnabled"] else ():
        _act(call, alarm, action, old)
    for above in list(call.list("CompositeAlarm")):
        if alarm.key in rules.children(above["AlarmRule"]):
            _evaluated(call, "CompositeAlarm", above)


def _is_topic(action: str) -> bool:
    arn = arns.parsed(action)
    return arn is not None and arn.service == "sns"


def _act(call: Call, alarm: Resource, action: str, old: str) -> None:
    """Tell a topic. Other actions are done by services that do not listen here: the history says so."""
    if not _is_topic(action):
        _note(call, alarm, "Action", f"Failed to execute action {action}", {"actionState": "Failed"})
        return
    message = {"AlarmName": alarm.key, "AWSAccountId": call.account, "NewStateValue": alarm["StateValue"]}
    message |= {"NewStateReason": alarm["StateReason"], "OldStateValue": old, "AlarmArn": alarm["AlarmArn"]}
    subject = f'{alarm["StateValue"]}: "{alarm.key}" in {call.region}'
    fields = {"TopicArn": action, "Subject": subject[:100], "Message": json.dumps(message)}
    try:
        call.perform("sns", "Publish", fields, root(call.account, call.region))
    except AwsError as error:
        _note(
            call, alarm, "Action", f"Failed to execute action {action}", {"actionState": "Failed", "error": str(error)}
        )
        return
    _note(call, alarm, "Action", f"Successfully executed action {action}", {"actionState": "Succeeded"})


def _note(call: Call, alarm: Resource, kind: str, summary: str, data: Document) -> None:
    number = counted(call, "cloudwatch alarm history")
    row = {"key": f"{number:012}", "AlarmName": alarm.key, "Timestamp": call.now, "HistoryItemType": kind}
    row |= {"AlarmType": "CompositeAlarm" if "AlarmRule" in alarm else "MetricAlarm", "HistorySummary": summary}
    call.keep("AlarmHistory", {**row, "HistoryData": json.dumps({"version": "1.0", **data})})


def describe_alarm_history(call: Call) -> Document:
    """The newest first, unless asked otherwise."""
    rows = [row for row in call.list("AlarmHistory") if _is_of(call, row)]
    return {"AlarmHistoryItems": rows if call.get("ScanBy") == "TimestampAscending" else rows[::-1]}


def _is_of(call: Call, row: Resource) -> bool:
    wanted = ("AlarmName", "HistoryItemType")
    return (
        all(call.get(name) in (None, row[name]) for name in wanted)
        and row["AlarmType"] in call.get("AlarmTypes", [row["AlarmType"]])
        and call.get("StartDate", 0) <= row["Timestamp"] <= call.get("EndDate", row["Timestamp"])
    )
