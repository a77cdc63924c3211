"""EBS volumes, as far as instances make them."""

from __future__ import annotations

from typing import Any

from fakeaws.core.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.services.ec2.resources import check_page_size, described, new_id

Document = dict[str, Any]
ITS_OWN = {"DeviceName", "VirtualName", "NoDevice"}


def describe_volumes(call: Call) -> Document:
    check_page_size(call)
    return {"Volumes": call.page(described(call, "Volume", "VolumeIds"))}


def attach_new(
    call: Call, instance: Document, zone: str, device: str, disk: Document, tags: list[Document]
) -> Document:
    """Make a volume for an instance's block device; answers with the instance's side of it."""
    key = new_id(call, "Volume")
    kind = disk.get("VolumeType", "gp2")
    keeps = disk.get("DeleteOnTermination", True)
    attachment = {
        "DeleteOnTermination": keeps,
        "VolumeId": key,
        "InstanceId": instance["InstanceId"],
        "Device": device,
        "State": "attached",
        "AttachTime": call.now,
    }
    volume = {
        "AvailabilityZoneId": instance["zone_id"],
        "Iops": disk.get("Iops", _usual_iops(kind, disk.get("VolumeSize", 8))),
        "Tags": tags,
        "VolumeType": kind,
        "MultiAttachEnabled": False,
        "Throughput": disk.get("Throughput", 125) if kind == "gp3" else None,
        "VolumeId": key,
        "Size": disk.get("VolumeSize", 8),
        "SnapshotId": disk.get("SnapshotId", ""),
        "AvailabilityZone": zone,
        "State": "in-use",
        "CreateTime": call.now,
        "Attachments": [attachment],
        "Encrypted": disk.get("Encrypted", False),
    }
    call.keep("Volume", {name: value for name, value in volume.items() if value is not None})
    ebs = {"AttachTime": call.now, "DeleteOnTermination": keeps, "Status": "attached", "VolumeId": key}
    return {"DeviceName": device, "Ebs": ebs}


def _usual_iops(kind: str, size: int) -> int | None:
    """The IOPS that a volume has where nobody says how many (EBS volume types, AWS documentation)."""
    if kind == "gp3":
        return 3000
    return min(max(100, 3 * size), 16000) if kind == "gp2" else None


def release(call: Call, volume: Resource) -> None:
    """The volume's instance is gone: it goes too, or is available again."""
    if all(attachment["DeleteOnTermination"] for attachment in volume["Attachments"]):
        call.drop("Volume", volume)
        return
    volume["Attachments"] = []
    volume["State"] = "available"
    call.keep("Volume", volume)
