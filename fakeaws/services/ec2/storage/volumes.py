"""EBS volumes: made, attached, detached and deleted."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import filters, kinds
from fakeaws.core.resources.naming import refusal
from fakeaws.core.resources.states import begin
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import check_page_size, first_zone, listed, new_id, read, read_all, tags_for
from fakeaws.services.ec2.storage import encryption

Document = dict[str, Any]
SIZES = {
    "gp2": (1, 16384),
    "gp3": (1, 65536),
    "io1": (4, 16384),
    "io2": (4, 65536),
    "st1": (125, 16384),
    "sc1": (125, 16384),
    "standard": (1, 1024),
}
"""GiB, least and most (EBS volume types, AWS documentation)."""
IOPS = {"gp3": (3000, 80000, 500), "io1": (100, 64000, 50), "io2": (100, 256000, 1000)}
"""Least, most, and most for each GiB."""
THROUGHPUT = (125, 2000)


def create_volume(call: Call) -> Document:
    """Empty, or of a snapshot, whose size and encryption it then has at least."""
    again = next(call.list("Volume", client_token=call["ClientToken"]), None) if "ClientToken" in call else None
    if again is not None:
        return again
    if "AvailabilityZone" not in call and "AvailabilityZoneId" not in call:
        raise AwsError("MissingParameter", "The request must contain the parameter availabilityZone")
    zone = first_zone(call, call.get("AvailabilityZone"), call.get("AvailabilityZoneId"))
    tags = tags_for(call, "volume")
    volume = make(call, dict(call.params), zone["ZoneName"], zone["ZoneId"], tags)
    begin(kinds.kind("ec2", "Volume"), volume, "create", call.now)
    if "ClientToken" in call:
        volume["client_token"] = call["ClientToken"]
    kept = call.keep("Volume", volume)
    return {name: value for name, value in kept.items() if name not in ("Attachments", "Operator")}


def make(call: Call, disk: Document, zone: str, zone_id: str, tags: list[Document]) -> Document:
    """A volume that is then to be kept: `disk` has the members of CreateVolume or of a block device's Ebs."""
    snapshot = _snapshot(call, disk.get("SnapshotId"))
    kind = disk.get("VolumeType", "gp2")
    size = disk.get("Size") or disk.get("VolumeSize") or (snapshot or {}).get("VolumeSize")
    if size is None:
        raise AwsError("MissingParameter", "The request must contain the parameter size/snapshot")
    if snapshot is not None and size < snapshot["VolumeSize"]:
        raise AwsError(
            "InvalidParameterValue",
            f"Volume of size {size}GB is smaller than snapshot '{disk['SnapshotId']}',"
            f" expect size >= {snapshot['VolumeSize']}GB",
        )
    iops = disk.get("Iops", usual_iops(kind, size))
    throughput = disk.get("Throughput", 125 if kind == "gp3" else None)
    check(kind, size, disk.get("Iops"), disk.get("Throughput"), iops)
    if disk.get("MultiAttachEnabled") and kind not in ("io1", "io2"):
        raise AwsError("InvalidParameterCombination", f"Volume type {kind} does not support multi-attach.")
    volume = {
        "AvailabilityZoneId": zone_id,
        "Iops": iops,
        "Tags": tags,
        "VolumeType": kind,
        "MultiAttachEnabled": disk.get("MultiAttachEnabled", False),
        "Throughput": throughput,
        "Operator": {"Managed": False},
        "VolumeId": new_id(call, "Volume"),
        "Size": size,
        "SnapshotId": disk.get("SnapshotId", ""),
        "AvailabilityZone": zone,
        "State": "available",
        "CreateTime": call.now,
        "Attachments": [],
        **encryption.of_volume(call, disk, snapshot),
    }
    return {name: value for name, value in volume.items() if value is not None}


def _snapshot(call: Call, key: str | None) -> Document | None:
    """The snapshot that a volume is made of; those of AWS's images are known by their ids alone."""
    if not key:
        return None
    from fakeaws.services.ec2.storage import images, snapshots

    found = snapshots.reachable(call, key)
    if found is not None:
        if found["State"] != "completed":
            raise AwsError("IncorrectState", f"Snapshot '{key}' is not in the state 'completed'.")
        return found
    size = images.public_snapshots(call).get(key)
    if size is None:
        raise refusal(call, "Snapshot", "missing", key)
    return {"VolumeSize": size, "Encrypted": False}


