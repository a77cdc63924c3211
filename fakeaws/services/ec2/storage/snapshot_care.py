"""Locks, storage tiers and fast restore of snapshots."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import filters, kinds
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.regions import zones_of
from fakeaws.services.ec2.resources import check_page_size, matched
from fakeaws.services.ec2.storage.snapshots import own

Document = dict[str, Any]
DAY = 86400
LOCK = kinds.Kind("ec2", "SnapshotLock", {"shape": "LockedSnapshotsInfo"})
TIER = kinds.Kind(
    "ec2",
    "TierStatus",
    {"shape": "SnapshotTierStatus", "filters": {"last-tiering-operation": "LastTieringOperationStatus"}},
)


def lock_snapshot(call: Call) -> Document:
    """Governance can be taken off again; compliance cannot, once its cooling-off period is over."""
    snapshot = own(call, call["SnapshotId"])
    if ("LockDuration" in call) == ("ExpirationDate" in call):
        raise AwsError("InvalidParameterCombination", "Specify either LockDuration or ExpirationDate, but not both.")
    if call["LockMode"] == "governance" and "CoolOffPeriod" in call:
        raise AwsError("InvalidParameterCombination", "CoolOffPeriod is not supported for the governance mode.")
    held = snapshot.get("lock")
    expires = call.get("ExpirationDate") or call.now + call["LockDuration"] * DAY
    if held and held["LockState"] == "compliance" and expires < held["LockExpiresOn"]:
        raise AwsError("SnapshotLockInvalidState", "A compliance lock can only be extended.")
    lock = {
        "LockState": call["LockMode"],
        "LockDuration": call.get("LockDuration") or round((expires - call.now) / DAY),
        "LockCreatedOn": call.now,
        "LockDurationStartTime": call.now,
        "LockExpiresOn": expires,
    }
    if "CoolOffPeriod" in call:
        ends = call.now + call["CoolOffPeriod"] * 3600
        lock |= {"LockState": "compliance-cooloff", "CoolOffPeriod": call["CoolOffPeriod"]}
        lock["CoolOffPeriodExpiresOn"] = ends
    snapshot["lock"] = lock
    call.keep("Snapshot", snapshot)
    return {"SnapshotId": snapshot.key, **_lock(call, snapshot)}


def _lock(call: Call, snapshot: Resource) -> Document:
    lock = dict(snapshot["lock"])
    if lock["LockExpiresOn"] <= call.now:
        lock["LockState"] = "expired"
    elif lock.get("CoolOffPeriodExpiresOn", call.now + 1) <= call.now:
        lock["LockState"] = "compliance"
    return lock


def unlock_snapshot(call: Call) -> Document:
    snapshot = own(call, call["SnapshotId"])
    if "lock" not in snapshot:
        raise AwsError("SnapshotLockNotFound", f"The snapshot '{snapshot.key}' is not locked.")
    if _lock(call, snapshot)["LockState"] == "compliance":
        raise AwsError("SnapshotLockInvalidState", "A snapshot locked in compliance mode cannot be unlocked.")
    del snapshot["lock"]
    call.keep("Snapshot", snapshot)
    return {"SnapshotId": snapshot.key}


def describe_locked_snapshots(call: Call) -> Document:
    check_page_size(call)
    wanted = call.get("SnapshotIds")
    found = [own(call, key) for key in wanted] if wanted else call.list("Snapshot")
    rows = [{"OwnerId": s["OwnerId"], "SnapshotId": s["SnapshotId"], **_lock(call, s)} for s in found if "lock" in s]
    return {"Snapshots": matched(call, LOCK, rows)}


def modify_snapshot_tier(call: Call) -> Document:
    """Into the archive: as a full snapshot, which must be restored before it can be used."""
    snapshot = own(call, call["SnapshotId"])
    if snapshot["StorageTier"] == "archive":
        raise AwsError("InvalidParameterValue", f"The snapshot {snapshot.key} is already archived.")
    image = next(call.list("Image", BlockDeviceMappings__Ebs__SnapshotId=snapshot.key), None)
    if image is not None:
        raise AwsError("InvalidSnapshot.InUse", f"The snapshot {snapshot.key} is currently in use by {image.key}")
    tiering = {
        "LastTieringStartTime": call.now,
        "LastTieringProgress": 100,
        "LastTieringOperationStatus": "archival-completed",
        "LastTieringOperationStatusDetail": "",
        "ArchivalCompleteTime": call.now,
    }
    snapshot |= {"StorageTier": "archive", "tiering": tiering}
    call.keep("Snapshot", snapshot)
    return {"SnapshotId": snapshot.key, "TieringStartTime": call.now}


def restore_snapshot_tier(call: Call) -> Document:
    """For good, or for some days."""
    snapshot = own(call, call["SnapshotId"])
    if snapshot["StorageTier"] != "archive":
        raise AwsError("InvalidParameterValue", f"The snapshot {snapshot.key} is not archived.")
    days = call.get("TemporaryRestoreDays")
    if (days is None) == (not call.get("PermanentRestore")):
        raise AwsError("InvalidParameterCombination", "Specify either TemporaryRestoreDays or PermanentRestore.")
    kind = "permanent" if days is None else "temporary"
    snapshot["tiering"] |= {"LastTieringStartTime": call.now, "LastTieringOperationStatus": f"{kind}-restore-completed"}
    snapshot["StorageTier"] = "standard"
    if days is not None:
        snapshot["RestoreExpiryTime"] = call.now + days * DAY
    call.keep("Snapshot", snapshot)
    answer = {"SnapshotId": snapshot.key, "RestoreStartTime": call.now, "IsPermanentRestore": days is None}
    return answer if days is None else {**answer, "RestoreDuration": days}


def describe_snapshot_tier_status(call: Call) -> Document:
    check_page_size(call)
    rows = [_tier(snapshot) for snapshot in call.list("Snapshot")]
    return {"SnapshotTierStatuses": matched(call, TIER, rows)}


def _tier(snapshot: Resource) -> Document:
    names = ["SnapshotId", "VolumeId", "OwnerId", "Tags", "StorageTier", "RestoreExpiryTime"]
    found = {name: snapshot[name] for name in names if name in snapshot}
    return {**found, "Status": snapshot["State"], **snapshot.get("tiering", {})}


def enable_fast_snapshot_restores(call: Call) -> Document:
    """In zones of the region, for snapshots that are there; the others are listed as unsuccessful."""
    done, failed = [], []
    for key in call["SourceSnapshotIds"]:
        for zone in _zones(call):
            if call.find("Snapshot", key) is None:
                failed.append(_failed(key, zone))
                continue
            times = {f"{word}Time": call.now for word in ("Enabling", "Optimizing", "Enabled")}
            row = {
                "place": f"{key} {zone['ZoneName']}",
                "SnapshotId": key,
                "AvailabilityZone": zone["ZoneName"],
                "AvailabilityZoneId": zone["ZoneId"],
                "State": "enabled",
                "StateTransitionReason": "Client.UserInitiated - Lifecycle state transition",
                "OwnerId": call.account,
                **times,
            }
            call.keep("FastSnapshotRestore", row)
            shown = {name: value for name, value in row.items() if name not in ("OptimizingTime", "EnabledTime")}
            done.append({**shown, "State": "enabling", "StateTransitionReason": "Client.UserInitiated"})
    return {"Successful": done, "Unsuccessful": failed}


def _zones(call: Call) -> list[Document]:
    names = call.get("AvailabilityZones", call.get("AvailabilityZoneIds", []))
    known = {zone[key]: zone for zone in zones_of(call.region) for key in ("ZoneName", "ZoneId")}
    for name in names:
        if name not in known:
            raise AwsError("InvalidParameterValue", f"Invalid availability zone: [{name}]")
    return [known[name] for name in names]


def _failed(key: str, zone: Document) -> Document:
    error = {"Code": "InvalidSnapshot.NotFound", "Message": f"The snapshot '{key}' does not exist."}
    return {
        "SnapshotId": key,
        "FastSnapshotRestoreStateErrors": [{"AvailabilityZone": zone["ZoneName"], "Error": error}],
    }


def disable_fast_snapshot_restores(call: Call) -> Document:
    done, failed = [], []
    for key in call["SourceSnapshotIds"]:
        for zone in _zones(call):
            row = call.find("FastSnapshotRestore", f"{key} {zone['ZoneName']}")
            if row is None:
                failed.append(_failed(key, zone))
            else:
                call.drop("FastSnapshotRestore", row)
                done.append({**row, "State": "disabling", "DisablingTime": call.now})
    return {"Successful": done, "Unsuccessful": failed}


def describe_fast_snapshot_restores(call: Call) -> Document:
    check_page_size(call, least=0)
    return {"FastSnapshotRestores": call.page(filters.selected(call, "FastSnapshotRestore", call.get("Filters")))}
