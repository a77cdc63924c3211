"""Attributes, options and facts of instances, volumes and the account."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

from tests.conftest import Clock, Terminal


def test_attributes_are_changed_and_shown(aws: Terminal, instance: str) -> None:
    aws(f"ec2 stop-instances --instance-ids {instance}")
    modify = f"ec2 modify-instance-attribute --instance-id {instance}"
    aws(f"{modify} --instance-type t3.large")
    aws(f"{modify} --user-data Value=aGVsbG8=")
    aws(f"{modify} --no-source-dest-check")
    show = f"ec2 describe-instance-attribute --instance-id {instance} --attribute"
    assert aws(f"{show} instanceType").json["InstanceType"] == {"Value": "t3.large"}
    assert aws(f"{show} userData").json["UserData"] == {"Value": "aGVsbG8="}
    assert aws(f"{show} instanceInitiatedShutdownBehavior").json["InstanceInitiatedShutdownBehavior"]["Value"] == "stop"
    query = "--query NetworkInterfaces[0].SourceDestCheck"
    assert aws(f"ec2 describe-network-interfaces {query}").json is False


def test_the_same_token_launches_once(terminal: Terminal) -> None:
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    image = terminal(f"ssm get-parameter --name {name} --query Parameter.Value").json
    launch = f"ec2 run-instances --image-id {image} --instance-type t3.micro --client-token one"
    launch += " --query Instances[].InstanceId"
    assert terminal(launch).json == terminal(launch).json
    terminal.refused(f"{launch} --count 2", "IdempotentParameterMismatch")


def test_instance_types_know_their_limits(terminal: Terminal) -> None:
    shown = terminal("ec2 describe-instance-types --instance-types m5.24xlarge t3.micro m7g.metal").json[
        "InstanceTypes"
    ]
    facts = {one["InstanceType"]: one for one in shown}
    assert facts["m5.24xlarge"]["NetworkInfo"]["MaximumNetworkInterfaces"] == 15
    assert facts["t3.micro"]["NetworkInfo"]["Ipv4AddressesPerInterface"] == 2
    assert (facts["m7g.metal"]["BareMetal"], "Hypervisor" in facts["m7g.metal"]) == (True, False)
    offered = terminal("ec2 describe-instance-type-offerings --query 'length(InstanceTypeOfferings)'").json
    assert offered >= 800


def test_limits_are_raised_through_service_quotas(terminal: Terminal) -> None:
    for number in range(4):
        terminal(f"ec2 create-vpc --cidr-block 10.{number}.0.0/16")
    terminal.refused("ec2 create-vpc --cidr-block 10.9.0.0/16", "VpcLimitExceeded")
    quota = "--service-code vpc --quota-code L-F678F1CE"
    terminal(f"service-quotas request-service-quota-increase {quota} --desired-value 6")
    assert terminal(f"service-quotas get-service-quota {quota} --query Quota.Value").json == 6.0
    terminal("ec2 create-vpc --cidr-block 10.9.0.0/16")
    terminal.refused("ec2 create-vpc --cidr-block 10.10.0.0/16", "VpcLimitExceeded")


def test_volumes_are_encrypted_by_default_where_the_account_says_so(aws: Terminal) -> None:
    aws("ec2 enable-ebs-encryption-by-default")
    made = aws("ec2 create-volume --availability-zone us-east-1a --size 1").json
    assert made["Encrypted"] is True
    assert ":key/" in made["KmsKeyId"]
    aws("ec2 disable-ebs-encryption-by-default")
    assert aws("ec2 create-volume --availability-zone us-east-1a --size 1").json["Encrypted"] is False


def test_a_snapshot_is_shared_with_another_account(aws: Terminal) -> None:
    volume = aws("ec2 create-volume --availability-zone us-east-1a --size 1 --query VolumeId").json
    snapshot = aws(f"ec2 create-snapshot --volume-id {volume} --query SnapshotId").json
    them = aws.with_env(AWS_ACCESS_KEY_ID="210987654321", AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="us-east-1")
    make = f"ec2 create-volume --availability-zone us-east-1a --snapshot-id {snapshot}"
    them.refused(make, "InvalidSnapshot.NotFound")
    aws(f"ec2 modify-snapshot-attribute --snapshot-id {snapshot} --operation-type add --user-ids 210987654321")
    assert them(f"{make} --query SnapshotId").json == snapshot
    seen = them("ec2 describe-snapshots --restorable-by-user-ids self --query Snapshots[].SnapshotId").json
    assert seen == [snapshot]
    aws(f"ec2 reset-snapshot-attribute --snapshot-id {snapshot} --attribute createVolumePermission")
    them.refused(make, "InvalidSnapshot.NotFound")


def test_blocks_of_a_snapshot_are_kept_and_compared(terminal: Terminal, tmp_path: Path) -> None:
    def put(snapshot: str, index: int, data: bytes) -> None:
        (tmp_path / "block").write_bytes(data)
        checksum = base64.b64encode(hashlib.sha256(data).digest()).decode()
        terminal(
            f"ebs put-snapshot-block --snapshot-id {snapshot} --block-index {index} --data-length {len(data)}"
            f" --block-data {tmp_path / 'block'} --checksum {checksum} --checksum-algorithm SHA256"
        )

    one, two = (bytes([letter]) * 524288 for letter in b"ab")
    first = terminal("ebs start-snapshot --volume-size 1 --query SnapshotId").json
    put(first, 0, one)
    put(first, 7, one)
    terminal(f"ebs complete-snapshot --snapshot-id {first} --changed-blocks-count 2")
    second = terminal(f"ebs start-snapshot --volume-size 1 --parent-snapshot-id {first} --query SnapshotId").json
    put(second, 7, two)
    terminal(f"ebs complete-snapshot --snapshot-id {second} --changed-blocks-count 1")
    blocks = terminal(f"ebs list-snapshot-blocks --snapshot-id {second}").json["Blocks"]
    assert [block["BlockIndex"] for block in blocks] == [0, 7]
    compare = f"ebs list-changed-blocks --first-snapshot-id {first} --second-snapshot-id {second}"
    assert [block["BlockIndex"] for block in terminal(compare).json["ChangedBlocks"]] == [7]
    get = f"ebs get-snapshot-block --snapshot-id {second} --block-index 7 --block-token {blocks[1]['BlockToken']}"
    terminal(f"{get} {tmp_path / 'got'}")
    assert (tmp_path / "got").read_bytes() == two
    assert terminal("ec2 describe-snapshots --owner-ids self --query 'length(Snapshots)'").json == 2


def test_a_peering_request_expires(terminal: Terminal, clock: Clock) -> None:
    vpcs = [terminal(f"ec2 create-vpc --cidr-block 10.{n}.0.0/16 --query Vpc.VpcId").json for n in (1, 2)]
    terminal(f"ec2 create-vpc-peering-connection --vpc-id {vpcs[0]} --peer-vpc-id {vpcs[1]}")
    clock.advance(7 * 86400 + 1)
    show = "ec2 describe-vpc-peering-connections --query VpcPeeringConnections[].Status.Code"
    assert terminal(show).json == ["expired"]
    clock.advance(7200)
    assert terminal(show).json == []


def test_a_deprecated_image_is_not_listed_to_others(aws: Terminal, instance: str) -> None:
    image = aws(f"ec2 create-image --instance-id {instance} --name golden --query ImageId").json
    permission = json.dumps({"Add": [{"Group": "all"}]})
    aws(f"ec2 modify-image-attribute --image-id {image} --launch-permission '{permission}'")
    them = aws.with_env(AWS_ACCESS_KEY_ID="210987654321", AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="us-east-1")
    listing = "ec2 describe-images --filters Name=name,Values=golden --query Images[].ImageId"
    assert them(listing).json == [image]
    aws(f"ec2 disable-image --image-id {image}")
    assert them(listing).json == []
    assert aws(listing).json == [image]


def test_hosts_are_allocated_and_released(aws: Terminal) -> None:
    allocate = "ec2 allocate-hosts --instance-type m5.large --availability-zone us-east-1a --quantity 2 --query HostIds"
    hosts = aws(allocate).json
    shown = aws("ec2 describe-hosts --filter Name=instance-type,Values=m5.large --query Hosts[].HostId").json
    assert sorted(shown) == sorted(hosts)
    aws(f"ec2 modify-hosts --host-ids {hosts[0]} --auto-placement off")
    assert aws(f"ec2 describe-hosts --host-ids {hosts[0]} --query Hosts[0].AutoPlacement").json == "off"
    assert aws(f"ec2 release-hosts --host-ids {' '.join(hosts)}").json["Unsuccessful"] == []
    aws.refused(f"ec2 describe-hosts --host-ids {hosts[0]}", "InvalidHostID.NotFound")