def check(kind: str, size: int, iops: int | None, throughput: int | None, effective: int | None) -> None:
    """The rules of volume types: what they allow, between which limits."""
    if kind not in SIZES:
        raise AwsError("UnknownVolumeType", f"Unsupported volume type '{kind}' for volume creation.")
    least, most = SIZES[kind]
    if size < least:
        raise AwsError(
            "InvalidParameterValue", f"Volume of {size}GiB is too small for volume type {kind}; minimum is {least}GiB."
        )
    if size > most:
        raise AwsError(
            "InvalidParameterValue", f"Volume of {size}GiB is too large for volume type {kind}; maximum is {most}GiB."
        )
    if kind not in IOPS:
        if iops is not None:
            raise AwsError("InvalidParameterCombination", f"The parameter iops is not supported for {kind} volumes.")
    else:
        _check_iops(kind, size, iops)
    if throughput is not None:
        _check_throughput(kind, throughput, effective or 0)


def _check_iops(kind: str, size: int, iops: int | None) -> None:
    least, most, ratio = IOPS[kind]
    if iops is None:
        if kind != "gp3":
            raise AwsError("MissingParameter", f"The parameter iops must be specified for {kind} volumes.")
        return
    if iops < least:
        raise AwsError("InvalidParameterValue", f"Volume iops of {iops} is too low; minimum is {least}.")
    if iops > most:
        raise AwsError("InvalidParameterValue", f"Volume iops of {iops} is too high; maximum is {most}.")
    if iops > max(ratio * size, least if kind == "gp3" else 0):
        raise AwsError(
            "InvalidParameterValue",
            f"Iops to volume size ratio of {iops / size:.6f} is too high; maximum is {ratio:.6f} iops/GiB.",
        )


def _check_throughput(kind: str, throughput: int, iops: int) -> None:
    if kind != "gp3":
        raise AwsError("InvalidParameterCombination", f"The parameter throughput is not supported for {kind} volumes.")
    least, most = THROUGHPUT
    if not least <= throughput <= most:
        word, limit = ("low; minimum", least) if throughput < least else ("high; maximum", most)
        raise AwsError(
            "InvalidParameterValue", f"Volume throughput of {throughput}MiB/s is too {word} is {limit}MiB/s."
        )
    if throughput > iops / 4:
        raise AwsError(
            "InvalidParameterValue",
            f"Throughput (MiBps) to iops ratio of {throughput / iops:.6f} is too high;"
            " maximum is 0.250000 MiBps per iops.",
        )


def usual_iops(kind: str, size: int) -> int | None:
    """The IOPS that a volume has where nobody says how many (EBS volume types, AWS documentation)."""
    if kind == "gp3":
        return 3000
    return min(max(100, 3 * size), 16000) if kind == "gp2" else None


def describe_volumes(call: Call) -> Document:
    return listed(call, "Volume", "VolumeIds", "Volumes")


def describe_volume_status(call: Call) -> Document:
    """All volumes are well."""
    check_page_size(call)
    kind = kinds.Kind("ec2", "VolumeStatus", {"shape": "VolumeStatusItem", "filters": _STATUS_FILTERS})
    found = read_all(call, "Volume", call["VolumeIds"]) if call.get("VolumeIds") else call.list("Volume")
    rows = [_status(volume) for volume in found]
    return {"VolumeStatuses": [row for row in rows if filters.matching(kind, call.get("Filters"), row)]}


_STATUS_FILTERS = {
    "action.code": "Actions.Code",
    "action.description": "Actions.Description",
    "action.event-id": "Actions.EventId",
    "attachment-status.instance-id": "AttachmentStatuses.InstanceId",
    "attachment-status.io-performance": "AttachmentStatuses.IoPerformance",
    "event.description": "Events.Description",
    "event.event-id": "Events.EventId",
    "event.event-type": "Events.EventType",
    "event.not-after": "Events.NotAfter",
    "event.not-before": "Events.NotBefore",
    "volume-status.details-name": "VolumeStatus.Details.Name",
    "volume-status.details-status": "VolumeStatus.Details.Status",
    "volume-status.status": "VolumeStatus.Status",
}


def _status(volume: Resource) -> Document:
    provisioned = volume["VolumeType"] in IOPS
    performance = "normal" if provisioned and volume["Attachments"] else "not-applicable"
    details = [{"Name": "io-enabled", "Status": "passed"}, {"Name": "io-performance", "Status": performance}]
    return {
        "Actions": [],
        "AvailabilityZone": volume["AvailabilityZone"],
        "AvailabilityZoneId": volume["AvailabilityZoneId"],
        "Events": [],
        "VolumeId": volume["VolumeId"],
        "VolumeStatus": {"Details": details, "Status": "ok"},
        "AttachmentStatuses": [
            {"IoPerformance": performance, "InstanceId": attachment["InstanceId"]}
            for attachment in volume["Attachments"]
        ],
    }


def delete_volume(call: Call) -> Document:
    volume = read(call, "Volume", call["VolumeId"])
    if volume["Attachments"]:
        instance = volume["Attachments"][0]["InstanceId"]
        raise AwsError("VolumeInUse", f"Volume {volume.key} is currently attached to {instance}")
    call.drop("Volume", volume)
    return {}


