"""EBS snapshots: made of volumes, copied, shared, described and deleted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import filters, kinds
from fakeaws.core.resources.naming import refusal
from fakeaws.core.resources.states import begin
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.pace import pace
from fakeaws.services.ec2.resources import check_id, check_page_size, keep_setting, new_id, read, setting, tags_for
from fakeaws.services.ec2.storage import encryption, images

Document = dict[str, Any]
EVERYONE = "all"
GIB = 1 << 30


def create_snapshot(call: Call) -> Document:
    volume = read(call, "Volume", call["VolumeId"])
    snapshot = _of_volume(call, volume, tags_for(call, "snapshot"), call.get("Description", ""))
    return {**shown(call, snapshot), "Progress": ""}


def create_snapshots(call: Call) -> Document:
    """Of all disks of an instance at one moment, less those that are left out."""
    wanted = call["InstanceSpecification"]
    instance = read(call, "Instance", wanted["InstanceId"])
    made = []
    for mapping in instance["BlockDeviceMappings"]:
        key = mapping["Ebs"]["VolumeId"]
        root = mapping["DeviceName"] == instance["RootDeviceName"]
        if (root and wanted.get("ExcludeBootVolume")) or key in wanted.get("ExcludeDataVolumeIds", ()):
            continue
        volume = call.read("Volume", key)
        copied = volume.get("Tags", []) if call.get("CopyTagsFromSource") == "volume" else []
        tags = [*copied, *tags_for(call, "snapshot")]
        made.append(_of_volume(call, volume, tags, call.get("Description", "")))
    names = [
        "Description",
        "Tags",
        "Encrypted",
        "VolumeId",
        "State",
        "VolumeSize",
        "StartTime",
        "OwnerId",
        "SnapshotId",
    ]
    return {"Snapshots": [{**{n: s[n] for n in names if n in s}, "Progress": ""} for s in made]}


def _of_volume(call: Call, volume: Resource, tags: list[Document], description: str) -> Resource:
    snapshot = {
        "VolumeId": volume["VolumeId"],
        "VolumeSize": volume["Size"],
        "Description": description,
        "Encrypted": volume["Encrypted"],
        "KmsKeyId": volume.get("KmsKeyId"),
        "Tags": tags,
        "source": volume["SnapshotId"] or None,
    }
    return make(call, snapshot)


def make(call: Call, facts: Document) -> Resource:
    """Keep a new snapshot, which is pending for a while."""
    snapshot = {
        "StorageTier": "standard",
        "TransferType": "standard",
        "SnapshotId": new_id(call, "Snapshot"),
        "StartTime": call.now,
        "OwnerId": call.account,
        "CompletionTime": call.now + 60 * pace(),
        "FullSnapshotSizeInBytes": facts["VolumeSize"] * GIB,
        **{name: value for name, value in facts.items() if value is not None and value != []},
    }
    begin(kinds.kind("ec2", "Snapshot"), snapshot, "create", call.now)
    return call.keep("Snapshot", snapshot)


def shown(call: Call, snapshot: Document) -> Document:
    """The snapshot as describe shows it: how far it is, and when it was done."""
    done = snapshot["State"] == "completed"
    found: Document = {**snapshot, "Progress": "100%" if done else "0%"}
    if not done:
        found.pop("CompletionTime", None)
        found.pop("FullSnapshotSizeInBytes", None)
    return found


def describe_snapshots(call: Call) -> Document:
    """The account's own and those shared with it; `--owner-ids self` leaves the others out."""
    check_page_size(call)
    declared = kinds.kind("ec2", "Snapshot")
    if call.get("SnapshotIds"):
        if "MaxResults" in call:
            raise AwsError(
                "InvalidParameterCombination",
                "The parameter snapshotSet cannot be used with the parameter maxResults",
            )
        found = [_reached(call, key) for key in call["SnapshotIds"]]
    elif _only_own(call):
        rows = filters.selected(call, "Snapshot", call.get("Filters"))
        return {"Snapshots": [shown(call, row) for row in call.page(rows)]}
    else:
        found = [*call.list("Snapshot"), *_shared(call)]
    found = [shown(call, s) for s in found if _is_asked_for(call, s)]
    return {"Snapshots": [s for s in found if filters.matching(declared, call.get("Filters"), s)]}


def _only_own(call: Call) -> bool:
    owners = set(call.get("OwnerIds", ()))
    return bool(owners) and owners <= {"self", call.account} and not call.get("RestorableByUserIds")


