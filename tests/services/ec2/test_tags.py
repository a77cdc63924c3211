"""Tags on whatever has an id."""

from __future__ import annotations

from tests.conftest import Terminal


def test_tags_are_put_on_shown_and_taken_off(aws: Terminal, instance: str) -> None:
    vpc = aws("ec2 describe-vpcs --query Vpcs[0].VpcId").json
    aws(f"ec2 create-tags --resources {instance} {vpc} --tags Key=team,Value=red Key=cost,Value=7")
    aws(f"ec2 create-tags --resources {instance} --tags Key=team,Value=blue")
    rows = aws(f"ec2 describe-tags --filters Name=resource-id,Values={instance}").json["Tags"]
    assert [(r["Key"], r["Value"], r["ResourceType"]) for r in rows] == [
        ("cost", "7", "instance"),
        ("team", "blue", "instance"),
    ]
    assert len(aws("ec2 describe-vpcs --filters Name=tag:team,Values=red").json["Vpcs"]) == 1
    aws(f"ec2 delete-tags --resources {instance} --tags Key=team,Value=green Key=cost")
    assert aws(f"ec2 describe-tags --filters Name=resource-id,Values={instance} --query Tags[].Key").json == ["team"]


def test_tags_on_what_is_no_resource_are_refused(aws: Terminal) -> None:
    aws.refused(
        "ec2 create-tags --resources nothing --tags Key=a,Value=b", "InvalidID", "The ID 'nothing' is not valid"
    )
    aws.refused(
        "ec2 create-tags --resources vpc-0123456789abcdef0 --tags Key=a,Value=b",
        "InvalidVpcID.NotFound",
        "The vpc ID 'vpc-0123456789abcdef0' does not exist",
    )
    aws.refused("ec2 create-tags --resources vpc-0123456789abcdef0 --tags Key=aws:a,Value=b", "InvalidParameterValue")
