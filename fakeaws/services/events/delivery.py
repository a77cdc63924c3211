"""Events on their way: put on a bus, matched by its rules, shaped for their targets and handed over.

What no target takes goes to the target's dead-letter queue, else it is kept as a FailedInvocation in the cloud's file.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import partial
from typing import Any

from fakeaws.core.pipeline import delivery
from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.work import Task, retried
from fakeaws.core.resources.places import counted
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import arns
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.event_pattern_checks import lets_through
from fakeaws.services.events.buses import DEFAULT

Document = dict[str, Any]
SERVICE = "events.amazonaws.com"
LARGEST = 262144
HOPS = 2
"""How many buses an event may pass through."""
RETRIED = (429, 500, 502, 503, 504)
"""The statuses of errors after which a delivery is tried again."""


def put_events(call: Call) -> Document:
    """Each entry succeeds or fails by itself; what is put on a bus that is not there is lost."""
    if sum(len(json.dumps(entry, default=str)) for entry in call["Entries"]) > LARGEST:
        raise AwsError("ValidationException", "Total size of the entries in the request is over the limit.")
    answers = [_put(call, entry) for entry in call["Entries"]]
    return {"FailedEntryCount": sum("ErrorCode" in answer for answer in answers), "Entries": answers}


def _put(call: Call, entry: Document) -> Document:
    for name in ("Source", "DetailType", "Detail"):
        if not entry.get(name):
            text = f"Parameter {name} is not valid. Reason: {name} is a required argument."
            return {"ErrorCode": "InvalidArgument", "ErrorMessage": text}
    if entry["Source"].startswith("aws.") and call.caller.kind != "AWSService":
        return {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": "Not authorized for the source."}
    try:
        event = event_of(call, entry)
    except ValueError:
        return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    _route(call, entry.get("EventBusName") or DEFAULT, event, HOPS)
    return {"EventId": event["id"]}


def event_of(call: Call, entry: Document) -> Document:
    """The event that an entry becomes; ValueError where its detail is no JSON object."""
    detail = json.loads(entry["Detail"])
    if not isinstance(detail, dict):
        raise ValueError(entry["Detail"])
    moment = datetime.fromtimestamp(int(entry.get("Time", call.now)), UTC)
    return {
        "version": "0",
        "id": call.make("{uuid}"),
        "detail-type": entry["DetailType"],
        "source": entry["Source"],
        "account": call.account,
        "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": call.region,
        "resources": entry.get("Resources", []),
        "detail": detail,
    }


def _route(call: Call, named: str, event: Document, hops: int) -> None:
    elsewhere = call
    arn = arns.parsed(named)
    if arn is not None:
        elsewhere, named = call.of(account=arn.account, region=arn.region), arn.resource.partition("/")[2]
    bus = elsewhere.find("EventBus", named)
    for rule in list(elsewhere.list("Rule", within=bus)) if bus is not None else ():
        is_meant = "EventPattern" in rule and lets_through(json.loads(rule["EventPattern"]), event)
        if rule["State"] != "DISABLED" and is_meant:
            deliver(elsewhere, rule, event, hops)


def deliver(call: Call, rule: Resource, event: Document, hops: int = HOPS) -> None:
    """Have an event handed over to the targets of a rule, once the call is over."""
    for target in list(call.list("Target", within=rule)):
        parts = target["Arn"].split(":", 5)
        if parts[2] == "events" and "event-bus/" in parts[5]:
            if hops:
                _route(call, target["Arn"], event, hops - 1)
            continue
        call.work(_hand_over, rule=rule["Arn"], target=dict(target), text=_input(target, rule, event))


@retried(185, *(float(2**n) for n in range(10)))
def _hand_over(task: Task) -> None:
    """EventBridge tries again for a day or up to 185 times, with waits that double, unless the target does not exist or
    its own policy says less. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html"""
    target, text = task["target"], task["text"]
    more: Document = {}
    if "SqsParameters" in target:
        more = {"MessageGroupId": target["SqsParameters"]["MessageGroupId"]}
    elif ":kinesis:" in target["Arn"]:
        more = {"PartitionKey": _partition(target, text)}
    try:
        task.inside(partial(delivery.hand_over, principal=SERVICE, arn=target["Arn"], text=text, **more))
    except AwsError as error:
        most = target.get("RetryPolicy", {}).get("MaximumRetryAttempts", 185)
        if error.status in RETRIED and task.attempt <= most:
            raise
        task.inside(partial(_fail, rule=task["rule"], target=target, text=text, error=error))


def _partition(target: Document, text: str) -> str:
    path = target.get("KinesisParameters", {}).get("PartitionKeyPath", "$.id")
    return str(_at(json.loads(text), path))


def _fail(call: Call, rule: str, target: Document, text: str, error: AwsError) -> None:
    letters = target.get("DeadLetterConfig", {}).get("Arn")
    if letters:
        fields = {"RULE_ARN": rule, "TARGET_ARN": target["Arn"]}
        fields |= {"ERROR_CODE": error.code, "ERROR_MESSAGE": error.message or error.code}
        attributes = {name: {"DataType": "String", "StringValue": value} for name, value in fields.items()}
        try:
            delivery.hand_over(call, SERVICE, letters, text, MessageAttributes=attributes)
            return
        except AwsError as also:
            error = also
    number = counted(call, "events failures")
    failure = {"key": f"{number:012}", "Rule": rule, "Target": target["Arn"], "Input": text}
    call.keep("FailedInvocation", {**failure, "Error": error.code, "Message": error.message, "at": call.now})


# What targets get


def _input(target: Document, rule: Document, event: Document) -> str:
    if "Input" in target:
        return str(target["Input"])
    if "InputPath" in target:
        return _json(_at(event, target["InputPath"]))
    if "InputTransformer" in target:
        return _transformed(target["InputTransformer"], rule, event)
    return _json(event)


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _at(event: Document, path: str) -> Any:
    """What a JSONPath such as `$.detail.items[0]` points at; None where there is nothing."""
    found: Any = event
    for name, index in re.findall(r"\.([^.\[]+)|\[(\d+)\]", path):
        try:
            found = found[name] if name else found[int(index)]
        except (KeyError, IndexError, TypeError):
            return None
    return found


def _transformed(transformer: Document, rule: Document, event: Document) -> str:
    """The template with its places filled: within quotes as text, elsewhere as JSON."""
    values = {name: _at(event, path) for name, path in transformer.get("InputPathsMap", {}).items()}
    values |= {"aws.events.rule-arn": rule["Arn"], "aws.events.rule-name": rule["Name"], "aws.events.event": event}
    values |= {"aws.events.event.json": event, "aws.events.event.ingestion-time": event["time"]}
    template = transformer["InputTemplate"]

    def filled(place: re.Match[str]) -> str:
        value = values.get(place[1])
        if template.count('"', 0, place.start()) % 2:
            return _json(value)[1:-1] if isinstance(value, str) else "" if value is None else _json(value)
        is_document = template.lstrip()[:1] in "{["
        return _json(value) if is_document or not isinstance(value, str) else value

    return re.sub(r"<([A-Za-z0-9_.-]+)>", filled, template)