def _shared(call: Call) -> Iterator[Resource]:
    """Those that others let this account, or everyone, restore."""
    for whom in (call.account, EVERYONE):
        for share in call.of(account=whom).list("SharedSnapshot"):
            if share["owner"] != call.account:
                found = call.of(account=share["owner"]).find("Snapshot", share["key"])
                if found is not None:
                    yield found


def _is_asked_for(call: Call, snapshot: Document) -> bool:
    owners = [call.account if owner == "self" else owner for owner in call.get("OwnerIds", ())]
    if owners and snapshot["OwnerId"] not in owners:
        return False
    allowed = [call.account if user == "self" else user for user in call.get("RestorableByUserIds", ())]
    own_names = {snapshot["OwnerId"], *snapshot.get("users", ())}
    return not allowed or bool(own_names.intersection(allowed))


def reachable(call: Call, key: str) -> Resource | None:
    """The snapshot with this id, the account's own or one shared with it; None where there is none."""
    check_id(call, "Snapshot", key)
    own = call.find("Snapshot", key)
    if own is not None:
        return own
    for whom in (call.account, EVERYONE):
        share = call.of(account=whom).find("SharedSnapshot", key)
        if share is not None:
            return call.of(account=share["owner"]).find("Snapshot", key)
    return None


def _reached(call: Call, key: str) -> Document:
    found = reachable(call, key)
    if found is not None:
        return found
    size = images.public_snapshots(call).get(key)
    if size is None:
        raise refusal(call, "Snapshot", "missing", key)
    return {
        "OwnerAlias": "amazon",
        "StorageTier": "standard",
        "SnapshotId": key,
        "VolumeId": "vol-ffffffff",
        "State": "completed",
        "StartTime": 1_700_000_000.0,
        "OwnerId": "137112412989",
        "VolumeSize": size,
        "Encrypted": False,
        "Description": "",
    }


def delete_snapshot(call: Call) -> Document:
    """One that an image stands on stays; a locked one too; a retention rule of the Recycle Bin keeps it a while."""
    snapshot = own(call, call["SnapshotId"])
    image = next(call.list("Image", BlockDeviceMappings__Ebs__SnapshotId=snapshot.key), None)
    if image is not None:
        raise AwsError("InvalidSnapshot.InUse", f"The snapshot {snapshot.key} is currently in use by {image.key}")
    lock = snapshot.get("lock")
    if lock is not None and lock.get("LockExpiresOn", call.now + 1) > call.now:
        raise AwsError("SnapshotLocked", f"The snapshot '{snapshot.key}' is locked and cannot be deleted.")
    discard(call, snapshot)
    return {}


def discard(call: Call, snapshot: Resource) -> None:
    """Remove a snapshot, into the Recycle Bin where a retention rule says so."""
    from fakeaws.services.ec2.storage.recycle_bin import retention

    _withdraw(call, snapshot, [*snapshot.get("users", ()), EVERYONE])
    seconds = retention(call, "EBS_SNAPSHOT", snapshot.get("Tags", []))
    if seconds is not None:
        times = {"RecycleBinEnterTime": call.now, "RecycleBinExitTime": call.now + seconds}
        call.keep("RecycledSnapshot", {**snapshot, **times, "passing": [[call.now + seconds, None]]})
    call.drop("Snapshot", snapshot)


def own(call: Call, key: str) -> Resource:
    """The account's own snapshot with this id; for another's, AWS says that this is not permitted."""
    check_id(call, "Snapshot", key)
    found = call.find("Snapshot", key)
    if found is None:
        if reachable(call, key) is not None:
            raise AwsError("AuthFailure", f"Not authorized for snapshot: {key}")
        raise refusal(call, "Snapshot", "missing", key)
    return found


def copy_snapshot(call: Call) -> Document:
    """Called in the region that gets the copy. A copy of an encrypted snapshot is encrypted."""
    known = images.region_names()
    if call["SourceRegion"] not in known:
        raise AwsError(
            "InvalidParameterValue", f"Value ({call['SourceRegion']}) for parameter sourceRegion is invalid."
        )
    source = reachable(call.of(region=call["SourceRegion"]), call["SourceSnapshotId"])
    if source is None:
        raise refusal(call, "Snapshot", "missing", call["SourceSnapshotId"])
    if source["State"] != "completed":
        raise AwsError("IncorrectState", f"Snapshot {source.key} is not in the completed state.")
    tags = tags_for(call, "snapshot")
    made = copied(call, source, call.get("Description", f"[Copied {source.key} from {call['SourceRegion']}]"), tags)
    return {"SnapshotId": made.key, **({"Tags": tags} if tags else {})}


