"""The Recycle Bin, where retention rules keep deleted snapshots and images for a while."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import check_page_size

Document = dict[str, Any]
DAY = 86400


def retention(call: Call, kind: str, tags: list[Document]) -> float | None:
    """How many seconds a rule of the region keeps a deleted resource; None where no rule is about it."""
    longest = None
    for rule in call.perform("rbin", "ListRules", {"ResourceType": kind}).get("Rules", []):
        if "Identifier" not in rule:
            continue
        facts = call.perform("rbin", "GetRule", {"Identifier": rule["Identifier"]})
        period = facts.get("RetentionPeriod", {}).get("RetentionPeriodValue", 0) * DAY
        if _is_about(facts, tags) and period > (longest or 0):
            longest = period
    return longest


def _is_about(rule: Document, tags: list[Document]) -> bool:
    """A rule without tags is about all resources of the region."""
    wanted = rule.get("ResourceTags") or []
    held = {tag["Key"]: tag["Value"] for tag in tags}
    return not wanted or any(
        held.get(tag["ResourceTagKey"]) == tag.get("ResourceTagValue", held.get(tag["ResourceTagKey"]))
        for tag in wanted
        if tag["ResourceTagKey"] in held
    )


def list_snapshots_in_recycle_bin(call: Call) -> Document:
    check_page_size(call)
    names = ("SnapshotId", "RecycleBinEnterTime", "RecycleBinExitTime", "Description", "VolumeId")
    wanted = call.get("SnapshotIds")
    found = [s for s in call.list("RecycledSnapshot") if not wanted or s.key in wanted]
    return {"Snapshots": [{name: s[name] for name in names if name in s} for s in found]}


def restore_snapshot_from_recycle_bin(call: Call) -> Document:
    """The snapshot is as it was, and counts again."""
    key = call["SnapshotId"]
    found = call.find("RecycledSnapshot", key)
    if found is None:
        raise AwsError("InvalidSnapshot.NotFound", f"The snapshot '{key}' does not exist in the Recycle Bin.")
    call.drop("RecycledSnapshot", found)
    bin_only = ("RecycleBinEnterTime", "RecycleBinExitTime", "passing")
    kept = call.keep("Snapshot", {name: value for name, value in found.items() if name not in bin_only})
    names = ["SnapshotId", "Description", "Encrypted", "OwnerId", "StartTime", "State", "VolumeId", "VolumeSize"]
    return {**{name: kept[name] for name in names if name in kept}, "Progress": "100%"}


def list_images_in_recycle_bin(call: Call) -> Document:
    check_page_size(call)
    wanted = call.get("ImageIds")
    found = [image for image in call.list("RecycledImage") if not wanted or image.key in wanted]
    names = ("ImageId", "Name", "Description", "RecycleBinEnterTime", "RecycleBinExitTime")
    return {"Images": [{name: image[name] for name in names if name in image} for image in found]}


def restore_image_from_recycle_bin(call: Call) -> Document:
    key = call["ImageId"]
    found = call.find("RecycledImage", key)
    if found is None:
        raise AwsError("InvalidAMIID.NotFound", f"The image id '[{key}]' does not exist in the Recycle Bin.")
    call.drop("RecycledImage", found)
    bin_only = ("RecycleBinEnterTime", "RecycleBinExitTime", "passing")
    call.keep("Image", {name: value for name, value in found.items() if name not in bin_only})
    return {"Return": True}
