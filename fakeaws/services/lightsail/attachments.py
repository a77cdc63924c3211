"""Static addresses and disks, which instances have for a while."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.places import drawn
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.lightsail.instances import release
from fakeaws.services.lightsail.operations import location, operation, read, refuse_twin

Document = dict[str, Any]


def allocate_static_ip(call: Call) -> Document:
    refuse_twin(call, call["staticIpName"])
    third, fourth = drawn(call, 2)
    made = {
        "name": call["staticIpName"],
        "arn": call.make("arn:{partition}:lightsail:{region}:{account}:StaticIp/{uuid}"),
        "supportCode": call.make("{account}/52.0." + f"{third}.{max(4, fourth)}"),
        "createdAt": call.now,
        "location": location(call),
        "resourceType": "StaticIp",
        "ipAddress": f"52.0.{third}.{max(4, fourth)}",
        "isAttached": False,
    }
    return {"operations": [operation(call, "StaticIp", call.keep("StaticIp", made), call["staticIpName"])]}


def attach_static_ip(call: Call) -> Document:
    """The instance's own address is given up."""
    address, instance = read(call, "StaticIp", call["staticIpName"]), read(call, "Instance", call["instanceName"])
    if address["isAttached"]:
        text = f"The static IP is already attached to another instance: {address['attachedTo']}"
        raise AwsError("OperationFailureException", text)
    address |= {"attachedTo": instance.key, "isAttached": True}
    instance |= {"publicIpAddress": address["ipAddress"], "isStaticIp": True}
    call.keep("StaticIp", address)
    call.keep("Instance", instance)
    return {"operations": [operation(call, "StaticIp", address), operation(call, "Instance", instance)]}


def detach_static_ip(call: Call) -> Document:
    address = read(call, "StaticIp", call["staticIpName"])
    if not address["isAttached"]:
        raise AwsError("OperationFailureException", f"The static IP is not attached to an instance: {address.key}")
    instance = _freed(call, address)
    release(call, "StaticIp", address)
    done = [operation(call, "StaticIp", address)]
    return {"operations": [*done, *([operation(call, "Instance", instance)] if instance is not None else [])]}


def _freed(call: Call, address: Resource) -> Resource | None:
    instance = call.find("Instance", address["attachedTo"])
    if instance is None:
        return None
    third, fourth = drawn(call, 2)
    instance |= {"publicIpAddress": f"3.80.{third}.{max(4, fourth)}", "isStaticIp": False}
    return call.keep("Instance", instance)


def release_static_ip(call: Call) -> Document:
    address = read(call, "StaticIp", call["staticIpName"])
    if address["isAttached"]:
        _freed(call, address)
    call.drop("StaticIp", address)
    return {"operations": [operation(call, "StaticIp", address)]}


# Disks


def create_disk(call: Call) -> Document:
    return _created(call, call["sizeInGb"])


def create_disk_from_snapshot(call: Call) -> Document:
    snapshot = read(call, "DiskSnapshot", call.get("diskSnapshotName", ""))
    if call["sizeInGb"] < snapshot["sizeInGb"]:
        raise AwsError("InvalidInputException", f"The disk must be at least {snapshot['sizeInGb']} GB.")
    return _created(call, call["sizeInGb"])


def _created(call: Call, size: int) -> Document:
    refuse_twin(call, call["diskName"])
    made = {
        "name": call["diskName"],
        "arn": call.make("arn:{partition}:lightsail:{region}:{account}:Disk/{uuid}"),
        "supportCode": call.make("{account}/vol-0{hex16}"),
        "createdAt": call.now,
        "location": location(call, call["availabilityZone"]),
        "resourceType": "Disk",
        "tags": call.get("tags", []),
        "sizeInGb": size,
        "isSystemDisk": False,
        "iops": max(100, 3 * size),
        "state": "available",
        "isAttached": False,
        "attachmentState": "detached",
    }
    return {"operations": [operation(call, "Disk", call.keep("Disk", made))]}


def attach_disk(call: Call) -> Document:
    """In the zone of the instance only, which shows it with its hardware."""
    disk, instance = read(call, "Disk", call["diskName"]), read(call, "Instance", call["instanceName"])
    if disk["isAttached"]:
        raise AwsError("OperationFailureException", f"The disk is already attached: {disk['attachedTo']}")
    if disk["location"] != instance["location"]:
        raise AwsError("InvalidInputException", "The disk and the instance must be in the same Availability Zone.")
    state = {"attachedTo": instance.key, "isAttached": True, "path": call["diskPath"]}
    disk |= {**state, "state": "in-use", "attachmentState": "attached"}
    instance["hardware"]["disks"].append({m: v for m, v in disk.items() if m != "tags"})
    call.keep("Disk", disk)
    call.keep("Instance", instance)
    return {"operations": [operation(call, "Disk", disk, instance.key)]}


def detach_disk(call: Call) -> Document:
    disk = read(call, "Disk", call["diskName"])
    instance = call.find("Instance", disk.get("attachedTo", ""))
    if instance is None:
        raise AwsError("OperationFailureException", f"The disk is not attached to an instance: {disk.key}")
    if instance["state"]["name"] != "stopped":
        text = "You can't detach this disk right now. The state of this instance is: "
        raise AwsError("OperationFailureException", text + instance["state"]["name"])
    disks = instance["hardware"]["disks"]
    instance["hardware"]["disks"] = [one for one in disks if one.get("name") != disk.key]
    call.keep("Instance", instance)
    release(call, "Disk", disk)
    return {"operations": [operation(call, "Disk", disk, instance.key)]}


def delete_disk(call: Call) -> Document:
    disk = read(call, "Disk", call["diskName"])
    if disk["isAttached"]:
        raise AwsError("OperationFailureException", "The disk is attached to an instance: detach it first.")
    call.drop("Disk", disk)
    return {"operations": [operation(call, "Disk", disk)]}


def create_disk_snapshot(call: Call) -> Document:
    if "diskName" not in call:
        raise AwsError("InvalidInputException", "The disk name is required.")
    disk = read(call, "Disk", call["diskName"])
    refuse_twin(call, call["diskSnapshotName"])
    made = {
        "name": call["diskSnapshotName"],
        "arn": call.make("arn:{partition}:lightsail:{region}:{account}:DiskSnapshot/{uuid}"),
        "supportCode": call.make("{account}/snap-0{hex16}"),
        "createdAt": call.now,
        "location": location(call),
        "resourceType": "DiskSnapshot",
        "tags": call.get("tags", []),
        "sizeInGb": disk["sizeInGb"],
        "state": "completed",
        "progress": "100%",
        "fromDiskName": disk.key,
        "fromDiskArn": disk["arn"],
        "isFromAutoSnapshot": False,
    }
    return {"operations": [operation(call, "DiskSnapshot", call.keep("DiskSnapshot", made))]}
