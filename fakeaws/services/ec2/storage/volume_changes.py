"""Volumes that grow and change type while in use, and their attributes."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import filters, kinds
from fakeaws.core.resources.states import begin
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import check_page_size, read, read_all
from fakeaws.services.ec2.storage.volumes import check, usual_iops

Document = dict[str, Any]
MOST, WINDOW = 4, 86400
"""Modifications of one volume, in so many seconds."""


def modify_volume(call: Call) -> Document:
    """A volume only grows; the change counts at once, while EBS goes on optimizing."""
    volume = read(call, "Volume", call["VolumeId"])
    _check_rate(call, volume)
    kind = call.get("VolumeType", volume["VolumeType"])
    size = call.get("Size", volume["Size"])
    if size < volume["Size"]:
        raise AwsError("InvalidParameterValue", "New size cannot be smaller than existing size")
    kept = volume.get("Iops") if kind == volume["VolumeType"] and kind != "gp2" else None
    iops = call.get("Iops") or kept or usual_iops(kind, size)
    wanted = call.get("Iops") or (iops if kind in ("io1", "io2") else None)
    throughput = call.get("Throughput", volume.get("Throughput", 125) if kind == "gp3" else None)
    check(kind, size, wanted, throughput, iops)
    target = {"Size": size, "Iops": iops, "VolumeType": kind, "Throughput": throughput}
    target["MultiAttachEnabled"] = call.get("MultiAttachEnabled", volume["MultiAttachEnabled"])
    modification = _modification(call, volume, target)
    volume |= {name: value for name, value in target.items() if value is not None}
    if throughput is None:
        volume.pop("Throughput", None)
    if iops is None:
        volume.pop("Iops", None)
    call.keep("Volume", volume)
    return {"VolumeModification": modification}


def _check_rate(call: Call, volume: Resource) -> None:
    recent = [at for at in volume.get("modified", ()) if at > call.now - WINDOW]
    if len(recent) >= MOST:
        raise AwsError(
            "VolumeModificationRateExceeded",
            "You've reached the maximum modification rate per volume limit. Wait before you modify the volume again.",
        )
    volume["modified"] = [*recent, call.now]


def _modification(call: Call, volume: Resource, target: Document) -> Resource:
    modification = {
        "VolumeId": volume.key,
        **{f"Target{name}": value for name, value in target.items() if value is not None},
        **{f"Original{name}": volume[name] for name in target if name in volume},
        "Progress": 0,
        "StartTime": call.now,
    }
    begin(kinds.kind("ec2", "VolumeModification"), modification, "create", call.now)
    return call.keep("VolumeModification", modification)


def describe_volumes_modifications(call: Call) -> Document:
    """The latest change of each volume that was ever changed."""
    check_page_size(call, least=0)
    declared = kinds.kind("ec2", "VolumeModification")
    keys = call.get("VolumeIds")
    if keys:
        found = [_latest(call, volume.key) for volume in read_all(call, "Volume", keys)]
        rows = [m for m in found if filters.matching(declared, call.get("Filters"), m)]
    else:
        rows = call.page(filters.selected(call, "VolumeModification", call.get("Filters")))
    return {"VolumesModifications": [_shown(row) for row in rows]}


def _latest(call: Call, key: str) -> Resource:
    found = call.find("VolumeModification", key)
    if found is None:
        raise AwsError("InvalidVolumeModification.NotFound", f"Modification for volume '{key}' does not exist.")
    return found


def _shown(modification: Resource) -> Document:
    if modification["ModificationState"] != "completed":
        return modification
    return {**modification, "Progress": 100, "EndTime": modification["StartTime"]}


def describe_volume_attribute(call: Call) -> Document:
    volume = read(call, "Volume", call["VolumeId"])
    if call["Attribute"] == "productCodes":
        return {"ProductCodes": [], "VolumeId": volume.key}
    return {"AutoEnableIO": {"Value": volume.get("auto_enable_io", False)}, "VolumeId": volume.key}


def modify_volume_attribute(call: Call) -> Document:
    volume = read(call, "Volume", call["VolumeId"])
    if "AutoEnableIO" not in call:
        raise AwsError("MissingParameter", "The request must contain the parameter autoEnableIO")
    volume["auto_enable_io"] = call["AutoEnableIO"]["Value"]
    call.keep("Volume", volume)
    return {}


def enable_volume_io(call: Call) -> Document:
    """Nothing to do: no volume ever has its input and output disabled."""
    read(call, "Volume", call["VolumeId"])
    return {}
