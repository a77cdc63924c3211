"""DB instances: what they are made of, what waits for the maintenance window, replicas, snapshots, restored ones."""

from __future__ import annotations

import pytest

from tests.conftest import Clock, Terminal

MADE = (
    "rds create-db-instance --db-instance-identifier Shop --db-instance-class db.t3.micro --engine mysql"
    " --allocated-storage 20 --master-username admin"
)
NAMED = "--db-instance-identifier shop"


@pytest.fixture
def shop(aws: Terminal) -> Terminal:
    aws(f"{MADE} --master-user-password secret99 --engine-version 8.0")
    return aws


def _one(aws: Terminal, name: str = "shop") -> dict[str, object]:
    found: dict[str, object] = aws(f"rds describe-db-instances --db-instance-identifier {name}").json["DBInstances"][0]
    return found


def test_an_instance_stands_in_the_default_vpc_with_its_engines_groups(shop: Terminal) -> None:
    found = _one(shop)
    assert (found["DBInstanceIdentifier"], found["DBInstanceStatus"]) == ("shop", "available")
    assert found["EngineVersion"] == "8.0.43"
    assert found["DBParameterGroups"] == [
        {"DBParameterGroupName": "default.mysql8.0", "ParameterApplyStatus": "in-sync"}
    ]
    vpc = shop("ec2 describe-vpcs --query Vpcs[0].VpcId").json
    assert found["DBSubnetGroup"]["VpcId"] == vpc  # type: ignore[index]
    shop.refused(f"{MADE} --master-user-password secret99", "DBInstanceAlreadyExists", "DB instance already exists")


def test_a_password_has_its_rules(aws: Terminal) -> None:
    blank = "The parameter MasterUserPassword must be provided and must not be blank."
    aws.refused(MADE, "InvalidParameterValue", blank)
    wrong = "The parameter MasterUserPassword is not a valid password because it is shorter than 8 characters."
    aws.refused(f"{MADE} --master-user-password short", "InvalidParameterValue", wrong)


def test_changes_wait_for_the_maintenance_window(shop: Terminal, clock: Clock) -> None:
    modify = f"rds modify-db-instance {NAMED} --backup-retention-period 7 --db-instance-class db.t3.large"
    pending = shop(modify).json["DBInstance"]["PendingModifiedValues"]
    assert pending == {"DBInstanceClass": "db.t3.large"}
    found = _one(shop)
    assert (found["DBInstanceClass"], found["BackupRetentionPeriod"]) == ("db.t3.micro", 7)
    clock.advance(7 * 86400)
    found = _one(shop)
    assert (found["DBInstanceClass"], found["PendingModifiedValues"]) == ("db.t3.large", {})


def test_a_change_at_once_passes_through_modifying(shop: Terminal) -> None:
    modify = f"rds modify-db-instance {NAMED} --allocated-storage 40 --apply-immediately"
    assert shop(modify).json["DBInstance"]["DBInstanceStatus"] == "modifying"
    assert (_one(shop)["AllocatedStorage"], _one(shop)["DBInstanceStatus"]) == (40, "available")
    shop(f"rds modify-db-instance {NAMED} --new-db-instance-identifier store --apply-immediately")
    assert _one(shop, "store")["DBInstanceArn"] == "arn:aws:rds:us-east-1:123456789012:db:store"
    shop.refused(f"rds describe-db-instances {NAMED}", "DBInstanceNotFound", "DBInstance shop not found.")


def test_a_stopped_instance_only_starts(shop: Terminal) -> None:
    assert shop(f"rds stop-db-instance {NAMED}").json["DBInstance"]["DBInstanceStatus"] == "stopping"
    told = "Instance shop is not in available state."
    shop.refused(f"rds reboot-db-instance {NAMED}", "InvalidDBInstanceState", told)
    shop(f"rds start-db-instance {NAMED}")
    assert _one(shop)["DBInstanceStatus"] == "available"


def test_a_snapshot_is_copied_shared_and_restored(shop: Terminal) -> None:
    shop(f"rds create-db-snapshot {NAMED} --db-snapshot-identifier one")
    copy = "rds copy-db-snapshot --source-db-snapshot-identifier one --target-db-snapshot-identifier two"
    assert shop(copy).json["DBSnapshot"]["SourceDBSnapshotIdentifier"].endswith(":snapshot:one")
    share = "rds modify-db-snapshot-attribute --db-snapshot-identifier two --attribute-name restore"
    shop(f"{share} --values-to-add 210987654321")
    asked = "rds describe-db-snapshot-attributes --db-snapshot-identifier two"
    [attribute] = shop(asked).json["DBSnapshotAttributesResult"]["DBSnapshotAttributes"]
    assert attribute == {"AttributeName": "restore", "AttributeValues": ["210987654321"]}
    other = shop.with_env(AWS_ACCESS_KEY_ID="210987654321", AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="us-east-1")
    restore = "rds restore-db-instance-from-db-snapshot --db-instance-identifier back --db-snapshot-identifier"
    shared = "arn:aws:rds:us-east-1:123456789012:snapshot:"
    other(f"{restore} {shared}two")
    other.refused(f"{restore} {shared}one", "DBSnapshotNotFound")
    assert _one(other, "back")["AllocatedStorage"] == 20


def test_a_replica_follows_its_source_until_it_is_promoted(shop: Terminal) -> None:
    shop(f"rds create-db-instance-read-replica --source-{NAMED[2:]} --db-instance-identifier copy")
    assert _one(shop)["ReadReplicaDBInstanceIdentifiers"] == ["copy"]
    assert _one(shop, "copy")["ReadReplicaSourceDBInstanceIdentifier"] == "shop"
    shop("rds promote-read-replica --db-instance-identifier copy")
    assert _one(shop)["ReadReplicaDBInstanceIdentifiers"] == []


def test_who_deletes_says_whether_a_snapshot_is_left(shop: Terminal) -> None:
    told = "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
    shop.refused(f"rds delete-db-instance {NAMED}", "InvalidParameterCombination", told)
    shop(f"rds delete-db-instance {NAMED} --final-db-snapshot-identifier last")
    assert shop("rds describe-db-snapshots --query DBSnapshots[].DBSnapshotIdentifier").json == ["last"]
    assert shop("rds describe-db-instances").json["DBInstances"] == []


def test_parameters_that_were_set_are_told_from_those_of_the_engine(shop: Terminal) -> None:
    group = "--db-parameter-group-name tuned"
    shop(f"rds create-db-parameter-group {group} --db-parameter-group-family mysql8.0 --description d")
    modify = f"rds modify-db-parameter-group {group} --parameters ParameterName"
    shop(f"{modify}=max_connections,ParameterValue=99,ApplyMethod=immediate")
    told = "cannot use immediate apply method for static parameter, parameter name: performance_schema"
    static = f"{modify}=performance_schema,ParameterValue=1,ApplyMethod=immediate"
    shop.refused(static, "InvalidParameterCombination", told)
    asked = f"rds describe-db-parameters {group} --source user --query Parameters[].[ParameterName,ParameterValue]"
    assert shop(asked).json == [["max_connections", "99"]]
    shop(f"rds reset-db-parameter-group {group} --reset-all-parameters")
    assert shop(asked).json == []
    copy = "rds copy-db-parameter-group --source-db-parameter-group-identifier tuned"
    shop(f"{copy} --target-db-parameter-group-identifier other --target-db-parameter-group-description d")
    assert len(shop("rds describe-db-parameter-groups").json["DBParameterGroups"]) == 2
