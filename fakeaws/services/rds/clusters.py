"""DB clusters: Aurora, Multi-AZ, Neptune and DocumentDB; which member writes; global clusters over regions."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import declared, kinds, states
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.rds import engines
from fakeaws.services.rds.instances import check_final, check_master, check_password, exported, host
from fakeaws.services.rds.network import security_groups, subnet_group

Document = dict[str, Any]


def create_db_cluster(call: Call) -> Document:
    given = dict(call.params)
    if not {"ReplicationSourceIdentifier", "GlobalClusterIdentifier"} & set(given):
        check_master(given)
    return {"DBCluster": make_cluster(call, given)}


def make_cluster(call: Call, given: Document) -> Resource:
    """A new cluster of what is given, without instances."""
    engine, name = given["Engine"], given["DBClusterIdentifier"].lower()
    family, version = engines.versioned(engine, given.get("EngineVersion"))
    facts = engines.facts(engine)
    group = given.get("DBClusterParameterGroupName", f"default.{family}")
    if not group.startswith("default."):
        call.read("DBClusterParameterGroup", group)
    subnets = subnet_group(call, given.get("DBSubnetGroupName"))
    place = f"{host(call)}.{call.region}.{facts.get('domain', 'rds')}.amazonaws.com"
    made = {m: v for m, v in given.items() if m in call.operation.service.shape("DBCluster").member_names}
    made |= {
        "DBClusterIdentifier": name,
        "EngineVersion": version,
        "DBClusterParameterGroup": group,
        "DBSubnetGroup": subnets["DBSubnetGroupName"],
        "VpcSecurityGroups": security_groups(call, given.get("VpcSecurityGroupIds"), subnets["VpcId"]),
        "Port": given.get("Port", facts["port"]),
        "Endpoint": f"{name}.cluster-{place}",
        "ReaderEndpoint": f"{name}.cluster-ro-{place}",
        "ClusterCreateTime": call.now,
        "EarliestRestorableTime": call.now,
        "LatestRestorableTime": call.now,
        "TagList": given.get("Tags", []),
    }
    made.setdefault("AvailabilityZones", [f"{call.region}{letter}" for letter in "abc"])
    cluster = declared.make(call, kinds.kind("rds", "DBCluster"), made, "", {"verb": "create"})
    if "GlobalClusterIdentifier" in given:
        _join(call, call.read("GlobalCluster", given["GlobalClusterIdentifier"]), cluster)
    return cluster


def _cluster(call: Call) -> Resource:
    return call.read("DBCluster", call["DBClusterIdentifier"].rsplit(":", 1)[-1].lower())


def modify_db_cluster(call: Call) -> Document:
    """Almost all is changed at once; a new name changes the endpoints."""
    cluster = _cluster(call)
    if "MasterUserPassword" in call:
        check_password(call["MasterUserPassword"])
    if "EngineVersion" in call:
        call.params["EngineVersion"] = engines.versioned(cluster["Engine"], call["EngineVersion"])[1]
    members = call.operation.service.shape("DBCluster").member_names
    cluster.update({m: v for m, v in call.params.items() if m in members and m != "DBClusterIdentifier"})
    if "DBClusterParameterGroupName" in call:
        cluster["DBClusterParameterGroup"] = call.read(
            "DBClusterParameterGroup", call["DBClusterParameterGroupName"]
        ).key
    if "VpcSecurityGroupIds" in call:
        vpc = subnet_group(call, cluster["DBSubnetGroup"])["VpcId"]
        cluster["VpcSecurityGroups"] = security_groups(call, call["VpcSecurityGroupIds"], vpc)
    if "CloudwatchLogsExportConfiguration" in call:
        cluster["EnabledCloudwatchLogsExports"] = exported(cluster, call["CloudwatchLogsExportConfiguration"])
    if "NewDBClusterIdentifier" in call:
        cluster = _renamed(call, cluster, call["NewDBClusterIdentifier"].lower())
    return {"DBCluster": call.keep("DBCluster", cluster)}


def _renamed(call: Call, cluster: Resource, name: str) -> Resource:
    if call.find("DBCluster", name) is not None:
        raise AwsError("DBClusterAlreadyExistsFault", "DB Cluster already exists")
    old = cluster["DBClusterIdentifier"]
    for member in cluster["DBClusterMembers"]:
        instance = call.read("DBInstance", member["DBInstanceIdentifier"])
        call.keep("DBInstance", {**instance, "DBClusterIdentifier": name})
    call.drop("DBCluster", cluster)
    ends = {m: name + cluster[m].removeprefix(old) for m in ("Endpoint", "ReaderEndpoint")}
    arn = cluster["DBClusterArn"].rpartition(":")[0] + f":{name}"
    return call.keep("DBCluster", {**cluster, **ends, "DBClusterArn": arn, "DBClusterIdentifier": name})


def delete_db_cluster(call: Call) -> Document:
    """Its instances go first; a final snapshot is taken or skipped."""
    cluster = _cluster(call)
    if cluster["DeletionProtection"]:
        raise AwsError(
            "InvalidParameterCombination",
            "Cannot delete protected Cluster, please disable deletion protection and try again.",
        )
    if cluster["DBClusterMembers"]:
        raise AwsError(
            "InvalidDBClusterStateFault",
            "Cluster cannot be deleted, it still contains DB instances in non-deleting state.",
        )
    if cluster.get("GlobalClusterIdentifier"):
        raise AwsError(
            "InvalidDBClusterStateFault",
            "This cluster is a part of a global cluster, please remove it from globalcluster first",
        )
    check_final(call, "FinalDBSnapshotIdentifier")
    if "FinalDBSnapshotIdentifier" in call:
        names = {"DBClusterIdentifier": cluster.key, "DBClusterSnapshotIdentifier": call["FinalDBSnapshotIdentifier"]}
        call.perform("rds", "CreateDBClusterSnapshot", names)
    declared.remove(call, kinds.kind("rds", "DBCluster"), cluster)
    return {"DBCluster": cluster}


def stop_db_cluster(call: Call) -> Document:
    cluster = _cluster(call)
    if cluster["Status"] != "available":
        raise AwsError("InvalidDBClusterStateFault", f"DbCluster {cluster.key} is not in available state.")
    return _turned(call, cluster, "stop")


def start_db_cluster(call: Call) -> Document:
    cluster = _cluster(call)
    if cluster["Status"] != "stopped":
        raise AwsError(
            "InvalidDBClusterStateFault",
            f"DbCluster {cluster.key} is in {cluster['Status']} state but expected it to be one of stopped,"
            "inaccessible-encryption-credentials-recoverable.",
        )
    return _turned(call, cluster, "start")


def _turned(call: Call, cluster: Resource, verb: str) -> Document:
    """A cluster and its instances change their states together."""
    for member in cluster["DBClusterMembers"] if verb in ("stop", "start") else ():
        instance = call.read("DBInstance", member["DBInstanceIdentifier"])
        states.begin(kinds.kind("rds", "DBInstance"), instance, verb, call.now)
        call.keep("DBInstance", instance)
    states.begin(kinds.kind("rds", "DBCluster"), cluster, verb, call.now)
    return {"DBCluster": call.keep("DBCluster", cluster)}


def failover_db_cluster(call: Call) -> Document:
    """Another member becomes the one that writes: the one that is named, else the one of the lowest tier."""
    cluster, wanted = _cluster(call), call.get("TargetDBInstanceIdentifier")
    readers = [one for one in cluster["DBClusterMembers"] if not one["IsClusterWriter"]]
    if wanted is not None:
        call.read("DBInstance", wanted)
        readers = [one for one in readers if one["DBInstanceIdentifier"] == wanted]
    if not readers:
        raise AwsError(
            "InvalidDBClusterStateFault", f"DB cluster {cluster.key} has no reader instance that it could fail over to."
        )
    chosen = min(readers, key=lambda one: one["PromotionTier"])
    for one in cluster["DBClusterMembers"]:
        one["IsClusterWriter"] = one is chosen
    return _turned(call, cluster, "failover")


def promote_read_replica_db_cluster(call: Call) -> Document:
    cluster = _cluster(call)
    if cluster.pop("ReplicationSourceIdentifier", None) is None:
        raise AwsError("InvalidDBClusterStateFault", f"DB cluster {cluster.key} is not a read replica")
    return {"DBCluster": call.keep("DBCluster", cluster)}


def add_role_to_db_cluster(call: Call) -> Document:
    cluster = _cluster(call)
    if any(_is_role(call, one) for one in cluster["AssociatedRoles"]):
        raise AwsError(
            "DBClusterRoleAlreadyExists", f"The role {call['RoleArn']} is already associated with the DB cluster"
        )
    role = {"RoleArn": call["RoleArn"], "Status": "ACTIVE", "FeatureName": call.get("FeatureName")}
    cluster["AssociatedRoles"].append({name: value for name, value in role.items() if value is not None})
    call.keep("DBCluster", cluster)
    return {}


def remove_role_from_db_cluster(call: Call) -> Document:
    cluster = _cluster(call)
    left = [one for one in cluster["AssociatedRoles"] if not _is_role(call, one)]
    if len(left) == len(cluster["AssociatedRoles"]):
        raise AwsError("DBClusterRoleNotFound", f"Unable to find role {call['RoleArn']} in DB cluster {cluster.key}")
    cluster["AssociatedRoles"] = left
    call.keep("DBCluster", cluster)
    return {}


def _is_role(call: Call, one: Document) -> bool:
    return bool(one["RoleArn"] == call["RoleArn"] and one.get("FeatureName") == call.get("FeatureName"))


# Global clusters


def create_global_cluster(call: Call) -> Document:
    """Of an engine, or over a cluster that is there, which becomes its writer."""
    source = call.get("SourceDBClusterIdentifier")
    made = {m: v for m, v in call.params.items() if m != "SourceDBClusterIdentifier"}
    cluster = call.read("DBCluster", source.rsplit(":", 1)[-1]) if source else None
    if cluster is not None:
        made |= {m: cluster[m] for m in ("Engine", "EngineVersion", "StorageEncrypted")}
    elif "Engine" not in made:
        raise AwsError("InvalidParameterCombination", "Either engine or source cluster must be specified")
    else:
        made["EngineVersion"] = engines.versioned(made["Engine"], made.get("EngineVersion"))[1]
    found = declared.make(call, kinds.kind("rds", "GlobalCluster"), made, "", {"verb": "create"})
    if cluster is not None:
        _join(call, found, cluster)
    return {"GlobalCluster": found}


def _join(call: Call, top: Resource, cluster: Resource) -> None:
    members = top["GlobalClusterMembers"]
    writes = not any(one["IsWriter"] for one in members)
    arn = cluster["DBClusterArn"]
    members.append({"DBClusterArn": arn, "Readers": [], "IsWriter": writes, "SynchronizationStatus": "connected"})
    for one in members:
        one["Readers"] = [m["DBClusterArn"] for m in members if m is not one] if one["IsWriter"] else []
    call.keep("GlobalCluster", top)
    cluster["GlobalClusterIdentifier"] = top.key
    call.keep("DBCluster", cluster)


def remove_from_global_cluster(call: Call) -> Document:
    top = call.read("GlobalCluster", call["GlobalClusterIdentifier"])
    cluster = _member(call, top, call["DbClusterIdentifier"])
    cluster.pop("GlobalClusterIdentifier", None)
    call.keep("DBCluster", cluster)
    top["GlobalClusterMembers"] = [
        one for one in top["GlobalClusterMembers"] if one["DBClusterArn"] != cluster["DBClusterArn"]
    ]
    for one in top["GlobalClusterMembers"]:
        one["Readers"] = [arn for arn in one["Readers"] if arn != cluster["DBClusterArn"]]
    return {"GlobalCluster": call.keep("GlobalCluster", top)}


def _member(call: Call, top: Resource, name: str) -> Resource:
    """A cluster that belongs to a global one, in whichever region it stands."""
    found = next(
        (
            one
            for one in top["GlobalClusterMembers"]
            if name in (one["DBClusterArn"], one["DBClusterArn"].rsplit(":", 1)[-1])
        ),
        None,
    )
    if found is None:
        raise AwsError("DBClusterNotFoundFault", f"DBCluster {name} not found in global cluster {top.key}.")
    parts = found["DBClusterArn"].split(":")
    return call.of(region=parts[3]).read("DBCluster", parts[-1])


def failover_global_cluster(call: Call) -> Document:
    return _switched(call)


def switchover_global_cluster(call: Call) -> Document:
    return _switched(call)


def _switched(call: Call) -> Document:
    """Another cluster becomes the one that writes."""
    top = call.read("GlobalCluster", call["GlobalClusterIdentifier"])
    wanted = _member(call, top, call["TargetDbClusterIdentifier"])["DBClusterArn"]
    arns = [one["DBClusterArn"] for one in top["GlobalClusterMembers"]]
    for one in top["GlobalClusterMembers"]:
        one["IsWriter"] = one["DBClusterArn"] == wanted
        one["Readers"] = [arn for arn in arns if arn != wanted] if one["IsWriter"] else []
    return {"GlobalCluster": call.keep("GlobalCluster", top)}
