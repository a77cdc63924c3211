"""Snapshots of instances and clusters: taken, copied, shared, and restored to new ones."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import declared, kinds
from fakeaws.core.resources.naming import refusal
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import arns
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.rds.clusters import make_cluster
from fakeaws.services.rds.instances import given, like, make_instance

Document = dict[str, Any]
SHARED = "restore"
"""The one attribute of a snapshot: the accounts that may restore it."""


def _take(call: Call, kind: str, made: Document) -> Document:
    if made[f"{kind}Identifier"].lower().startswith("rds:"):
        raise AwsError("InvalidParameterValue", f"Invalid snapshot identifier: {made[f'{kind}Identifier']}")
    names = call.operation.service.shape(kind).member_names
    kept = {name: value for name, value in made.items() if name in names}
    kept |= {"SnapshotCreateTime": call.now, "TagList": call.get("Tags", [])}
    return {kind: declared.make(call, kinds.kind("rds", kind), kept, "", {"verb": "create"})}


def create_db_snapshot(call: Call) -> Document:
    source = call.read("DBInstance", call["DBInstanceIdentifier"].lower())
    if source["DBInstanceStatus"] not in ("available", "stopped"):
        raise AwsError("InvalidDBInstanceState", f"Instance {source.key} is not in available state.")
    own = {
        "DBSnapshotIdentifier": call["DBSnapshotIdentifier"],
        "Port": source["Endpoint"]["Port"],
        "VpcId": source["DBSubnetGroup"]["VpcId"],
        "OptionGroupName": source["OptionGroupMemberships"][0]["OptionGroupName"],
        "Encrypted": source["StorageEncrypted"],
        "OriginalSnapshotCreateTime": call.now,
        "DBInstanceClass": source["DBInstanceClass"],
    }
    return _take(call, "DBSnapshot", {**source, **own})


def create_db_cluster_snapshot(call: Call) -> Document:
    source = call.read("DBCluster", call["DBClusterIdentifier"].lower())
    return _take(
        call, "DBClusterSnapshot", {**source, "DBClusterSnapshotIdentifier": call["DBClusterSnapshotIdentifier"]}
    )


def copy_db_snapshot(call: Call) -> Document:
    return _copied(call, "DBSnapshot", "SourceDBSnapshotIdentifier")


def copy_db_cluster_snapshot(call: Call) -> Document:
    return _copied(call, "DBClusterSnapshot", "SourceDBClusterSnapshotArn")


def _copied(call: Call, kind: str, from_member: str) -> Document:
    source = _source(call, kind, call[f"Source{kind}Identifier"])
    made = {m: v for m, v in source.items() if m not in ("TagList", f"{kind}Arn", "passing", "Status")}
    made |= {
        f"{kind}Identifier": call[f"Target{kind}Identifier"],
        from_member: source[f"{kind}Arn"],
        "SnapshotType": "manual",
    }
    if "KmsKeyId" in call:
        made |= {"KmsKeyId": call["KmsKeyId"], "Encrypted": True, "StorageEncrypted": True}
    if call.get("CopyTags"):
        call.params["Tags"] = source.get("TagList", [])
    return _take(call, kind, made)


def _source(call: Call, kind: str, name: str) -> Resource:
    """A snapshot by name or by ARN, which may be one of another region or a shared one of another account."""
    arn = arns.parsed(name)
    if arn is None:
        return call.read(kind, name)
    key = arn.resource.partition(":")[2]
    if arn.account == call.account:
        return call.of(region=arn.region).read(kind, key)
    found = call.of(account=arn.account, region=arn.region).find(kind, key)
    if found is None or not {"all", call.account} & set(found.get("shared", ())):
        raise refusal(call, kind, "missing", name)
    return found


# Sharing


def modify_db_snapshot_attribute(call: Call) -> Document:
    return _shared(call, "DBSnapshot")


def modify_db_cluster_snapshot_attribute(call: Call) -> Document:
    return _shared(call, "DBClusterSnapshot")


def _shared(call: Call, kind: str) -> Document:
    if call["AttributeName"] != SHARED:
        raise AwsError("InvalidParameterValue", f"Invalid attribute name: {call['AttributeName']}")
    snapshot = call.read(kind, call[f"{kind}Identifier"])
    held = {*snapshot.get("shared", ()), *call.get("ValuesToAdd", ())} - set(call.get("ValuesToRemove", ()))
    snapshot["shared"] = sorted(held)
    return _attributes(kind, call.keep(kind, snapshot))


def _attributes(kind: str, snapshot: Resource) -> Document:
    attributes = [{"AttributeName": SHARED, "AttributeValues": snapshot.get("shared", [])}]
    return {f"{kind}AttributesResult": {f"{kind}Identifier": snapshot.key, f"{kind}Attributes": attributes}}


def describe_db_snapshot_attributes(call: Call) -> Document:
    return _attributes("DBSnapshot", call.read("DBSnapshot", call["DBSnapshotIdentifier"]))


def describe_db_cluster_snapshot_attributes(call: Call) -> Document:
    return _attributes("DBClusterSnapshot", call.read("DBClusterSnapshot", call["DBClusterSnapshotIdentifier"]))


# Restoring


def restore_db_instance_from_db_snapshot(call: Call) -> Document:
    """The new instance is like the one that the snapshot was taken of, but for what is said."""
    source = _source(call, "DBSnapshot", given(call, "DBSnapshotIdentifier"))
    usual = {"DBInstanceClass": source.get("DBInstanceClass", "db.m5.large")}
    return {"DBInstance": make_instance(call, {**usual, **like(source), **call.params})}


def restore_db_instance_to_point_in_time(call: Call) -> Document:
    source = call.read("DBInstance", given(call, "SourceDBInstanceIdentifier").lower())
    _check_time(call, "RestoreTime", "UseLatestRestorableTime")
    wanted = {**like(source), **call.params, "DBInstanceIdentifier": call["TargetDBInstanceIdentifier"]}
    wanted.setdefault("DBSubnetGroupName", source["DBSubnetGroup"]["DBSubnetGroupName"])
    return {"DBInstance": make_instance(call, wanted)}


def _check_time(call: Call, *members: str) -> None:
    if not any(call.get(member) for member in members):
        raise AwsError("InvalidParameterCombination", f"Either {' or '.join(members)} must be specified")


def _like_cluster(source: Document) -> Document:
    names = (
        "Engine",
        "EngineVersion",
        "MasterUsername",
        "StorageEncrypted",
        "KmsKeyId",
        "Port",
        "BackupRetentionPeriod",
    )
    return {name: source[name] for name in names if source.get(name) is not None}


def restore_db_cluster_from_snapshot(call: Call) -> Document:
    """The new cluster has no instances yet."""
    source = _source(call, "DBClusterSnapshot", call["SnapshotIdentifier"])
    return {"DBCluster": make_cluster(call, {**_like_cluster(source), **call.params})}


def restore_db_cluster_to_point_in_time(call: Call) -> Document:
    source = call.read("DBCluster", given(call, "SourceDBClusterIdentifier").lower())
    _check_time(call, "RestoreToTime", "UseLatestRestorableTime")
    usual = {**_like_cluster(source), "DBSubnetGroupName": source["DBSubnetGroup"]}
    return {"DBCluster": make_cluster(call, {**usual, **call.params})}
