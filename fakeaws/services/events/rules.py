"""Rules and their targets: what a bus does with the events that fit a pattern, or at the times of a schedule."""

from __future__ import annotations

import re
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import arns, timetable
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.events.buses import DEFAULT, bus_of
from fakeaws.services.events.patterns import parsed

Document = dict[str, Any]
MOST_TARGETS = 5
RESERVED = (
    "aws.events.rule-arn aws.events.rule-name aws.events.event.ingestion-time aws.events.event aws.events.event.json"
).split()


def rule_of(call: Call, member: str = "Name") -> Resource:
    """The rule that the parameters name, on the bus that they name."""
    bus = bus_of(call)
    rule = call.find("Rule", call[member], within=bus)
    if rule is None:
        text = f"Rule {call[member]} does not exist on EventBus {bus['Name']}."
        raise AwsError("ResourceNotFoundException", text)
    return rule


def put_rule(call: Call) -> Document:
    """A rule that is there becomes the one that is given; its targets and tags stay."""
    bus = bus_of(call)
    _check(call, bus)
    held = call.find("Rule", call["Name"], within=bus)
    path = call["Name"] if bus["Name"] == DEFAULT else f"{bus['Name']}/{call['Name']}"
    arn = call.make("arn:{partition}:events:{region}:{account}:rule/{path}", path=path)
    rule: Document = held if held is not None else {"Name": call["Name"], "_tags": call.get("Tags", [])}
    for name in ("EventPattern", "ScheduleExpression", "Description", "RoleArn"):
        rule.pop(name, None)
        if call.get(name):
            rule[name] = call[name]
    rule |= {"Arn": arn, "State": call.get("State", "ENABLED"), "EventBusName": bus["Name"]}
    rule["since"] = call.now
    _rest(call, call.keep("Rule", rule, within=bus), bus)
    return {"RuleArn": arn}


def _check(call: Call, bus: Resource) -> None:
    pattern, schedule = call.get("EventPattern"), call.get("ScheduleExpression")
    if not pattern and not schedule:
        text = "Parameter(s) EventPattern or ScheduleExpression must be specified."
        raise AwsError("ValidationException", text)
    if pattern:
        parsed(pattern)
    if not schedule:
        return
    if bus["Name"] != DEFAULT:
        raise AwsError("ValidationException", "ScheduleExpression is supported only on the default event bus.")
    try:
        if schedule.startswith("at("):
            raise ValueError(schedule)
        timetable.next_after(schedule, call.now)
    except ValueError as error:
        raise AwsError("ValidationException", "Parameter ScheduleExpression is not valid.") from error


def _rest(call: Call, rule: Resource, bus: Resource) -> None:
    """Have a rule's schedule run from now on, if it has one and has targets."""
    is_told = next(call.list("Target", within=rule), None) is not None
    rule["due"] = None
    if rule["State"] != "DISABLED" and "ScheduleExpression" in rule and is_told:
        rule["due"] = timetable.next_after(rule["ScheduleExpression"], call.now, rule["since"])
    call.keep("Rule", rule, within=bus)
    if rule["due"] is not None:
        call.at(rule["due"], _strike, Name=rule["Name"], Due=rule["due"])


def _strike(call: Call) -> None:
    """The time of a schedule has come; one that has changed meanwhile has another time."""
    from fakeaws.services.events.delivery import deliver, event_of

    bus = bus_of(call)
    rule = call.find("Rule", call["Name"], within=bus)
    if rule is None or rule.get("due") != call["Due"]:
        return
    entry = {"Source": "aws.events", "DetailType": "Scheduled Event", "Detail": "{}", "Resources": [rule["Arn"]]}
    deliver(call, rule, event_of(call, entry))
    _rest(call, rule, bus)


def describe_rule(call: Call) -> Document:
    return {**rule_of(call), "CreatedBy": call.account}


def list_rules(call: Call) -> Document:
    return {"Rules": call.page(call.list("Rule", within=bus_of(call), prefix=call.get("NamePrefix", "")))}


def list_rule_names_by_target(call: Call) -> Document:
    rules = call.list("Rule", within=bus_of(call))
    matching = (rule for rule in rules if any(t["Arn"] == call["TargetArn"] for t in call.list("Target", within=rule)))
    return {"RuleNames": [rule["Name"] for rule in call.page(matching)]}


def delete_rule(call: Call) -> Document:
    """A rule that is not there is as good as deleted; one that has targets stays."""
    rule = call.find("Rule", call["Name"], within=bus_of(call))
    if rule is None:
        return {}
    if next(call.list("Target", within=rule), None) is not None:
        raise AwsError("ValidationException", "Rule can't be deleted since it has targets.")
    call.drop("Rule", rule)
    return {}


def enable_rule(call: Call) -> Document:
    return _turned(call, "ENABLED")


def disable_rule(call: Call) -> Document:
    return _turned(call, "DISABLED")


def _turned(call: Call, state: str) -> Document:
    rule = rule_of(call)
    rule["State"] = state
    _rest(call, rule, bus_of(call))
    return {}


# Targets


def put_targets(call: Call) -> Document:
    """A target of an id that is there is replaced."""
    rule = rule_of(call, "Rule")
    for target in call["Targets"]:
        _check_target(target)
    held = {target.key: target for target in call.list("Target", within=rule)}
    if len({*held, *(target["Id"] for target in call["Targets"])}) > MOST_TARGETS:
        text = "The requested resource exceeds the maximum number allowed."
        raise AwsError("LimitExceededException", text)
    for target in call["Targets"]:
        if target["Id"] in held:
            call.drop("Target", held[target["Id"]])
        call.keep("Target", dict(target), within=rule)
    _rest(call, rule, bus_of(call))
    return {"FailedEntryCount": 0, "FailedEntries": []}


def _check_target(target: Document) -> None:
    arn, name = target["Arn"], target["Id"]
    if arns.parsed(arn) is None:
        text = f"Parameter {arn} is not valid. Reason: Provided Arn is not in correct format."
        raise AwsError("ValidationException", text)
    if arn.endswith(".fifo") and ":sqs:" in arn and "SqsParameters" not in target:
        raise AwsError("ValidationException", f"Parameter(s) SqsParameters must be specified for target: {name}.")
    if sum(member in target for member in ("Input", "InputPath", "InputTransformer")) > 1:
        text = f"Only one of Input, InputPath, or InputTransformer must be provided for target {name}."
        raise AwsError("ValidationException", text)
    transformer = target.get("InputTransformer")
    if transformer:
        known = {*transformer.get("InputPathsMap", {}), *RESERVED}
        for place in re.findall(r"<([A-Za-z0-9_.-]+)>", transformer["InputTemplate"]):
            if place not in known:
                text = f"InputTemplate for target {name} contains invalid placeholder {place}."
                raise AwsError("ValidationException", text)


def remove_targets(call: Call) -> Document:
    rule = rule_of(call, "Rule")
    for name in call["Ids"]:
        held = call.find("Target", name, within=rule)
        if held is not None:
            call.drop("Target", held)
    _rest(call, rule, bus_of(call))
    return {"FailedEntryCount": 0, "FailedEntries": []}


def list_targets_by_rule(call: Call) -> Document:
    return {"Targets": call.page(call.list("Target", within=rule_of(call, "Rule")))}
