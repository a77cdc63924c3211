"""Placement groups: instances that stand close together, apart, or in partitions."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.kinds import kind
from fakeaws.core.resources.naming import arn_for, refusal
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import matched, tags_for, with_tags

Document = dict[str, Any]
GONE = ("shutting-down", "terminated")


def create_placement_group(call: Call) -> Document:
    name, strategy = call.get("GroupName"), call.get("Strategy", "cluster")
    if not name:
        raise AwsError("MissingParameter", "The request must contain the parameter groupName")
    if call.find("PlacementGroup", name) is not None:
        raise refusal(call, "PlacementGroup", "exists", name)
    for member, needed in (("PartitionCount", "partition"), ("SpreadLevel", "spread")):
        if member in call and strategy != needed:
            raise AwsError(
                "InvalidParameterCombination", f"{member} may only be specified with the strategy '{needed}'."
            )
    group: Document = {
        "GroupName": name,
        "State": "available",
        "Strategy": strategy,
        "GroupId": call.make("pg-0{hex16}"),
        "GroupArn": arn_for(call, "PlacementGroup", GroupName=name),
    }
    if strategy == "partition":
        group["PartitionCount"] = call.get("PartitionCount", 2)
        if not 1 <= group["PartitionCount"] <= 7:
            raise AwsError("InvalidParameterValue", "The partition count must be between 1 and 7.")
    if strategy == "spread":
        group["SpreadLevel"] = call.get("SpreadLevel", "rack")
    return {"PlacementGroup": call.keep("PlacementGroup", with_tags(group, tags_for(call, "placement-group")))}


def describe_placement_groups(call: Call) -> Document:
    rows = [call.read("PlacementGroup", name) for name in call.get("GroupNames", ())]
    rows += [_by_id(call, key) for key in call.get("GroupIds", ())]
    found: list[Document] = list(rows or call.list("PlacementGroup"))
    return {"PlacementGroups": matched(call, kind("ec2", "PlacementGroup"), found)}


def _by_id(call: Call, key: str) -> Resource:
    found = next(call.list("PlacementGroup", GroupId=key), None)
    if found is None:
        raise AwsError("InvalidPlacementGroupId.NotFound", f"The placement group ID '{key}' does not exist")
    return found


def delete_placement_group(call: Call) -> Document:
    group = call.read("PlacementGroup", call["GroupName"])
    if _members(call, group):
        raise AwsError(
            "InvalidPlacementGroup.InUse", f"The placement group '{group.key}' is in use and may not be deleted."
        )
    call.drop("PlacementGroup", group)
    return {}


def _members(call: Call, group: Resource) -> list[Resource]:
    return [i for i in call.list("Instance", Placement__GroupName=group.key) if i["State"]["Name"] not in GONE]


def placed(call: Call, wanted: Document, instance_type: str) -> Document:
    """The placement of an instance that is being launched, its group looked up and its partition chosen."""
    if "GroupName" not in wanted and "GroupId" not in wanted:
        return wanted
    group = _by_id(call, wanted["GroupId"]) if "GroupId" in wanted else call.read("PlacementGroup", wanted["GroupName"])
    if group["Strategy"] == "cluster" and instance_type.startswith(("t", "mac")):
        raise AwsError(
            "InvalidParameterCombination",
            f"Cluster placement groups are not supported by the '{instance_type}' instance type. Specify a supported"
            " instance type or change the placement group strategy, and try again.",
        )
    found = {**wanted, "GroupName": group.key, "GroupId": group["GroupId"]}
    if group["Strategy"] == "partition":
        found["PartitionNumber"] = _partition(call, group, wanted.get("PartitionNumber"))
    elif "PartitionNumber" in wanted:
        raise AwsError("InvalidParameterCombination", "PartitionNumber needs a placement group of partitions.")
    return found


def _partition(call: Call, group: Resource, wanted: int | None) -> int:
    """The one that was asked for, else the emptiest."""
    count = group["PartitionCount"]
    if wanted is not None:
        if not 1 <= wanted <= count:
            raise AwsError("InvalidParameterValue", f"The placement group '{group.key}' has {count} partitions.")
        return wanted
    held = [instance["Placement"].get("PartitionNumber") for instance in _members(call, group)]
    return min(range(1, count + 1), key=held.count)
