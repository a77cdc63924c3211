"""Images of the account: made of instances, registered from snapshots, copied and deregistered."""

from __future__ import annotations

import re
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds
from fakeaws.core.resources.states import begin
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import new_id, read, tags_for
from fakeaws.services.ec2.storage import encryption, images, snapshots
from fakeaws.services.ec2.storage.image_attributes import own, publish
from fakeaws.services.ec2.storage.recycle_bin import retention

Document = dict[str, Any]
NAME = re.compile(r"[A-Za-z0-9()\[\] ./\-'@_]{3,128}\Z")
OF_INSTANCE = ["Architecture", "EnaSupport", "Platform", "PlatformDetails", "UsageOperation", "BootMode", "TpmSupport"]


def create_image(call: Call) -> Document:
    """The instance's disks become snapshots, with those of the call laid over them."""
    instance = read(call, "Instance", call["InstanceId"])
    _check_name(call)
    if instance["State"]["Name"] not in ("running", "stopped"):
        raise AwsError(
            "IncorrectInstanceState", f"The instance '{instance.key}' is not in the 'running' or 'stopped' state."
        )
    kinds = ("image", "snapshot")
    tags = tags_for(call, "image", kinds)
    source = {name: instance[name] for name in OF_INSTANCE if name in instance}
    image = {
        **_head(call),
        **source,
        "BlockDeviceMappings": _captured(call, instance, tags_for(call, "snapshot", kinds)),
        "RootDeviceName": instance["RootDeviceName"],
        "SourceInstanceId": instance.key,
        "ImdsSupport": "v2.0" if instance["MetadataOptions"]["HttpTokens"] == "required" else None,
        "Tags": tags,
    }
    return {"ImageId": _keep(call, image).key}


def _captured(call: Call, instance: Resource, tags: list[Document]) -> list[Document]:
    given = {m["DeviceName"]: m for m in call.get("BlockDeviceMappings", ())}
    mappings = []
    for held in instance["BlockDeviceMappings"]:
        wanted = given.pop(held["DeviceName"], {})
        if "NoDevice" in wanted:
            continue
        volume = call.read("Volume", held["Ebs"]["VolumeId"])
        facts = {
            "VolumeId": volume["VolumeId"],
            "VolumeSize": volume["Size"],
            "Description": f"Created by CreateImage({instance.key}) for image",
            "Encrypted": volume["Encrypted"],
            "KmsKeyId": volume.get("KmsKeyId"),
            "Tags": tags,
            "source": volume["SnapshotId"] or None,
        }
        disk = {
            "DeleteOnTermination": held["Ebs"]["DeleteOnTermination"],
            "SnapshotId": snapshots.make(call, facts).key,
            "VolumeSize": volume["Size"],
            "VolumeType": volume["VolumeType"],
            "Encrypted": volume["Encrypted"],
        }
        disk |= {
            name: volume[name] for name in ("Iops", "Throughput") if name in volume and disk["VolumeType"] != "gp2"
        }
        mappings.append({"DeviceName": held["DeviceName"], "Ebs": {**disk, **wanted.get("Ebs", {})}})
    mappings += [mapping for mapping in given.values() if "NoDevice" not in mapping]
    return mappings


def _check_name(call: Call) -> None:
    name = call["Name"]
    if not NAME.match(name):
        raise AwsError(
            "InvalidAMIName.Malformed",
            "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', '-',"
            " '/' and '_'",
        )
    other = next(call.list("Image", Name=name), None)
    if other is not None:
        raise AwsError("InvalidAMIName.Duplicate", f"AMI name {name} is already in use by AMI {other.key}")


def _head(call: Call) -> Document:
    """What every new image of the account has."""
    return {
        "PlatformDetails": "Linux/UNIX",
        "UsageOperation": "RunInstances",
        "Description": call.get("Description"),
        "EnaSupport": True,
        "Hypervisor": "xen",
        "Name": call["Name"],
        "RootDeviceType": "ebs",
        "SriovNetSupport": "simple",
        "VirtualizationType": "hvm",
        "DeregistrationProtection": "disabled",
        "ImageId": new_id(call, "Image"),
        "ImageLocation": f"{call.account}/{call['Name']}",
        "OwnerId": call.account,
        "CreationDate": images.stamp(call.now),
        "Public": False,
        "Architecture": "x86_64",
        "ImageType": "machine",
    }


def _keep(call: Call, image: Document) -> Resource:
    begin(kinds.kind("ec2", "Image"), image, "create", call.now)
    return call.keep("Image", {name: value for name, value in image.items() if value is not None and value != []})


