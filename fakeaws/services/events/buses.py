"""Event buses: one by default, those of one's own, and who may put events on them."""

from __future__ import annotations

import json
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.policies.documents import Malformed, check, listed

Document = dict[str, Any]
DEFAULT = "default"


def _initialise(call: Call) -> None:
    """Run once for each account and region: a new account has the default bus."""
    arn = call.make("arn:{partition}:events:{region}:{account}:event-bus/default")
    call.keep("EventBus", {"Name": DEFAULT, "Arn": arn, "CreationTime": call.now, "LastModifiedTime": call.now})


def bus_of(call: Call, named: str | None = None) -> Resource:
    """The bus that a name or ARN names, else the default one."""
    named = named or call.get("EventBusName") or DEFAULT
    return call.read("EventBus", _name(named))


def _name(named: str) -> str:
    """The name in an ARN of a bus, or the name; those of partners' buses have slashes."""
    return named.partition(":event-bus/")[2] or named


def describe_event_bus(call: Call) -> Document:
    """All of a bus but the partner's event source that it was made for, which only the event source tells."""
    bus = bus_of(call, call.get("Name") or DEFAULT)
    return {name: value for name, value in bus.items() if name != "EventSourceName"}


def delete_event_bus(call: Call) -> Document:
    """A bus that is not there is as good as deleted; one that has rules stays."""
    if _name(call["Name"]) == DEFAULT:
        raise AwsError("ValidationException", "Cannot delete event bus default.")
    bus = call.find("EventBus", _name(call["Name"]))
    if bus is None:
        return {}
    if next(call.list("Rule", within=bus), None) is not None:
        raise AwsError("ValidationException", "Can't delete the event bus since it has rules.")
    call.drop("EventBus", bus)
    return {}


def put_permission(call: Call) -> Document:
    """Either a whole policy, or one statement that replaces the one of the same id."""
    bus = bus_of(call)
    if "Policy" in call:
        try:
            policy = check(call["Policy"], "resource")
        except Malformed as error:
            raise AwsError("ValidationException", "Policy provided is not valid.") from error
        return _with_policy(call, bus, policy)
    needed = ("Action", "Principal", "StatementId")
    if any(name not in call for name in needed):
        missing = next(name for name in needed if name not in call)
        raise AwsError("ValidationException", f"Parameter {missing} must be provided.")
    kept = [one for one in _statements(bus) if one.get("Sid") != call["StatementId"]]
    return _with_policy(call, bus, {"Version": "2012-10-17", "Statement": [*kept, _statement(call, bus)]})


def _statement(call: Call, bus: Resource) -> Document:
    principal = call["Principal"]
    who: Any = "*" if principal == "*" else {"AWS": f"arn:{call.caller.partition}:iam::{principal}:root"}
    said = {"Sid": call["StatementId"], "Effect": "Allow", "Principal": who, "Action": call["Action"]}
    said["Resource"] = bus["Arn"]
    if "Condition" in call:
        condition = call["Condition"]
        said["Condition"] = {condition["Type"]: {condition["Key"]: condition["Value"]}}
    return said


def _statements(bus: Resource) -> list[Document]:
    return listed(json.loads(bus["Policy"])["Statement"]) if "Policy" in bus else []


def _with_policy(call: Call, bus: Resource, policy: Document) -> Document:
    bus["Policy"] = json.dumps(policy, separators=(",", ":"))
    bus["LastModifiedTime"] = call.now
    call.keep("EventBus", bus)
    return {}


def remove_permission(call: Call) -> Document:
    bus = bus_of(call)
    kept = [one for one in _statements(bus) if one.get("Sid") != call.get("StatementId")]
    if not call.get("RemoveAllPermissions"):
        if len(kept) == len(_statements(bus)):
            missing = "EventBus does not have a policy." if "Policy" not in bus else "Statement with the provided id"
            end = "" if "Policy" not in bus else " does not exist."
            raise AwsError("ResourceNotFoundException", missing + end)
        if kept:
            return _with_policy(call, bus, {"Version": "2012-10-17", "Statement": kept})
    bus.pop("Policy", None)
    call.keep("EventBus", bus)
    return {}
