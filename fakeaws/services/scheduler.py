"""Amazon EventBridge Scheduler: schedules in groups, which call their targets when their time has come.

A public function is the operation of its name, in the terms of the AWS API reference. Groups are declared in
shapes/scheduler.toml. A target is any that events can be handed to, or an operation of any service by the ARN
`arn:aws:scheduler:::aws-sdk:SERVICE:OPERATION`.
"""

from __future__ import annotations

import json
from datetime import UTC, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fakeaws.core.pipeline import delivery
from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.caller import service_caller
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import arns, timetable
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]
SERVICE = "scheduler.amazonaws.com"
DEFAULT = "default"
ANY_OPERATION = ":aws-sdk:"
SHOWN = ("Arn", "Name", "GroupName", "State", "CreationDate", "LastModificationDate")
RETRIES = {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}


def _initialise(call: Call) -> None:
    """Run once for each account and region: a new account has the default group."""
    arn = call.make("arn:{partition}:scheduler:{region}:{account}:schedule-group/default")
    times = {"CreationDate": call.now, "LastModificationDate": call.now}
    call.keep("ScheduleGroup", {"Arn": arn, "Name": DEFAULT, "State": "ACTIVE", **times})


def create_schedule(call: Call) -> Document:
    group = _group(call)
    if call.find("Schedule", call["Name"], within=group) is not None:
        raise AwsError("ConflictException", f"Schedule {call['Name']} already exists.")
    schedule = {**_wanted(call), "CreationDate": call.now}
    return _kept(call, schedule, group)


def update_schedule(call: Call) -> Document:
    """All of a schedule is replaced: what is not given is as if it never had been."""
    group = _group(call)
    held = call.read("Schedule", within=group)
    created = held["CreationDate"]
    held.clear()
    held |= {**_wanted(call), "CreationDate": created}
    return _kept(call, held, group)


def _group(call: Call) -> Resource:
    name = call.get("GroupName") or DEFAULT
    group = call.find("ScheduleGroup", name)
    if group is None:
        raise AwsError("ResourceNotFoundException", f"Schedule group {name} does not exist.")
    return group


def _wanted(call: Call) -> Document:
    usual = {"State": "ENABLED", "ScheduleExpressionTimezone": "UTC", "ActionAfterCompletion": "NONE"}
    schedule = {**usual, **{name: value for name, value in call.params.items() if name != "ClientToken"}}
    schedule["GroupName"] = call.get("GroupName") or DEFAULT
    schedule["Target"] = {**call["Target"], "RetryPolicy": {**RETRIES, **call["Target"].get("RetryPolicy", {})}}
    arn = "arn:{partition}:scheduler:{region}:{account}:schedule/{GroupName}/{Name}"
    schedule["Arn"] = call.make(arn, GroupName=schedule["GroupName"], Name=call["Name"])
    _check(call, schedule)
    return schedule


def _check(call: Call, schedule: Document) -> None:
    text, window = schedule["ScheduleExpression"], schedule["FlexibleTimeWindow"]
    try:
        timetable.next_after(text, call.now)
    except ValueError as error:
        raise AwsError("ValidationException", f"Invalid Schedule Expression {text}.") from error
    try:
        ZoneInfo(schedule["ScheduleExpressionTimezone"])
    except (ZoneInfoNotFoundError, ValueError) as error:
        zone = schedule["ScheduleExpressionTimezone"]
        raise AwsError("ValidationException", f"Invalid Schedule Expression Timezone {zone}.") from error
    if (window["Mode"] == "FLEXIBLE") is not ("MaximumWindowInMinutes" in window):
        message = "MaximumWindowInMinutes must be provided where, and only where, Mode is FLEXIBLE."
        raise AwsError("ValidationException", message)
    if arns.parsed(schedule["Target"]["Arn"]) is None:
        raise AwsError("ValidationException", "Provided Arn is not in correct format.")


def _kept(call: Call, schedule: Document, group: Resource) -> Document:
    schedule |= {"LastModificationDate": call.now, "since": schedule.get("StartDate", call.now)}
    _rest(call, call.keep("Schedule", schedule, within=group), group)
    return {"ScheduleArn": schedule["Arn"]}