def copied(call: Call, source: Resource, description: str, tags: list[Document]) -> Resource:
    """A copy of a snapshot, in the caller's region."""
    keys = encryption.of_volume(call, {n: call[n] for n in ("Encrypted", "KmsKeyId") if n in call}, source)
    facts = {"VolumeId": "vol-ffffffff", "VolumeSize": source["VolumeSize"], "Description": description}
    region = source.scope[1]
    return make(call, {**facts, "Tags": tags, **keys, "source": source.key, "source_region": region})


def describe_snapshot_attribute(call: Call) -> Document:
    snapshot = own(call, call["SnapshotId"])
    if call["Attribute"] == "productCodes":
        return {"ProductCodes": [], "SnapshotId": snapshot.key}
    groups = [{"Group": EVERYONE}] if snapshot.get("public") else []
    users = [{"UserId": user} for user in snapshot.get("users", ())]
    return {"CreateVolumePermissions": [*groups, *users], "SnapshotId": snapshot.key}


def modify_snapshot_attribute(call: Call) -> Document:
    """Encrypted snapshots cannot be made public."""
    snapshot = own(call, call["SnapshotId"])
    added, removed = permissions(call, "CreateVolumePermission", "GroupNames")
    if not added and not removed:
        raise AwsError("MissingParameter", "The request must contain the parameter createVolumePermission")
    users = set(snapshot.get("users", ()))
    public = snapshot.get("public", False)
    for permission in added:
        if "Group" in permission:
            _check_public(call, snapshot)
            public = True
        else:
            users.add(checked_user(permission["UserId"]))
    for permission in removed:
        users.discard(permission.get("UserId", ""))
        public = public and "Group" not in permission
    _publish(call, snapshot, sorted(users), public)
    return {}


def _check_public(call: Call, snapshot: Resource) -> None:
    if snapshot["Encrypted"]:
        raise AwsError("OperationNotPermitted", "Encrypted snapshots with EBS default key cannot be shared")
    if setting(call, "snapshot-public-access").get("state", "unblocked") != "unblocked":
        raise AwsError(
            "OperationNotPermitted",
            "You can't publicly share this snapshot because block public access for snapshots is enabled.",
        )


def checked_user(user: str) -> str:
    """An account id that others are let in by."""
    if len(user) != 12 or not user.isdecimal():
        raise AwsError("InvalidAMIAttributeItemValue", f'Invalid attribute item value "{user}" for userId item type.')
    return user


def permissions(call: Call, member: str, groups: str) -> tuple[list[Document], list[Document]]:
    """What a modification adds and removes, said in a structure or in parameters of its own."""
    given = call.get(member, {})
    added, removed = list(given.get("Add", ())), list(given.get("Remove", ()))
    spelled = [{"UserId": user} for user in call.get("UserIds", ())]
    spelled += [{"Group": group} for group in call.get(groups, ())]
    (removed if call.get("OperationType") == "remove" else added).extend(spelled)
    return added, removed


def _publish(call: Call, snapshot: Resource, users: list[str], public: bool) -> None:
    _withdraw(call, snapshot, [*snapshot.get("users", ()), EVERYONE])
    for whom in [*users, *([EVERYONE] if public else [])]:
        share = {"key": snapshot.key, "owner": call.account}
        call.of(account=whom).keep("SharedSnapshot", share)
    snapshot |= {"users": users, "public": public}
    call.keep("Snapshot", snapshot)


def _withdraw(call: Call, snapshot: Resource, users: list[str]) -> None:
    for whom in users:
        elsewhere = call.of(account=whom)
        share = elsewhere.find("SharedSnapshot", snapshot.key)
        if share is not None:
            elsewhere.drop("SharedSnapshot", share)


def reset_snapshot_attribute(call: Call) -> Document:
    snapshot = own(call, call["SnapshotId"])
    if call["Attribute"] != "createVolumePermission":
        raise AwsError("InvalidParameterValue", f"Value ({call['Attribute']}) for parameter attribute is invalid.")
    _publish(call, snapshot, [], False)
    return {}


def get_snapshot_block_public_access_state(call: Call) -> Document:
    state = setting(call, "snapshot-public-access").get("state", "unblocked")
    return {"State": state, "ManagedBy": "account"}


def enable_snapshot_block_public_access(call: Call) -> Document:
    keep_setting(call, "snapshot-public-access", state=call["State"])
    return {"State": call["State"]}


def disable_snapshot_block_public_access(call: Call) -> Document:
    keep_setting(call, "snapshot-public-access", state="unblocked")
    return {"State": "unblocked"}
