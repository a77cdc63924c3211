"""DB clusters: their writers and readers, those of Neptune and DocumentDB, global ones, subnet groups."""

from __future__ import annotations

import pytest

from tests.conftest import Terminal

MASTER = "--master-username admin --master-user-password secret99"


@pytest.fixture
def cluster(aws: Terminal) -> Terminal:
    aws(f"docdb create-db-cluster --db-cluster-identifier docs --engine docdb {MASTER}")
    for name in ("one", "two"):
        made = f"--db-instance-identifier {name} --db-cluster-identifier docs --engine docdb"
        aws(f"docdb create-db-instance {made} --db-instance-class db.r5.large")
    return aws


def _writers(aws: Terminal) -> list[str]:
    query = "DBClusters[0].DBClusterMembers[?IsClusterWriter].DBInstanceIdentifier"
    found: list[str] = aws(f"docdb describe-db-clusters --query {query}").json
    return found


def test_another_instance_writes_after_a_failover_or_a_deletion(cluster: Terminal) -> None:
    assert _writers(cluster) == ["one"]
    cluster("docdb failover-db-cluster --db-cluster-identifier docs")
    assert _writers(cluster) == ["two"]
    cluster("docdb delete-db-instance --db-instance-identifier two")
    assert _writers(cluster) == ["one"]
    cluster.refused("docdb failover-db-cluster --db-cluster-identifier docs", "InvalidDBClusterStateFault")


def test_a_cluster_is_deleted_after_its_instances(cluster: Terminal) -> None:
    delete = "docdb delete-db-cluster --db-cluster-identifier docs --skip-final-snapshot"
    told = "Cluster cannot be deleted, it still contains DB instances in non-deleting state."
    cluster.refused(delete, "InvalidDBClusterStateFault", told)
    for name in ("one", "two"):
        cluster(f"docdb delete-db-instance --db-instance-identifier {name}")
    assert cluster(delete).json["DBCluster"]["Status"] == "deleting"
    cluster.refused("docdb describe-db-clusters --db-cluster-identifier docs", "DBClusterNotFoundFault")


def test_all_engines_share_one_api(cluster: Terminal) -> None:
    cluster("neptune create-db-cluster --db-cluster-identifier graph --engine neptune")
    query = "--query DBClusters[].Endpoint"
    [endpoint] = cluster(f"neptune describe-db-clusters --filters Name=engine,Values=neptune {query}").json
    assert endpoint.startswith("graph.cluster-")
    assert endpoint.endswith(".us-east-1.neptune.amazonaws.com")
    assert len(cluster("rds describe-db-clusters").json["DBClusters"]) == 2
    cluster.refused("docdb create-db-cluster --db-cluster-identifier x --engine db3", "InvalidParameterValue")


def test_a_cluster_comes_back_from_its_snapshot(cluster: Terminal) -> None:
    taken = "--db-cluster-snapshot-identifier snap"
    cluster(f"docdb create-db-cluster-snapshot --db-cluster-identifier docs {taken}")
    restore = "docdb restore-db-cluster-from-snapshot --db-cluster-identifier back --engine docdb"
    found = cluster(f"{restore} --snapshot-identifier snap").json["DBCluster"]
    assert (found["EngineVersion"], found["DBClusterMembers"]) == ("5.0.0", [])
    later = "docdb restore-db-cluster-to-point-in-time --source-db-cluster-identifier docs --db-cluster-identifier b2"
    cluster.refused(later, "InvalidParameterCombination")
    cluster(f"{later} --use-latest-restorable-time")


def test_a_global_cluster_has_one_writer(cluster: Terminal) -> None:
    made = "rds create-global-cluster --global-cluster-identifier world"
    arn = cluster("docdb describe-db-clusters --query DBClusters[0].DBClusterArn").json
    cluster(f"{made} --source-db-cluster-identifier {arn}")
    away = f"{MASTER} --global-cluster-identifier world --region eu-west-1"
    other = cluster(f"docdb create-db-cluster --db-cluster-identifier far --engine docdb {away}").json["DBCluster"]
    target = f"--target-db-cluster-identifier {other['DBClusterArn']}"
    switch = f"rds switchover-global-cluster --global-cluster-identifier world {target}"
    members = cluster(switch).json["GlobalCluster"]["GlobalClusterMembers"]
    assert [(m["DBClusterArn"], m["IsWriter"]) for m in members] == [(arn, False), (other["DBClusterArn"], True)]
    cluster(f"rds remove-from-global-cluster --global-cluster-identifier world --db-cluster-identifier {arn}")
    assert len(cluster("rds describe-global-clusters").json["GlobalClusters"][0]["GlobalClusterMembers"]) == 1


def test_a_subnet_group_covers_two_zones(aws: Terminal) -> None:
    zones = {s["AvailabilityZone"]: s["SubnetId"] for s in aws("ec2 describe-subnets").json["Subnets"]}
    one, two = zones["us-east-1a"], zones["us-east-1b"]
    made = "rds create-db-subnet-group --db-subnet-group-name Mine --db-subnet-group-description d --subnet-ids"
    aws.refused(f"{made} {one}", "DBSubnetGroupDoesNotCoverEnoughAZs")
    group = aws(f"{made} {one} {two}").json["DBSubnetGroup"]
    assert (group["DBSubnetGroupName"], len(group["Subnets"])) == ("mine", 2)
    aws.refused(f"{made} subnet-00000000000000000 {one}", "InvalidSubnet")
