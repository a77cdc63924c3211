"""Network interfaces of their own: made in a subnet, attached to instances, changed and deleted."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.compute import interfaces
from fakeaws.services.ec2.compute.instance_types import facts_of
from fakeaws.services.ec2.compute.instances import refresh, show_interface
from fakeaws.services.ec2.network import routes
from fakeaws.services.ec2.network.groups import by_name
from fakeaws.services.ec2.resources import listed, read, tags_for

Document = dict[str, Any]


def create_network_interface(call: Call) -> Document:
    """In the VPC's default group where none is said; pending at first."""
    interfaces.refuse_prefixes(call)
    subnet = read(call, "Subnet", call["SubnetId"])
    groups = groups_of(call, subnet, call.get("Groups", []))
    tags = tags_for(call, "network-interface")
    interface = interfaces.create(call, subnet, groups, dict(call.params), tags)
    interface |= {"Status": "available", "RequesterId": call.make("{account}"), "InterfaceType": "interface"}
    if "InterfaceType" in call:
        interface["InterfaceType"] = call["InterfaceType"]
    call.keep("NetworkInterface", interface)
    return {"NetworkInterface": {**interface, "Status": "pending"}, "ClientToken": call.get("ClientToken")}


def groups_of(call: Call, subnet: Resource, keys: list[str]) -> list[Document]:
    """Security groups by id, all of the subnet's VPC; its default group where none is named."""
    if keys:
        found = [read(call, "SecurityGroup", key) for key in keys]
    else:
        usual = by_name(call, subnet["VpcId"], "default")
        found = [usual] if usual is not None else []
    for group in found:
        shared = [a["VpcId"] for a in group.get("associations", ())]
        if subnet["VpcId"] not in (group["VpcId"], *shared):
            raise AwsError(
                "InvalidParameterValue",
                f"You have specified two resources that belong to different networks: {group['GroupId']} and"
                f" {subnet['SubnetId']}.",
            )
    if len(found) > 5:
        raise AwsError(
            "SecurityGroupsPerInterfaceLimitExceeded",
            "The maximum number of security groups per interface has been reached.",
        )
    return [{"GroupId": group["GroupId"], "GroupName": group["GroupName"]} for group in found]


def describe_network_interfaces(call: Call) -> Document:
    return listed(call, "NetworkInterface", "NetworkInterfaceIds", "NetworkInterfaces")


def delete_network_interface(call: Call) -> Document:
    """Attached ones stay."""
    interface = read(call, "NetworkInterface", call["NetworkInterfaceId"])
    if interface.get("RequesterManaged"):
        raise AwsError(
            "OperationNotPermitted", f"You are not allowed to manage '{interface.key}', which a service made."
        )
    if "Attachment" in interface:
        raise AwsError("InvalidParameterValue", f"Network interface '{interface.key}' is currently in use.")
    interfaces.release(call, interface.key)
    routes.target_is(call, "NetworkInterfaceId", interface.key, "blackhole")
    return {}


def attach_network_interface(call: Call) -> Document:
    """In the instance's zone; each device index once, and as many as the instance type holds."""
    interface = read(call, "NetworkInterface", call["NetworkInterfaceId"])
    instance = read(call, "Instance", call["InstanceId"])
    _check_attachment(interface, instance, call["DeviceIndex"])
    interfaces.attach(call, interface, instance.key, call["DeviceIndex"], False)
    instance["NetworkInterfaces"].append(interfaces.as_seen(interface))
    call.keep("NetworkInterface", interface)
    interfaces.show_holder(call, interface)
    refresh(call, instance)
    call.keep("Instance", instance)
    return {"AttachmentId": interface["Attachment"]["AttachmentId"], "NetworkCardIndex": 0}


def _check_attachment(interface: Resource, instance: Resource, index: int) -> None:
    if "Attachment" in interface:
        raise AwsError("InvalidNetworkInterface.InUse", f"Interface: [{interface.key}] in use.")
    if instance["State"]["Name"] not in ("running", "stopped"):
        raise AwsError("IncorrectInstanceState", f"Instance '{instance.key}' is not 'running' or 'stopped'.")
    if interface["AvailabilityZone"] != instance["Placement"]["AvailabilityZone"]:
        raise AwsError(
            "InvalidParameterCombination",
            "You may not attach a network interface to an instance if they are not in the same availability zone",
        )
    seen = instance["NetworkInterfaces"]
    if any(other["Attachment"]["DeviceIndex"] == index for other in seen):
        raise AwsError(
            "InvalidParameterValue",
            f"Instance '{instance.key}' already has an interface attached at device index '{index}'.",
        )
    most = (facts_of(instance["InstanceType"]) or {}).get("interfaces", 15)
    if len(seen) >= most:
        raise AwsError(
            "AttachmentLimitExceeded",
            f"Interface count {len(seen) + 1} exceeds the limit for {instance['InstanceType']}",
        )


