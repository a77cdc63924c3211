"""Instances: launched, described, stopped, started and terminated."""

from __future__ import annotations

import pytest

from tests.conftest import Terminal

ID = "i-0123456789abcdef0"


def _state(aws: Terminal, instance: str) -> str:
    query = "--query Reservations[].Instances[].State.Name --output text"
    return aws(f"ec2 describe-instances --instance-ids {instance} {query}").strip()


def test_a_launch_answers_with_pending_instances_that_are_then_running(aws: Terminal, image: str) -> None:
    tags = "ResourceType=instance,Tags=[{Key=Name,Value=web}]"
    launched = aws(f"ec2 run-instances --instance-type t3.micro --count 2 --tag-specifications '{tags}'", ImageId=image)
    assert [i["State"] for i in launched.json["Instances"]] == [{"Code": 0, "Name": "pending"}] * 2
    found = aws("ec2 describe-instances --filters Name=tag:Name,Values=web").json["Reservations"]
    assert [len(r["Instances"]) for r in found] == [2]
    assert {i["State"]["Name"] for i in found[0]["Instances"]} == {"running"}
    assert {i["InstanceId"] for i in found[0]["Instances"]} == {i["InstanceId"] for i in launched.json["Instances"]}


def test_an_instance_stands_in_the_default_vpc_with_a_disk_and_an_interface(
    aws: Terminal, instance: str, image: str
) -> None:
    [shown] = aws(f"ec2 describe-instances --instance-ids {instance} --query Reservations[].Instances[]").json
    vpc = aws("ec2 describe-vpcs --filters Name=is-default,Values=true --query Vpcs[0].VpcId").json
    assert (shown["VpcId"], shown["ImageId"]) == (vpc, image)
    [disk] = aws(f"ec2 describe-volumes --filters Name=attachment.instance-id,Values={instance}").json["Volumes"]
    assert [b["Ebs"]["VolumeId"] for b in shown["BlockDeviceMappings"]] == [disk["VolumeId"]]
    interface = shown["NetworkInterfaces"][0]["NetworkInterfaceId"]
    kept = aws(f"ec2 describe-network-interfaces --network-interface-ids {interface}").json["NetworkInterfaces"][0]
    assert kept["Attachment"]["InstanceId"] == instance
    assert kept["PrivateIpAddress"] == shown["PrivateIpAddress"]
    assert kept["Association"]["PublicIp"] == shown["PublicIpAddress"]


def test_an_address_comes_out_of_the_subnet_and_goes_back(aws: Terminal, instance: str) -> None:
    subnet = aws(f"ec2 describe-instances --instance-ids {instance} --query Reservations[].Instances[].SubnetId").json[
        0
    ]
    count = f"ec2 describe-subnets --subnet-ids {subnet} --query Subnets[0].AvailableIpAddressCount"
    assert aws(count).json == 4090
    aws(f"ec2 terminate-instances --instance-ids {instance}")
    assert aws(count).json == 4091


def test_stopping_gives_the_public_address_back_and_starting_takes_another(aws: Terminal, instance: str) -> None:
    [change] = aws(f"ec2 stop-instances --instance-ids {instance}").json["StoppingInstances"]
    assert change["CurrentState"] == {"Code": 64, "Name": "stopping"}
    assert change["PreviousState"] == {"Code": 16, "Name": "running"}
    assert _state(aws, instance) == "stopped"
    shown = aws(f"ec2 describe-instances --instance-ids {instance} --query Reservations[].Instances[]").json[0]
    assert "PublicIpAddress" not in shown
    aws(f"ec2 start-instances --instance-ids {instance}")
    again = aws(f"ec2 describe-instances --instance-ids {instance} --query Reservations[].Instances[]").json[0]
    assert again["State"]["Name"] == "running"
    assert again["PrivateIpAddress"] == shown["PrivateIpAddress"]
    assert again["PublicIpAddress"]


def test_a_terminated_instance_can_be_seen_for_an_hour(aws: Terminal, clock, instance: str) -> None:  # type: ignore[no-untyped-def]
    aws(f"ec2 terminate-instances --instance-ids {instance}")
    assert _state(aws, instance) == "terminated"
    aws.refused(f"ec2 start-instances --instance-ids {instance}", "IncorrectInstanceState")
    clock.advance(3601)
    aws.refused(f"ec2 describe-instances --instance-ids {instance}", "InvalidInstanceID.NotFound")


def test_a_protected_instance_is_not_terminated(aws: Terminal, image: str) -> None:
    launch = "ec2 run-instances --disable-api-termination --query Instances[0].InstanceId --output text"
    instance = aws(launch, ImageId=image, InstanceType="t3.micro").strip()
    aws.refused(
        f"ec2 terminate-instances --instance-ids {instance}",
        "OperationNotPermitted",
        f"The instance '{instance}' may not be terminated. Modify its 'disableApiTermination' instance attribute"
        " and try again.",
    )
    assert _state(aws, instance) == "running"


