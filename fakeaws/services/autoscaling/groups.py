"""Groups and what is done with their instances."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import declared, kinds
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.autoscaling.capacity import add, group_of, is_suspended, note, settle, terminate

Document = dict[str, Any]
HELD = (
    "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the"
    " group."
)


def create_auto_scaling_group(call: Call) -> Document:
    """A group launches its instances at once."""
    sources = {"LaunchTemplate", "LaunchConfigurationName", "InstanceId", "MixedInstancesPolicy"}
    if not sources & set(call.params):
        text = "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or"
        raise AwsError("ValidationError", f"{text} MixedInstancesPolicy parameter.")
    if (
        "MixedInstancesPolicy" in call
        and not call["MixedInstancesPolicy"]["LaunchTemplate"]["LaunchTemplateSpecification"]
    ):
        raise AwsError("ValidationError", "You must use a launch template with a mixed instances policy.")
    if not call.get("AvailabilityZones") and not call.get("VPCZoneIdentifier"):
        raise AwsError("ValidationError", "At least one Availability Zone or VPC Subnet is required.")
    made = {**call.params, "DesiredCapacity": call.get("DesiredCapacity", call["MinSize"])}
    _check_size(made)
    if "LaunchConfigurationName" in call:
        call.read("LaunchConfiguration", call["LaunchConfigurationName"])
    made["AvailabilityZones"] = call.get("AvailabilityZones") or _zones(call, call["VPCZoneIdentifier"])
    made["Tags"] = [_tag(call["AutoScalingGroupName"], one) for one in call.get("Tags", [])]
    group = declared.make(call, kinds.kind("autoscaling", "AutoScalingGroup"), made, "", {"verb": "create"})
    settle(call, group, "an instance was started in response to a difference between desired and actual capacity")
    return {}


def _check_size(group: Document) -> None:
    least, most, wanted = group["MinSize"], group["MaxSize"], group["DesiredCapacity"]
    if most < least:
        raise AwsError("ValidationError", f"Max bound, {most}, must be greater than or equal to min bound, {least}")
    if not least <= wanted <= most:
        text = f"Desired capacity:{wanted} must be between the specified min size:{least} and max size:{most}"
        raise AwsError("ValidationError", text)


def _zones(call: Call, subnets: str) -> list[str]:
    params = {"SubnetIds": [one.strip() for one in subnets.split(",")]}
    try:
        found = call.perform("ec2", "DescribeSubnets", params)["Subnets"]
    except AwsError as error:
        raise AwsError("ValidationError", f"The subnet ID '{subnets}' does not exist") from error
    return sorted({one["AvailabilityZone"] for one in found})


def _tag(name: str, given: Document) -> Document:
    usual = {"ResourceId": name, "ResourceType": "auto-scaling-group", "Value": "", "PropagateAtLaunch": False}
    return {**usual, **given}


def update_auto_scaling_group(call: Call) -> Document:
    """Another size moves the number of instances into its bounds."""
    group = group_of(call)
    group.update({name: value for name, value in call.params.items() if name != "AutoScalingGroupName"})
    if "DesiredCapacity" not in call:
        group["DesiredCapacity"] = min(
            max(group["DesiredCapacity"], group["MinSize"]), max(group["MaxSize"], group["MinSize"])
        )
    _check_size(group)
    if "LaunchTemplate" in call or "MixedInstancesPolicy" in call:
        group.pop("LaunchConfigurationName", None)
    if "LaunchConfigurationName" in call:
        call.read("LaunchConfiguration", call["LaunchConfigurationName"])
        group.pop("LaunchTemplate", None)
    if "VPCZoneIdentifier" in call:
        group["AvailabilityZones"] = _zones(call, call["VPCZoneIdentifier"])
    settle(call, group, "a user request update of AutoScalingGroup constraints changed the desired capacity")
    return {}


def describe_auto_scaling_groups(call: Call) -> Document:
    """Looked at, a group puts others in the place of instances that are gone."""
    names = call.get("AutoScalingGroupNames")
    rows = [row for row in call.list("AutoScalingGroup") if not names or row.key in names]
    rows = [row for row in rows if all(_passes(row, one) for one in call.get("Filters", ()))]
    for row in rows:
        if not is_suspended(row, "ReplaceUnhealthy"):
            settle(call, row, "an instance was taken out of service in response to an EC2 health check")
    return {"AutoScalingGroups": call.page(iter(rows))}


def _passes(group: Resource, requested: Document) -> bool:
    name, wanted = requested["Name"], requested.get("Values", [])
    if name == "tag-key":
        return any(tag["Key"] in wanted for tag in group["Tags"])
    if name == "tag-value":
        return any(tag["Value"] in wanted for tag in group["Tags"])
    return any(f"tag:{tag['Key']}" == name and tag["Value"] in wanted for tag in group["Tags"])


def describe_auto_scaling_instances(call: Call) -> Document:
    wanted = call.get("InstanceIds")
    rows = [
        {**one, "AutoScalingGroupName": group.key, "HealthStatus": one["HealthStatus"].upper()}
        for group in call.list("AutoScalingGroup")
        for one in group["Instances"]
        if not wanted or one["InstanceId"] in wanted
    ]
    return {"AutoScalingInstances": rows}


def delete_auto_scaling_group(call: Call) -> Document:
    """One with instances only by force, which terminates them."""
    group = group_of(call)
    if group["Instances"] and not call.get("ForceDelete"):
        raise AwsError("ResourceInUse", HELD)
    for one in list(group["Instances"]):
        terminate(call, group, one["InstanceId"], "a user request force deleted the AutoScalingGroup")
    return call.declared()


def set_desired_capacity(call: Call) -> Document:
    group, wanted = group_of(call), call["DesiredCapacity"]
    for bound, name, over in (
        ("MaxSize", "max", wanted > group["MaxSize"]),
        ("MinSize", "min", wanted < group["MinSize"]),
    ):
        if over:
            text = f"New SetDesiredCapacity value {wanted} is {'above' if name == 'max' else 'below'} {name} value"
            raise AwsError("ValidationError", f"{text} {group[bound]} for the AutoScalingGroup.")
    old = group["DesiredCapacity"]
    group["DesiredCapacity"] = wanted
    settle(call, group, f"a user request explicitly set group desired capacity changing it from {old} to {wanted}")
    return {}


# Instances


def _instance(call: Call, key: str) -> tuple[Resource, Document]:
    for group in call.list("AutoScalingGroup"):
        for one in group["Instances"]:
            if one["InstanceId"] == key:
                return group, one
    raise AwsError("ValidationError", f"Instance Id not found - No managed instance found for instance ID: {key}")


def attach_instances(call: Call) -> Document:
    """The group wants so many more."""
    group, ids = group_of(call), call.get("InstanceIds", [])
    if group["DesiredCapacity"] + len(ids) > group["MaxSize"]:
        text = (
            f"AutoScalingGroup {group.key} has max-size={group['MaxSize']} and desired-size={group['DesiredCapacity']}"
        )
        raise AwsError("ValidationError", f"{text}: more instances cannot be attached")
    try:
        found = call.perform("ec2", "DescribeInstances", {"InstanceIds": ids})["Reservations"]
    except AwsError as error:
        raise AwsError("ValidationError", f"Invalid Instance ID(s): {', '.join(ids)} specified") from error
    for reservation in found:
        for one in reservation["Instances"]:
            add(group, one)
            note(call, group, f"Attaching an existing EC2 instance: {one['InstanceId']}", "a user request attached it")
    group["DesiredCapacity"] += len(ids)
    call.keep("AutoScalingGroup", group)
    return {}


def _taken(call: Call, group: Resource, ids: list[str]) -> list[Document]:
    held = {one["InstanceId"]: one for one in group["Instances"]}
    unknown = [key for key in ids if key not in held]
    if unknown:
        text = f"The instance {unknown[0]} is not part of Auto Scaling group {group.key}."
        raise AwsError("ValidationError", text)
    return [held[key] for key in ids]


def _fewer(group: Resource, count: int) -> None:
    if group["DesiredCapacity"] - count < group["MinSize"]:
        size = f"min-size={group['MinSize']}, max-size={group['MaxSize']}, and desired-size={group['DesiredCapacity']}"
        text = f"AutoScalingGroup {group.key} has {size}. It cannot have fewer instances."
        raise AwsError("ValidationError", text)
    group["DesiredCapacity"] -= count


def detach_instances(call: Call) -> Document:
    """They go on running; others take their places unless fewer are wanted."""
    group, ids = group_of(call), call.get("InstanceIds", [])
    _taken(call, group, ids)
    if call["ShouldDecrementDesiredCapacity"]:
        _fewer(group, len(ids))
    group["Instances"] = [one for one in group["Instances"] if one["InstanceId"] not in ids]
    done = [note(call, group, f"Detaching EC2 instance: {key}", "a user request detached it") for key in ids]
    settle(call, group, "instances were started in the place of those that were detached")
    return {"Activities": done}


def enter_standby(call: Call) -> Document:
    group, ids = group_of(call), call.get("InstanceIds", [])
    rows = _taken(call, group, ids)
    if call["ShouldDecrementDesiredCapacity"]:
        _fewer(group, len(ids))
    for one in rows:
        one["LifecycleState"] = "Standby"
    done = [note(call, group, f"Moving EC2 instance to Standby: {key}", "a user request moved it") for key in ids]
    settle(call, group, "instances were started in the place of those that were moved to standby")
    return {"Activities": done}


def exit_standby(call: Call) -> Document:
    """The group wants as many more again."""
    group, ids = group_of(call), call.get("InstanceIds", [])
    for one in _taken(call, group, ids):
        one["LifecycleState"] = "InService"
    group["DesiredCapacity"] += len(ids)
    call.keep("AutoScalingGroup", group)
    done = [note(call, group, f"Moving EC2 instance out of Standby: {key}", "a user request moved it") for key in ids]
    return {"Activities": done}


def set_instance_protection(call: Call) -> Document:
    group = group_of(call)
    for one in _taken(call, group, call["InstanceIds"]):
        one["ProtectedFromScaleIn"] = call["ProtectedFromScaleIn"]
    call.keep("AutoScalingGroup", group)
    return {}


def set_instance_health(call: Call) -> Document:
    """An unhealthy instance is replaced when the group is next looked at."""
    group, one = _instance(call, call["InstanceId"])
    one["HealthStatus"] = call["HealthStatus"]
    call.keep("AutoScalingGroup", group)
    return {}


def terminate_instance_in_auto_scaling_group(call: Call) -> Document:
    """Another takes its place unless fewer are wanted."""
    key = call.get("InstanceId") or next(iter(call.get("InstanceIds", [])), "")
    group, _ = _instance(call, key)
    if call["ShouldDecrementDesiredCapacity"]:
        _fewer(group, 1)
    done = terminate(call, group, key, "a user request terminated it")
    settle(call, group, "an instance was started in the place of one that was terminated")
    return {"Activity": done}


def describe_scaling_activities(call: Call) -> Document:
    """The newest first."""
    name = call.get("AutoScalingGroupName")
    if name is not None:
        group_of(call)
    ids = call.get("ActivityIds")
    rows = [row for row in call.list("ScalingActivity") if name in (None, row["AutoScalingGroupName"])]
    found = [{k: v for k, v in row.items() if k != "key"} for row in rows if not ids or row["ActivityId"] in ids]
    return {"Activities": found[::-1]}