def attach_new(
    call: Call, instance: Document, zone: str, device: str, disk: Document, tags: list[Document]
) -> Document:
    """Make a volume for an instance's block device; answers with the instance's side of it."""
    volume = make(call, {"VolumeSize": 8, **disk}, zone, instance["zone_id"], tags)
    return attach(call, volume, instance, device, disk.get("DeleteOnTermination", True))


def attach(call: Call, volume: Document, instance: Document, device: str, keeps: bool) -> Document:
    """Keep the volume as one that is attached; answers with the instance's side of it."""
    attachment = {
        "DeleteOnTermination": keeps,
        "VolumeId": volume["VolumeId"],
        "InstanceId": instance["InstanceId"],
        "Device": device,
        "State": "attached",
        "AttachTime": call.now,
    }
    volume["Attachments"] = [*volume["Attachments"], attachment]
    volume["State"] = "in-use"
    call.keep("Volume", volume)
    ebs = {"AttachTime": call.now, "DeleteOnTermination": keeps, "Status": "attached", "VolumeId": volume["VolumeId"]}
    return {"DeviceName": device, "Ebs": ebs}


def attach_volume(call: Call) -> Document:
    """In the volume's own zone only, to one instance unless multi-attach is on."""
    volume = read(call, "Volume", call["VolumeId"])
    instance = read(call, "Instance", call["InstanceId"])
    _check_attachment(volume, instance, call["Device"])
    mapping = attach(call, volume, instance, call["Device"], False)
    instance["BlockDeviceMappings"].append(mapping)
    call.keep("Instance", instance)
    return {**volume["Attachments"][-1], "State": "attaching"}


def _check_attachment(volume: Resource, instance: Resource, device: str) -> None:
    if instance["State"]["Name"] not in ("running", "stopped", "pending"):
        raise AwsError("IncorrectState", f"Instance '{instance.key}' is not 'running'.")
    if volume["AvailabilityZone"] != instance["Placement"]["AvailabilityZone"]:
        raise AwsError(
            "InvalidVolume.ZoneMismatch",
            f"The volume '{volume.key}' is not in the same availability zone as instance '{instance.key}'",
        )
    if volume["Attachments"] and not volume["MultiAttachEnabled"]:
        raise AwsError("VolumeInUse", f"{volume.key} is already attached to an instance")
    if any(a["InstanceId"] == instance.key for a in volume["Attachments"]):
        raise AwsError("VolumeInUse", f"{volume.key} is already attached to {instance.key}")
    if any(mapping["DeviceName"] == device for mapping in instance["BlockDeviceMappings"]):
        raise AwsError(
            "InvalidParameterValue",
            f"Invalid value '{device}' for unixDevice. Attachment point {device} is already in use",
        )


def detach_volume(call: Call) -> Document:
    """The root of a running instance stays."""
    volume = read(call, "Volume", call["VolumeId"])
    if not volume["Attachments"]:
        raise AwsError("IncorrectState", f"Volume '{volume.key}' is in the 'available' state.")
    attachment = _attachment(call, volume)
    instance = call.read("Instance", attachment["InstanceId"])
    if attachment["Device"] == instance["RootDeviceName"] and instance["State"]["Name"] == "running":
        raise AwsError(
            "OperationNotPermitted", f"Unable to detach root volume '{volume.key}' from instance '{instance.key}'"
        )
    volume["Attachments"].remove(attachment)
    volume["State"] = "in-use" if volume["Attachments"] else "available"
    call.keep("Volume", volume)
    mappings = instance["BlockDeviceMappings"]
    instance["BlockDeviceMappings"] = [m for m in mappings if m["Ebs"]["VolumeId"] != volume.key]
    call.keep("Instance", instance)
    return {**attachment, "State": "detaching"}


def _attachment(call: Call, volume: Resource) -> Document:
    if "InstanceId" in call:
        read(call, "Instance", call["InstanceId"])
    for attachment in volume["Attachments"]:
        named = attachment["InstanceId"] == call.get("InstanceId", attachment["InstanceId"])
        if named and attachment["Device"] == call.get("Device", attachment["Device"]):
            return dict(attachment)
    raise AwsError("InvalidAttachment.NotFound", f"No attachment of '{volume.key}' matches the request.")


def release(call: Call, volume: Resource) -> None:
    """The volume's instance is gone: it goes too, or is available again."""
    if all(attachment["DeleteOnTermination"] for attachment in volume["Attachments"]):
        call.drop("Volume", volume)
        return
    volume["Attachments"] = []
    volume["State"] = "available"
    call.keep("Volume", volume)