def test_a_dry_run_changes_nothing(aws: Terminal, image: str) -> None:
    aws.refused(
        "ec2 run-instances --dry-run --instance-type t3.micro",
        "DryRunOperation",
        "Request would have succeeded, but DryRun flag is set.",
        ImageId=image,
    )
    assert aws("ec2 describe-instances").json == {"Reservations": []}


def test_waiting_for_a_running_instance_ends(aws: Terminal, instance: str) -> None:
    assert aws(f"ec2 wait instance-running --instance-ids {instance}") == ""


REFUSALS = [
    ("--instance-ids i-xyz", "InvalidInstanceID.Malformed", 'Invalid id: "i-xyz"'),
    (f"--instance-ids {ID}", "InvalidInstanceID.NotFound", f"The instance ID '{ID}' does not exist"),
    (
        f"--instance-ids {ID} i-0123456789abcdef1",
        "InvalidInstanceID.NotFound",
        f"The instance IDs '{ID}, i-0123456789abcdef1' do not exist",
    ),
    ("--filters Name=colour,Values=red", "InvalidParameterValue", "The filter 'colour' is invalid"),
]


@pytest.mark.parametrize(("options", "code", "message"), REFUSALS)
def test_describing_what_cannot_be_is_refused(aws: Terminal, options: str, code: str, message: str) -> None:
    aws.refused(f"ec2 describe-instances {options}", code, message)


LAUNCH_REFUSALS = [
    ("--instance-type t9.huge", "InvalidParameterValue", "Invalid value 't9.huge' for InstanceType."),
    ("--key-name nobody", "InvalidKeyPair.NotFound", "The key pair 'nobody' does not exist"),
    (
        "--subnet-id subnet-0123456789abcdef0",
        "InvalidSubnetID.NotFound",
        "The subnet ID 'subnet-0123456789abcdef0' does not exist",
    ),
    (
        "--security-group-ids sg-0123456789abcdef0",
        "InvalidGroup.NotFound",
        "The security group 'sg-0123456789abcdef0' does not exist",
    ),
    (
        "--security-group-ids group",
        "InvalidGroupId.Malformed",
        'Invalid id: "group" (expecting "sg-...")',
    ),
    (
        "--tag-specifications ResourceType=vpc,Tags=[{Key=a,Value=b}]",
        "InvalidParameterValue",
        "'vpc' is not a valid taggable resource type for this operation.",
    ),
    ("--private-ip-address 10.0.0.7", "InvalidParameterValue", None),
]


@pytest.mark.parametrize(("options", "code", "message"), LAUNCH_REFUSALS)
def test_a_launch_with_what_is_not_there_is_refused(
    aws: Terminal, image: str, options: str, code: str, message: str | None
) -> None:
    aws.refused(f"ec2 run-instances --image-id {image} {options}", code, message)
    assert aws("ec2 describe-instances").json == {"Reservations": []}


def test_an_unknown_image_is_refused(aws: Terminal) -> None:
    aws.refused(
        "ec2 run-instances --image-id ami-0123456789abcdef0",
        "InvalidAMIID.NotFound",
        "The image id '[ami-0123456789abcdef0]' does not exist",
    )
    aws.refused("ec2 run-instances --image-id debian", "InvalidAMIID.Malformed")


def test_an_image_of_another_architecture_is_refused(aws: Terminal, image: str) -> None:
    printed = aws.refused(f"ec2 run-instances --instance-type t4g.micro --image-id {image}", "InvalidParameterValue")
    assert "The architecture 'arm64' of the specified instance type does not match" in printed.stderr


def test_pages_of_instances_end_where_the_next_begin(aws: Terminal, image: str) -> None:
    for _ in range(3):
        aws(f"ec2 run-instances --instance-type t3.micro --count 2 --image-id {image}")
    whole = {r["ReservationId"] for r in aws("ec2 describe-instances").json["Reservations"]}
    first = aws("ec2 describe-instances --max-items 2").json
    rest = aws("ec2 describe-instances", StartingToken=first["NextToken"]).json
    assert len(first["Reservations"]) == 2
    assert "NextToken" not in rest
    assert {r["ReservationId"] for r in [*first["Reservations"], *rest["Reservations"]]} == whole


def test_another_region_and_another_account_have_their_own(aws: Terminal, instance: str) -> None:
    assert aws("ec2 describe-instances --region eu-west-1").json == {"Reservations": []}
    other = aws.with_env(AWS_ACCESS_KEY_ID="111122223333", AWS_SECRET_ACCESS_KEY="x")
    assert other("ec2 describe-instances").json == {"Reservations": []}
    assert other("sts get-caller-identity --query Arn").json == "arn:aws:iam::111122223333:root"