def register_image(call: Call) -> Document:
    """From snapshots of the account; the root device must be among the devices."""
    _check_name(call)
    root = call.get("RootDeviceName")
    mappings = [dict(mapping) for mapping in call.get("BlockDeviceMappings", ())]
    if "ImageLocation" not in call:
        if root is None:
            raise AwsError("MissingParameter", "The request must contain the parameter rootDeviceName")
        if all(mapping.get("DeviceName") != root for mapping in mappings):
            raise AwsError("InvalidBlockDeviceMapping", f"No mapping found for the root device '{root}'.")
    for mapping in mappings:
        if "Ebs" in mapping:
            mapping["Ebs"] = _registered_disk(call, mapping["Ebs"])
    names = [
        "Architecture",
        "RootDeviceName",
        "BootMode",
        "TpmSupport",
        "ImdsSupport",
        "KernelId",
        "RamdiskId",
        "SriovNetSupport",
    ]
    given = {name: call[name] for name in names if name in call}
    image = {
        **_head(call),
        **given,
        "VirtualizationType": call.get("VirtualizationType", "paravirtual"),
        "EnaSupport": call.get("EnaSupport", False),
        "BlockDeviceMappings": mappings,
        "ImageLocation": call.get("ImageLocation", f"{call.account}/{call['Name']}"),
        "Tags": tags_for(call, "image"),
    }
    return {"ImageId": _keep(call, image).key}


def _registered_disk(call: Call, disk: Document) -> Document:
    found: Document = {"DeleteOnTermination": True, "VolumeType": "gp2", "Encrypted": False, **disk}
    if "SnapshotId" in disk:
        snapshot = snapshots.own(call, disk["SnapshotId"])
        found.setdefault("VolumeSize", snapshot["VolumeSize"])
        found["Encrypted"] = snapshot["Encrypted"]
    elif "VolumeSize" not in disk:
        raise AwsError("MissingParameter", "The request must contain the parameter size or snapshotId")
    return found


def copy_image(call: Call) -> Document:
    """Called in the region that gets the copy, whose disks are copies of the snapshots."""
    if call["SourceRegion"] not in images.region_names():
        raise AwsError("InvalidRegion", f"The region '{call['SourceRegion']}' is not valid.")
    _check_name(call)
    elsewhere = call.of(region=call["SourceRegion"])
    source = images.image(elsewhere, call["SourceImageId"])
    mappings = [_copied(call, elsewhere, source, mapping) for mapping in source["BlockDeviceMappings"]]
    kinds = ("image", "snapshot")
    copied = source.get("Tags", []) if call.get("CopyImageTags") else []
    own_only = ("users", "Public", "ImageOwnerAlias", "DeprecationTime", "passing", "Tags", "FreeTierEligible")
    image = {
        **{name: value for name, value in source.items() if name not in own_only},
        **{
            name: _head(call)[name]
            for name in ("ImageId", "ImageLocation", "OwnerId", "CreationDate", "Public", "Name")
        },
        "Description": call.get(
            "Description", f"[Copied {source['ImageId']} from {call['SourceRegion']}] {call['Name']}"
        ),
        "BlockDeviceMappings": mappings,
        "SourceImageId": source["ImageId"],
        "SourceImageRegion": call["SourceRegion"],
        "DeregistrationProtection": "disabled",
        "Tags": [*copied, *tags_for(call, "image", kinds)],
    }
    return {"ImageId": _keep(call, image).key}


def _copied(call: Call, elsewhere: Call, source: Document, mapping: Document) -> Document:
    disk = dict(mapping.get("Ebs", {}))
    if "SnapshotId" not in disk:
        return mapping
    text = f"Copied for DestinationAmi from SourceAmi {source['ImageId']} for SourceSnapshot {disk['SnapshotId']}"
    held = snapshots.reachable(elsewhere, disk["SnapshotId"])
    if held is not None:
        made = snapshots.copied(call, held, text, [])
    else:
        keys = encryption.of_volume(call, {n: call[n] for n in ("Encrypted", "KmsKeyId") if n in call}, disk)
        facts = {"VolumeId": "vol-ffffffff", "VolumeSize": disk["VolumeSize"], "Description": text}
        made = snapshots.make(call, {**facts, **keys})
    return {**mapping, "Ebs": {**disk, "SnapshotId": made.key, "Encrypted": made["Encrypted"]}}


def deregister_image(call: Call) -> Document:
    """Its snapshots stay, unless asked for; instances launched from it go on."""
    image = own(call, call["ImageId"])
    if image.get("DeregistrationProtection", "disabled") != "disabled":
        raise AwsError("OperationNotPermitted", f"The AMI '{image.key}' has deregistration protection enabled.")
    publish(call, image, [], False)
    seconds = retention(call, "EC2_IMAGE", image.get("Tags", []))
    if seconds is not None:
        times = {"RecycleBinEnterTime": call.now, "RecycleBinExitTime": call.now + seconds}
        call.keep("RecycledImage", {**image, **times, "passing": [[call.now + seconds, None]]})
    call.drop("Image", image)
    answer: Document = {"Return": True}
    if call.get("DeleteAssociatedSnapshots"):
        answer["DeleteSnapshotResults"] = [_gone(call, mapping) for mapping in image["BlockDeviceMappings"]]
    return answer


def _gone(call: Call, mapping: Document) -> Document:
    key = mapping.get("Ebs", {}).get("SnapshotId", "")
    found = call.find("Snapshot", key) if key else None
    used = next(call.list("Image", BlockDeviceMappings__Ebs__SnapshotId=key), None)
    if found is None or used is not None:
        return {"SnapshotId": key, "ReturnCode": "skipped"}
    snapshots.discard(call, found)
    return {"SnapshotId": key, "ReturnCode": "success"}
