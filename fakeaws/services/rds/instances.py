"""DB instances: made, changed at once or in their maintenance window, stopped and started, promoted, deleted."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import declared, kinds, states
from fakeaws.core.resources.places import store_of
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.rds import engines
from fakeaws.services.rds.network import security_groups, subnet_group

Document = dict[str, Any]
LATER = {
    "DBInstanceClass": "DBInstanceClass",
    "AllocatedStorage": "AllocatedStorage",
    "MultiAZ": "MultiAZ",
    "EngineVersion": "EngineVersion",
    "MasterUserPassword": "MasterUserPassword",
    "Iops": "Iops",
    "StorageType": "StorageType",
    "StorageThroughput": "StorageThroughput",
    "DBPortNumber": "Port",
    "LicenseModel": "LicenseModel",
    "NewDBInstanceIdentifier": "DBInstanceIdentifier",
}
"""What a modification changes in the maintenance window unless it is to be applied at once, and as what it waits."""
OF_CLUSTER = (
    "Engine MasterUsername StorageEncrypted KmsKeyId BackupRetentionPeriod EngineVersion DBClusterIdentifier"
    " PreferredBackupWindow"
).split()
"""What an instance of a cluster has from it."""
ALIKE = (
    "Engine EngineVersion DBInstanceClass AllocatedStorage MasterUsername LicenseModel StorageType StorageEncrypted"
    " KmsKeyId Iops AvailabilityZone BackupRetentionPeriod"
).split()
"""What replicas and restored instances have from what they come from."""
SECRET = ("MasterUserPassword",)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = rf"(?:{'|'.join(DAYS)}):(?:[01]\d|2[0-3]):[0-5]\d"
WINDOW = re.compile(rf"{_TIME}-{_TIME}")


def create_db_instance(call: Call) -> Document:
    cluster = call.read("DBCluster", call["DBClusterIdentifier"].lower()) if "DBClusterIdentifier" in call else None
    given = dict(call.params)
    _check_window(given)
    if cluster is None:
        check_master(given)
        if given.get("AllocatedStorage") is None and not engines.facts(given["Engine"]).get("clustered"):
            raise AwsError("InvalidParameterCombination", "The parameter AllocatedStorage must be provided.")
    elif cluster["Engine"] != given["Engine"]:
        raise AwsError(
            "InvalidParameterCombination",
            f"The engine name requested for your DB instance ({given['Engine']}) doesn't match the engine name of your "
            f"DB cluster ({cluster['Engine']}).",
        )
    return {"DBInstance": make_instance(call, given, cluster)}


def check_master(given: Document) -> None:
    """A database has a master user and a password, which RDS may manage itself."""
    if given.get("Engine") == "neptune":
        return
    needed = ["MasterUsername"] if given.get("ManageMasterUserPassword") else ["MasterUsername", *SECRET]
    for name in needed:
        if not given.get(name):
            raise AwsError("InvalidParameterValue", f"The parameter {name} must be provided and must not be blank.")
    password = given.get("MasterUserPassword")
    if password is not None:
        check_password(password)


def check_password(password: str) -> None:
    wrong = "The parameter MasterUserPassword is not a valid password"
    if len(password) < 8:
        raise AwsError("InvalidParameterValue", f"{wrong} because it is shorter than 8 characters.")
    if any(not "!" <= char <= "~" or char in '/@"' for char in password):
        allowed = "Only printable ASCII characters besides '/', '@', '\"', ' ' may be used."
        raise AwsError("InvalidParameterValue", f"{wrong}. {allowed}")


def make_instance(call: Call, given: Document, cluster: Resource | None = None) -> Resource:
    """A new instance of what is given, alone or as a member of a cluster."""
    engines.check_class(given["Engine"], given["DBInstanceClass"])
    made = {**_of_cluster(cluster), **_of_engine(call, given, cluster), **_network(call, given, cluster)}
    kept = {m: v for m, v in given.items() if m in call.operation.service.shape("DBInstance").member_names}
    made = {**made, **{m: v for m, v in kept.items() if m not in made}, "TagList": given.get("Tags", [])}
    made["DBInstanceIdentifier"] = given["DBInstanceIdentifier"].lower()
    made["InstanceCreateTime"] = made["LatestRestorableTime"] = call.now
    made.setdefault("AvailabilityZone", f"{call.region}a")
    domain = engines.facts(made["Engine"]).get("domain", "rds")
    made["Endpoint"] = {
        "Address": f"{made['DBInstanceIdentifier']}.{host(call)}.{call.region}.{domain}.amazonaws.com",
        "Port": made.pop("Port"),
        "HostedZoneId": "Z2R2ITUGPM61AM",
    }
    instance = declared.make(call, kinds.kind("rds", "DBInstance"), made, "", {"verb": "create"})
    if cluster is not None:
        _join(call, cluster, instance)
    return instance


def host(call: Call) -> str:
    """The part of endpoints that all of an account's in a region have."""
    note = f"rds host {call.account} {call.region}"
    found = store_of(call).note(note)
    if found is None:
        found = {"host": "c" + call.make("{alnum11}")}
        store_of(call).keep_note(note, found)
    return str(found["host"])