def detach_network_interface(call: Call) -> Document:
    """The primary one stays."""
    key = call["AttachmentId"]
    interface = next(call.list("NetworkInterface", Attachment__AttachmentId=key), None)
    if interface is None:
        raise AwsError("InvalidAttachmentID.NotFound", f"The attachment '{key}' does not exist")
    attachment = interface["Attachment"]
    if attachment["DeviceIndex"] == 0 or "InstanceId" not in attachment:
        raise AwsError("OperationNotPermitted", "The network interface at device index 0 cannot be detached.")
    instance = call.read("Instance", attachment["InstanceId"])
    seen = instance["NetworkInterfaces"]
    instance["NetworkInterfaces"] = [i for i in seen if i["NetworkInterfaceId"] != interface.key]
    call.keep("Instance", instance)
    interfaces.detach(call, interface)
    return {}


def describe_network_interface_attribute(call: Call) -> Document:
    interface = read(call, "NetworkInterface", call["NetworkInterfaceId"])
    name = call.get("Attribute", "description")
    answer: Document = {"NetworkInterfaceId": interface.key}
    values: Document = {
        "description": {"Description": {"Value": interface["Description"]}},
        "groupSet": {"Groups": interface["Groups"]},
        "sourceDestCheck": {"SourceDestCheck": {"Value": interface["SourceDestCheck"]}},
        "attachment": {"Attachment": interface["Attachment"]} if "Attachment" in interface else {},
        "associatePublicIpAddress": {"AssociatePublicIpAddress": "Association" in interface},
    }
    return {**answer, **values[name]}


def modify_network_interface_attribute(call: Call) -> Document:
    """What changes is shown on the instance too."""
    interface = read(call, "NetworkInterface", call["NetworkInterfaceId"])
    names = (
        "Description",
        "SourceDestCheck",
        "Groups",
        "Attachment",
        "EnaSrdSpecification",
        "ConnectionTrackingSpecification",
    )
    given = [name for name in (*names, "AssociatePublicIpAddress", "EnablePrimaryIpv6") if name in call]
    if len(given) != 1:
        raise AwsError(
            "InvalidParameterCombination" if given else "MissingParameter",
            "The request must contain exactly one attribute to modify",
        )
    for name in ("Description", "SourceDestCheck"):
        if name in call:
            interface[name] = call[name]["Value"]
    if "Groups" in call:
        interface["Groups"] = groups_of(call, read(call, "Subnet", interface["SubnetId"]), call["Groups"])
    if "Attachment" in call:
        _change_attachment(call, interface)
    if "ConnectionTrackingSpecification" in call:
        interface["ConnectionTrackingConfiguration"] = call["ConnectionTrackingSpecification"]
    show_interface(call, interface)
    _show_primary(call, interface)
    return {}


def _change_attachment(call: Call, interface: Resource) -> None:
    wanted, held = call["Attachment"], interface.get("Attachment", {})
    if wanted.get("AttachmentId") != held.get("AttachmentId"):
        raise AwsError("InvalidAttachmentID.NotFound", f"The attachment '{wanted.get('AttachmentId')}' does not exist")
    held["DeleteOnTermination"] = wanted.get("DeleteOnTermination", held["DeleteOnTermination"])


def _show_primary(call: Call, interface: Resource) -> None:
    """Groups and the source check of the primary interface are the instance's."""
    attachment = interface.get("Attachment", {})
    if attachment.get("DeviceIndex") == 0 and "InstanceId" in attachment:
        instance = call.read("Instance", attachment["InstanceId"])
        instance |= {"SecurityGroups": interface["Groups"], "SourceDestCheck": interface["SourceDestCheck"]}
        call.keep("Instance", instance)


def reset_network_interface_attribute(call: Call) -> Document:
    """Only the source check can be put back."""
    interface = read(call, "NetworkInterface", call["NetworkInterfaceId"])
    interface["SourceDestCheck"] = True
    show_interface(call, interface)
    _show_primary(call, interface)
    return {}
