"""Event windows: the hours in which AWS may do what it plans for instances, and what they are for."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import check_tags, listed, new_id, read, read_all, tags_for

Document = dict[str, Any]
KIND = "InstanceEventWindow"


def create_instance_event_window(call: Call) -> Document:
    """Hours of the week, or a cron expression; at least four hours a week."""
    window = {
        "InstanceEventWindowId": new_id(call, KIND),
        "State": "active",
        "Tags": tags_for(call, "instance-event-window"),
        **({"Name": call["Name"]} if "Name" in call else {}),
        **_times(call),
    }
    return {KIND: {**call.keep(KIND, window), "State": "creating"}}


def _times(call: Call) -> Document:
    given = {name: call[name] for name in ("TimeRanges", "CronExpression") if name in call}
    if len(given) != 1:
        raise AwsError(
            "InvalidParameterCombination" if given else "MissingParameter",
            "Exactly one of TimeRanges and CronExpression must be specified.",
        )
    if len(str(given.get("CronExpression", "* * * * *")).split()) != 5:
        raise AwsError("InvalidParameterValue", f"The cron expression '{given['CronExpression']}' is invalid.")
    return given


def describe_instance_event_windows(call: Call) -> Document:
    return listed(call, KIND, "InstanceEventWindowIds", "InstanceEventWindows")


def modify_instance_event_window(call: Call) -> Document:
    window = read(call, KIND, call["InstanceEventWindowId"])
    if "TimeRanges" in call or "CronExpression" in call:
        times = _times(call)
        window.pop("TimeRanges", None)
        window.pop("CronExpression", None)
        window |= times
    window |= {"Name": call["Name"]} if "Name" in call else {}
    return {KIND: call.keep(KIND, window)}


def delete_instance_event_window(call: Call) -> Document:
    """One that is for something goes only by force."""
    window = read(call, KIND, call["InstanceEventWindowId"])
    if any(window.get("AssociationTarget", {}).values()) and not call.get("ForceDelete"):
        raise AwsError("InstanceEventWindowAssociated", f"{window.key} is associated with targets.")
    call.drop(KIND, window)
    state = {"InstanceEventWindowId": window.key, "State": "deleting"}
    return {"InstanceEventWindowState": state}


def associate_instance_event_window(call: Call) -> Document:
    """With instances, or tags of instances, or dedicated hosts: one kind, and each thing with one window."""
    window = read(call, KIND, call["InstanceEventWindowId"])
    target = _target(call)
    if any(window.get("AssociationTarget", {}).values()):
        raise AwsError("InstanceEventWindowAssociated", f"{window.key} is already associated with targets.")
    read_all(call, "Instance", target["InstanceIds"])
    read_all(call, "Host", target["DedicatedHostIds"])
    check_tags(target["Tags"])
    taken = {key for other in call.list(KIND) for key in other.get("AssociationTarget", {}).get("InstanceIds", ())}
    for key in target["InstanceIds"]:
        if key in taken:
            raise AwsError("InstanceAlreadyAssociated", f"{key} is already associated with an event window.")
    window["AssociationTarget"] = target
    return {KIND: call.keep(KIND, window)}


def _target(call: Call) -> Document:
    wanted = call["AssociationTarget"]
    target = {
        "InstanceIds": wanted.get("InstanceIds", []),
        "Tags": wanted.get("InstanceTags", []),
        "DedicatedHostIds": wanted.get("DedicatedHostIds", []),
    }
    if sum(bool(value) for value in target.values()) != 1:
        raise AwsError(
            "InvalidParameterCombination", "Exactly one of instance IDs, instance tags and hosts must be specified."
        )
    return target


def disassociate_instance_event_window(call: Call) -> Document:
    window: Resource = read(call, KIND, call["InstanceEventWindowId"])
    going, held = _target(call), window.get("AssociationTarget", {})
    window["AssociationTarget"] = {
        name: [value for value in held.get(name, ()) if value not in going[name]] for name in going
    }
    return {KIND: call.keep(KIND, window)}


def modify_instance_event_start_time(call: Call) -> Document:
    """AWS plans nothing for the machines of this cloud: no event is ever found."""
    read(call, "Instance", call["InstanceId"])
    raise AwsError(
        "InvalidInstanceEventIDNotFound", f"The instance event ID '{call['InstanceEventId']}' does not exist"
    )