def _of_cluster(cluster: Resource | None) -> Document:
    if cluster is None:
        return {}
    shared = {name: cluster[name] for name in OF_CLUSTER if name in cluster}
    return {
        **shared,
        "AllocatedStorage": 1,
        "StorageType": cluster.get("StorageType", "aurora"),
        "DeletionProtection": False,
    }


def _of_engine(call: Call, given: Document, cluster: Resource | None) -> Document:
    engine = given["Engine"]
    family, version = engines.versioned(engine, cluster["EngineVersion"] if cluster else given.get("EngineVersion"))
    found, major = engines.facts(engine), engines.major(engine, version)
    group = given.get("DBParameterGroupName", f"default.{family}")
    if not group.startswith("default."):
        call.read("DBParameterGroup", group)
    options = given.get("OptionGroupName", f"default:{engine}-{major.replace('.', '-')}")
    if not options.startswith("default:"):
        call.read("OptionGroup", options)
    return {
        "Engine": engine,
        "EngineVersion": version,
        "LicenseModel": given.get("LicenseModel", found["license"]),
        "Port": cluster["Port"] if cluster else given.get("Port", found["port"]),
        "DBParameterGroups": [{"DBParameterGroupName": group, "ParameterApplyStatus": "in-sync"}],
        "OptionGroupMemberships": [{"OptionGroupName": options, "Status": "in-sync"}],
    }


def _network(call: Call, given: Document, cluster: Resource | None) -> Document:
    name = cluster["DBSubnetGroup"] if cluster else given.get("DBSubnetGroupName")
    group = subnet_group(call, name)
    if cluster is not None:
        return {"DBSubnetGroup": group, "VpcSecurityGroups": cluster["VpcSecurityGroups"]}
    return {
        "DBSubnetGroup": group,
        "VpcSecurityGroups": security_groups(call, given.get("VpcSecurityGroupIds"), group["VpcId"]),
    }


def _join(call: Call, cluster: Resource, instance: Resource) -> None:
    """The first instance of a cluster is the one that writes."""
    writes = not any(member["IsClusterWriter"] for member in cluster["DBClusterMembers"])
    member = {
        "DBInstanceIdentifier": instance["DBInstanceIdentifier"],
        "IsClusterWriter": writes,
        "DBClusterParameterGroupStatus": "in-sync",
        "PromotionTier": instance.setdefault("PromotionTier", 1),
    }
    cluster["DBClusterMembers"].append(member)
    call.keep("DBCluster", cluster)
    call.keep("DBInstance", instance)


def _available(call: Call, name: str) -> Resource:
    instance = call.read("DBInstance", name.lower())
    if instance["DBInstanceStatus"] != "available":
        raise AwsError(
            "InvalidDBInstanceState", f"Instance {instance['DBInstanceIdentifier']} is not in available state."
        )
    return instance


def _turned(call: Call, instance: Resource, verb: str) -> Document:
    instance.pop("passing", None)
    states.begin(kinds.kind("rds", "DBInstance"), instance, verb, call.now)
    return {"DBInstance": call.keep("DBInstance", instance)}


def reboot_db_instance(call: Call) -> Document:
    """Changes of static parameters take effect."""
    instance = _available(call, call["DBInstanceIdentifier"])
    for group in instance["DBParameterGroups"]:
        group["ParameterApplyStatus"] = "in-sync"
    return _turned(call, instance, "reboot")


def stop_db_instance(call: Call) -> Document:
    instance = _available(call, call["DBInstanceIdentifier"])
    if "DBClusterIdentifier" in instance:
        raise AwsError(
            "InvalidDBInstanceState",
            f"Cannot stop or start a DB instance that belongs to a cluster. Cluster: {instance['DBClusterIdentifier']}",
        )
    if "DBSnapshotIdentifier" in call:
        call.perform("rds", "CreateDBSnapshot", {m: call[m] for m in ("DBInstanceIdentifier", "DBSnapshotIdentifier")})
    return _turned(call, instance, "stop")


def start_db_instance(call: Call) -> Document:
    instance = call.read("DBInstance", call["DBInstanceIdentifier"].lower())
    if instance["DBInstanceStatus"] != "stopped":
        raise AwsError(
            "InvalidDBInstanceState",
            f"Instance {instance['DBInstanceIdentifier']} cannot be started as it is not in one of the following "
            "statuses: 'stopped, inaccessible-encryption-credentials-recoverable'.",
        )
    return _turned(call, instance, "start")


# Changing


