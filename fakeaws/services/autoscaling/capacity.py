"""Instances of a group: launched and terminated until there are as many as wanted, each change with its activity."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.places import counted
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]


def group_of(call: Call, name: str | None = None) -> Resource:
    key = name if name is not None else call["AutoScalingGroupName"]
    found = call.find("AutoScalingGroup", key)
    if found is None:
        raise AwsError("ValidationError", f"AutoScalingGroup name not found - AutoScalingGroup '{key}' not found")
    return found


def is_suspended(group: Resource, process: str) -> bool:
    return any(one["ProcessName"] == process for one in group["SuspendedProcesses"])


def settle(call: Call, group: Resource, cause: str) -> None:
    """Launch or terminate until the group has the instances that it wants; instances that are gone are forgotten."""
    counted = _alive(call, group)
    missing = group["DesiredCapacity"] - len(counted)
    if missing > 0 and not is_suspended(group, "Launch"):
        for _ in range(missing):
            _launch(call, group, cause)
    elif missing < 0 and not is_suspended(group, "Terminate"):
        free = [one for one in counted if not one["ProtectedFromScaleIn"]]
        for one in free[:-missing]:
            terminate(call, group, one["InstanceId"], cause)
    call.keep("AutoScalingGroup", group)


def _alive(call: Call, group: Resource) -> list[Document]:
    """The instances that count: those in service, once those that somebody else terminated are left out."""
    ids = [one["InstanceId"] for one in group["Instances"]]
    params = {"Filters": [{"Name": "instance-id", "Values": ids}]}
    found = call.perform("ec2", "DescribeInstances", params)["Reservations"] if ids else []
    running = {
        one["InstanceId"]
        for reservation in found
        for one in reservation["Instances"]
        if one["State"]["Name"] in ("pending", "running")
    }
    group["Instances"] = [
        one
        for one in group["Instances"]
        if one["LifecycleState"] == "Standby" or (one["InstanceId"] in running and one["HealthStatus"] == "Healthy")
    ]
    return [one for one in group["Instances"] if one["LifecycleState"] == "InService"]


def _launch(call: Call, group: Resource, cause: str) -> None:
    subnets = [one for one in group.get("VPCZoneIdentifier", "").split(",") if one]
    zones, number = group["AvailabilityZones"], len(group["Instances"])
    params = _parameters(call, group)
    if subnets:
        params["SubnetId"] = subnets[number % len(subnets)].strip()
    else:
        params["Placement"] = {"AvailabilityZone": zones[number % len(zones)]}
    tags = [{"Key": tag["Key"], "Value": tag["Value"]} for tag in group["Tags"] if tag.get("PropagateAtLaunch")]
    if tags:
        params["TagSpecifications"] = [{"ResourceType": "instance", "Tags": tags}]
    [made] = call.perform("ec2", "RunInstances", {**params, "MinCount": 1, "MaxCount": 1})["Instances"]
    add(group, made)
    if group["TargetGroupARNs"]:
        for arn in group["TargetGroupARNs"]:
            target = {"TargetGroupArn": arn, "Targets": [{"Id": made["InstanceId"]}]}
            call.perform("elbv2", "RegisterTargets", target)
    note(call, group, f"Launching a new EC2 instance: {made['InstanceId']}", cause)


def add(group: Resource, instance: Document) -> None:
    """Take an instance of EC2 into a group."""
    names = ("LaunchConfigurationName", "LaunchTemplate")
    made = {
        "InstanceId": instance["InstanceId"],
        "InstanceType": instance["InstanceType"],
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
        "LifecycleState": "InService",
        "HealthStatus": "Healthy",
        "ProtectedFromScaleIn": group["NewInstancesProtectedFromScaleIn"],
        **{name: group[name] for name in names if name in group},
    }
    group["Instances"].append(made)


def _parameters(call: Call, group: Resource) -> Document:
    """What an instance is launched with: what the group's launch template or configuration says."""
    mixed = group.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {}).get("LaunchTemplateSpecification")
    template = group.get("LaunchTemplate") or mixed
    if template:
        parts = ("LaunchTemplateId", "LaunchTemplateName", "Version")
        named = {name: template[name] for name in parts if name in template}
        if "LaunchTemplateId" in named:
            named.pop("LaunchTemplateName", None)
        return {"LaunchTemplate": named}
    held = call.read("LaunchConfiguration", group.get("LaunchConfigurationName", ""))
    names = ("ImageId", "InstanceType", "KeyName", "UserData", "BlockDeviceMappings", "EbsOptimized", "MetadataOptions")
    found = {name: held[name] for name in names if held.get(name)}
    if held.get("SecurityGroups"):
        found["SecurityGroupIds"] = held["SecurityGroups"]
    if held.get("IamInstanceProfile"):
        key = "Arn" if held["IamInstanceProfile"].startswith("arn:") else "Name"
        found["IamInstanceProfile"] = {key: held["IamInstanceProfile"]}
    return found


def terminate(call: Call, group: Resource, instance: str, cause: str) -> Document:
    """Terminate an instance of a group."""
    group["Instances"] = [one for one in group["Instances"] if one["InstanceId"] != instance]
    call.perform("ec2", "TerminateInstances", {"InstanceIds": [instance]})
    return note(call, group, f"Terminating EC2 instance: {instance}", cause)


def note(call: Call, group: Resource, description: str, cause: str) -> Document:
    """An activity of a group, which is over at once."""
    number = counted(call, "autoscaling activities")
    row = {
        "key": f"{number:012}",
        "ActivityId": call.make("{uuid}"),
        "AutoScalingGroupName": group.key,
        "AutoScalingGroupARN": group["AutoScalingGroupARN"],
        "Description": description,
        "Cause": cause,
        "StartTime": call.now,
        "EndTime": call.now,
        "StatusCode": "Successful",
        "Progress": 100,
        "Details": "{}",
    }
    kept = call.keep("ScalingActivity", row)
    return {name: value for name, value in kept.items() if name != "key"}