def _rest(call: Call, schedule: Resource, group: Resource) -> None:
    """Have a schedule strike at its next time, if it has one."""
    after = max(call.now, schedule.get("StartDate", 0.0) - 1)
    due = timetable.next_after(schedule["ScheduleExpression"], after, schedule["since"], _zone(schedule))
    if due is not None and due > schedule.get("EndDate", due):
        due = None
    schedule["due"] = due if schedule["State"] == "ENABLED" else None
    call.keep("Schedule", schedule, within=group)
    if schedule["due"] is not None:
        call.at(schedule["due"], _strike, GroupName=group["Name"], Name=schedule["Name"], Due=schedule["due"])


def _zone(schedule: Document) -> tzinfo:
    name = schedule["ScheduleExpressionTimezone"]
    return UTC if name == "UTC" else ZoneInfo(name)


def _strike(call: Call) -> None:
    """The time of a schedule has come; one that has changed meanwhile has another time."""
    group = call.find("ScheduleGroup", call["GroupName"])
    schedule = call.find("Schedule", call["Name"], within=group) if group is not None else None
    if group is None or schedule is None or schedule.get("due") != call["Due"]:
        return
    _call(call, schedule)
    _rest(call, schedule, group)
    if schedule["due"] is None and schedule["ActionAfterCompletion"] == "DELETE":
        call.drop("Schedule", schedule)


def _call(call: Call, schedule: Resource) -> None:
    """What the target does not take goes to the dead-letter queue, if there is one."""
    target = schedule["Target"]
    try:
        _handed_over(call, target, schedule["Arn"])
    except AwsError as error:
        letters = target.get("DeadLetterConfig", {}).get("Arn")
        fields = {"ERROR_CODE": error.code, "ERROR_MESSAGE": error.message or error.code, "TARGET_ARN": target["Arn"]}
        attributes = {name: {"DataType": "String", "StringValue": value} for name, value in fields.items()}
        if letters:
            delivery.hand_over(call, SERVICE, letters, target.get("Input", "{}"), MessageAttributes=attributes)


def _handed_over(call: Call, target: Document, arn: str) -> None:
    text = target.get("Input", "{}")
    if ANY_OPERATION in target["Arn"]:
        service, operation = target["Arn"].partition(ANY_OPERATION)[2].split(":")
        caller = service_caller(SERVICE, call.account, call.region)
        call.perform(service, operation[:1].upper() + operation[1:], json.loads(text), caller)
    elif "EventBridgeParameters" in target:
        entry = {**target["EventBridgeParameters"], "Detail": text, "EventBusName": target["Arn"], "Resources": [arn]}
        call.perform("events", "PutEvents", {"Entries": [entry]}, service_caller(SERVICE, call.account, call.region))
    else:
        more = {"MessageGroupId": target["SqsParameters"]["MessageGroupId"]} if "SqsParameters" in target else {}
        if "KinesisParameters" in target:
            more = {"PartitionKey": target["KinesisParameters"]["PartitionKey"]}
        delivery.hand_over(call, SERVICE, target["Arn"], text, **more)


def get_schedule(call: Call) -> Document:
    return call.read("Schedule", within=_group(call))


def delete_schedule(call: Call) -> Document:
    call.drop("Schedule", call.read("Schedule", within=_group(call)))
    return {}


def list_schedules(call: Call) -> Document:
    """Those of all groups, or of one."""
    within = _group(call) if "GroupName" in call else None
    found = call.list("Schedule", within=within)
    prefix, state = call.get("NamePrefix", ""), call.get("State")
    fitting = (s for s in found if s["Name"].startswith(prefix) and state in (None, s["State"]))
    return {"Schedules": [_summary(schedule) for schedule in call.page(fitting)]}


def _summary(schedule: Document) -> Document:
    shown = {name: schedule[name] for name in SHOWN}
    return {**shown, "Target": {"Arn": schedule["Target"]["Arn"]}}


def delete_schedule_group(call: Call) -> Document:
    """A group goes with its schedules."""
    group = call.read("ScheduleGroup")
    if group["Name"] == DEFAULT:
        raise AwsError("ValidationException", "The default schedule group cannot be deleted.")
    for schedule in list(call.list("Schedule", within=group)):
        call.drop("Schedule", schedule)
    call.drop("ScheduleGroup", group)
    return {}