def modify_db_instance(call: Call) -> Document:
    """What has to wait for the maintenance window is shown as pending."""
    instance = call.read("DBInstance", call["DBInstanceIdentifier"].lower())
    _check_window(call.params)
    if "MasterUserPassword" in call:
        check_password(call["MasterUserPassword"])
    if "EngineVersion" in call:
        call.params["EngineVersion"] = engines.versioned(instance["Engine"], call["EngineVersion"])[1]
    instance.update(_at_once(call, instance))
    waiting = {name: call[member] for member, name in LATER.items() if member in call}
    waiting = {name: value for name, value in waiting.items() if instance.get(name) != value}
    instance["PendingModifiedValues"] = {**instance["PendingModifiedValues"], **waiting}
    shown = dict(instance, PendingModifiedValues=_hidden(instance["PendingModifiedValues"]))
    if call.get("ApplyImmediately"):
        instance = _apply(call, instance)
        if waiting:
            _turned(call, instance, "modify")
            shown["DBInstanceStatus"] = instance["DBInstanceStatus"]
    else:
        call.keep("DBInstance", instance)
        call.at(_window(call.now, instance), _maintain, key=instance.key)
    return {"DBInstance": shown}


def _hidden(pending: Document) -> Document:
    return {name: "****" if name in SECRET else value for name, value in pending.items()}


def _at_once(call: Call, instance: Resource) -> Document:
    members = call.operation.service.shape("DBInstance").member_names
    changed = {m: v for m, v in call.params.items() if m in members and m not in LATER and m != "DBInstanceIdentifier"}
    if "DBParameterGroupName" in call:
        call.read("DBParameterGroup", call["DBParameterGroupName"])
        group = {"DBParameterGroupName": call["DBParameterGroupName"], "ParameterApplyStatus": "pending-reboot"}
        changed["DBParameterGroups"] = [group]
    if "VpcSecurityGroupIds" in call:
        vpc = instance["DBSubnetGroup"]["VpcId"]
        changed["VpcSecurityGroups"] = security_groups(call, call["VpcSecurityGroupIds"], vpc)
    if "DBSubnetGroupName" in call:
        changed["DBSubnetGroup"] = subnet_group(call, call["DBSubnetGroupName"])
    if "OptionGroupName" in call:
        call.read("OptionGroup", call["OptionGroupName"])
        changed["OptionGroupMemberships"] = [{"OptionGroupName": call["OptionGroupName"], "Status": "in-sync"}]
    exports = call.get("CloudwatchLogsExportConfiguration")
    if exports is not None:
        changed["EnabledCloudwatchLogsExports"] = exported(instance, exports)
    return changed


def exported(resource: Document, wanted: Document) -> list[str]:
    """The log types that are sent to CloudWatch Logs after some were enabled and disabled."""
    held = [*resource.get("EnabledCloudwatchLogsExports", []), *wanted.get("EnableLogTypes", [])]
    return sorted(set(held) - set(wanted.get("DisableLogTypes", [])))


def _apply(call: Call, instance: Resource) -> Resource:
    """Give an instance what was pending; a new name makes it another resource."""
    pending, instance["PendingModifiedValues"] = instance["PendingModifiedValues"], {}
    port = pending.pop("Port", None)
    if port is not None:
        instance["Endpoint"]["Port"] = port
    for name in SECRET:
        pending.pop(name, None)
    renamed = pending.pop("DBInstanceIdentifier", instance["DBInstanceIdentifier"]).lower()
    instance.update(pending)
    if renamed == instance["DBInstanceIdentifier"]:
        return call.keep("DBInstance", instance)
    if call.find("DBInstance", renamed) is not None:
        raise AwsError("DBInstanceAlreadyExists", "DB instance already exists")
    call.drop("DBInstance", instance)
    address = renamed + instance["Endpoint"]["Address"].removeprefix(instance["DBInstanceIdentifier"])
    arn = instance["DBInstanceArn"].rpartition(":")[0] + f":{renamed}"
    new = {**instance, "DBInstanceIdentifier": renamed, "DBInstanceArn": arn}
    return call.keep("DBInstance", {**new, "Endpoint": {**instance["Endpoint"], "Address": address}})


def _maintain(call: Call) -> None:
    instance = call.find("DBInstance", call["key"])
    if instance is not None:
        _apply(call, instance)


def _check_window(given: Document) -> None:
    window = given.get("PreferredMaintenanceWindow")
    if window is not None and WINDOW.fullmatch(window.lower()) is None:
        text = f"Maintenance window {window} is not in the format ddd:hh24:mi-ddd:hh24:mi."
        raise AwsError("InvalidParameterValue", text)


