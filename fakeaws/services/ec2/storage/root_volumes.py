"""Root volumes that are replaced while their instance runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import listed, new_id, read, tags_for
from fakeaws.services.ec2.storage import volumes
from fakeaws.services.ec2.storage.images import image

Document = dict[str, Any]
KIND = "ReplaceRootVolumeTask"


def create_replace_root_volume_task(call: Call) -> Document:
    """From a snapshot, an image, or as it was at the launch; the old volume stays, detached, unless it is to go."""
    instance = read(call, "Instance", call["InstanceId"])
    if instance["State"]["Name"] != "running":
        raise AwsError("IncorrectInstanceState", f"The instance '{instance.key}' is not in the 'running' state.")
    if "SnapshotId" in call and "ImageId" in call:
        raise AwsError("InvalidParameterCombination", "Only one of SnapshotId and ImageId can be specified.")
    disk = _disk(call, instance)
    task = {
        "ReplaceRootVolumeTaskId": new_id(call, KIND),
        "InstanceId": instance.key,
        "StartTime": _text(call.now),
        "Tags": tags_for(call, "replace-root-volume-task"),
        "DeleteReplacedRootVolume": call.get("DeleteReplacedRootVolume", False),
        "SnapshotId": disk.get("SnapshotId"),
        "ImageId": call.get("ImageId"),
    }
    _replace(call, instance, disk)
    call.keep(KIND, {**task, "TaskState": "succeeded", "CompleteTime": _text(call.now)})
    return {"ReplaceRootVolumeTask": {**task, "TaskState": "pending"}}


def _text(when: float) -> str:
    return datetime.fromtimestamp(int(when), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _disk(call: Call, instance: Resource) -> Document:
    """What the new volume is made of: of the old one's kind, and of a snapshot."""
    held = read(call, "Volume", _mapping(instance)["Ebs"]["VolumeId"])
    names = ("VolumeType", "Size", "Iops", "Throughput", "Encrypted", "KmsKeyId")
    found: Document = {name: held[name] for name in names if held.get(name) is not None}
    if found["VolumeType"] not in volumes.IOPS:
        found.pop("Iops", None)
    if "ImageId" in call:
        chosen = image(call, call["ImageId"])
        if chosen["Architecture"] != instance["Architecture"]:
            raise AwsError("InvalidParameterValue", f"The architecture of {call['ImageId']} is not the instance's.")
        mappings = {m["DeviceName"]: m["Ebs"] for m in chosen["BlockDeviceMappings"] if "Ebs" in m}
        found["SnapshotId"] = mappings[chosen["RootDeviceName"]].get("SnapshotId")
        instance["ImageId"] = call["ImageId"]
    else:
        found["SnapshotId"] = call.get("SnapshotId", held.get("SnapshotId"))
    return found


def _mapping(instance: Resource) -> Document:
    rows: list[Document] = instance["BlockDeviceMappings"]
    found = next((row for row in rows if row["DeviceName"] == instance["RootDeviceName"]), None)
    if found is None:
        raise AwsError("IncorrectState", f"The instance '{instance.key}' has no root volume.")
    return found


def _replace(call: Call, instance: Resource, disk: Document) -> None:
    mapping = _mapping(instance)
    place = instance["Placement"]["AvailabilityZone"]
    keeps = mapping["Ebs"]["DeleteOnTermination"]
    fresh = volumes.attach_new(call, instance, place, mapping["DeviceName"], {**disk, "DeleteOnTermination": keeps}, [])
    old = call.read("Volume", mapping["Ebs"]["VolumeId"])
    if call.get("DeleteReplacedRootVolume"):
        call.drop("Volume", old)
    else:
        call.keep("Volume", old | {"Attachments": [], "State": "available"})
    rows = instance["BlockDeviceMappings"]
    instance["BlockDeviceMappings"] = [fresh if row is mapping else row for row in rows]
    call.keep("Instance", instance)


def describe_replace_root_volume_tasks(call: Call) -> Document:
    return listed(call, KIND, "ReplaceRootVolumeTaskIds", "ReplaceRootVolumeTasks")