def _window(now: float, instance: Document) -> float:
    """When the next maintenance window begins: `sun:05:00-sun:06:00`."""
    day, hour, minute = instance["PreferredMaintenanceWindow"].lower().split("-")[0].split(":")
    moment = datetime.fromtimestamp(now, UTC)
    start = moment.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    start += timedelta(days=(DAYS.index(day) - moment.weekday()) % 7)
    return (start if start > moment else start + timedelta(days=7)).timestamp()


# Leaving


def delete_db_instance(call: Call) -> Document:
    """What a cluster's member has is the cluster's, so only others leave a final snapshot."""
    instance = call.read("DBInstance", call["DBInstanceIdentifier"].lower())
    if instance["DeletionProtection"]:
        raise AwsError(
            "InvalidParameterCombination",
            "Cannot delete protected DB Instance, please disable deletion protection and try again.",
        )
    cluster = call.find("DBCluster", instance.get("DBClusterIdentifier", ""))
    if cluster is not None:
        _leave(call, cluster, instance)
    else:
        check_final(call, "FinalDBSnapshotIdentifier")
        if "FinalDBSnapshotIdentifier" in call:
            names = {"DBInstanceIdentifier": instance.key, "DBSnapshotIdentifier": call["FinalDBSnapshotIdentifier"]}
            call.perform("rds", "CreateDBSnapshot", names)
    _forget_replica(call, instance)
    declared.remove(call, kinds.kind("rds", "DBInstance"), instance)
    return {"DBInstance": instance}


def check_final(call: Call, member: str) -> None:
    """A final snapshot is taken or skipped: who deletes has to say which."""
    if not call.get("SkipFinalSnapshot") and member not in call:
        raise AwsError("InvalidParameterCombination", f"{member} is required unless SkipFinalSnapshot is specified.")
    if call.get("SkipFinalSnapshot") and member in call:
        raise AwsError(
            "InvalidParameterCombination",
            f"{member} can not be specified when deleting a cluster with SkipFinalSnapshot",
        )


def _leave(call: Call, cluster: Resource, instance: Resource) -> None:
    """Where the one that writes goes, the next takes its place."""
    left = [one for one in cluster["DBClusterMembers"] if one["DBInstanceIdentifier"] != instance.key]
    if left and not any(one["IsClusterWriter"] for one in left):
        left[0]["IsClusterWriter"] = True
    cluster["DBClusterMembers"] = left
    call.keep("DBCluster", cluster)


def given(call: Call, member: str) -> str:
    """What names the source of something new, where AWS's model does not say that it has to be there."""
    if not call.get(member):
        raise AwsError("InvalidParameterCombination", f"The parameter {member} must be provided.")
    return str(call[member])


# Replicas


def create_db_instance_read_replica(call: Call) -> Document:
    """A replica is like its source where nothing else is said."""
    source = _available(call, given(call, "SourceDBInstanceIdentifier").rsplit(":", 1)[-1])
    if source["BackupRetentionPeriod"] == 0:
        raise AwsError(
            "InvalidDBInstanceState",
            "Automated backups are not enabled for this database instance. To enable automated backups, use "
            "ModifyDBInstance to set the backup retention period to a non-zero value.",
        )
    made = make_instance(call, {**like(source), **call.params, "BackupRetentionPeriod": 0})
    made["ReadReplicaSourceDBInstanceIdentifier"] = source["DBInstanceIdentifier"]
    made["StatusInfos"] = [{"StatusType": "read replication", "Normal": True, "Status": "replicating"}]
    source["ReadReplicaDBInstanceIdentifiers"].append(made["DBInstanceIdentifier"])
    call.keep("DBInstance", source)
    return {"DBInstance": call.keep("DBInstance", made)}


def like(source: Document) -> Document:
    """The parameters that make an instance like another one, or like the one that a snapshot was taken of."""
    port = source.get("Port") or source.get("Endpoint", {}).get("Port")
    return {
        **{name: source[name] for name in ALIKE if source.get(name) is not None},
        **({"Port": port} if port else {}),
    }


def promote_read_replica(call: Call) -> Document:
    instance = _available(call, call["DBInstanceIdentifier"])
    if "ReadReplicaSourceDBInstanceIdentifier" not in instance:
        raise AwsError("InvalidDBInstanceState", f"DB Instance is not a read replica: {instance.key}")
    _forget_replica(call, instance)
    instance["BackupRetentionPeriod"] = call.get("BackupRetentionPeriod", 1)
    if "PreferredBackupWindow" in call:
        instance["PreferredBackupWindow"] = call["PreferredBackupWindow"]
    return _turned(call, instance, "modify")


def _forget_replica(call: Call, instance: Resource) -> None:
    source = call.find("DBInstance", instance.pop("ReadReplicaSourceDBInstanceIdentifier", ""))
    instance.pop("StatusInfos", None)
    if source is not None:
        source["ReadReplicaDBInstanceIdentifiers"].remove(instance.key)
        call.keep("DBInstance", source)
