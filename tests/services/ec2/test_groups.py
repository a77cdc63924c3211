"""Security groups: rules, references, deletion."""

from __future__ import annotations

import pytest

from tests.conftest import Terminal


@pytest.fixture
def group(aws: Terminal) -> str:
    return str(aws("ec2 create-security-group --group-name web --description web --query GroupId").json)


def test_a_new_group_lets_everything_out_and_nothing_in(aws: Terminal, group: str) -> None:
    [shown] = aws(f"ec2 describe-security-groups --group-ids {group}").json["SecurityGroups"]
    assert shown["IpPermissions"] == []
    assert [p["IpRanges"] for p in shown["IpPermissionsEgress"]] == [[{"CidrIp": "0.0.0.0/0"}]]


def test_an_authorised_rule_has_an_id_and_can_be_revoked_by_it(aws: Terminal, group: str) -> None:
    authorise = f"ec2 authorize-security-group-ingress --group-id {group} --protocol tcp --port 22 --cidr 10.1.2.3/8"
    [rule] = aws(authorise).json["SecurityGroupRules"]
    assert (rule["CidrIpv4"], rule["FromPort"], rule["ToPort"]) == ("10.0.0.0/8", 22, 22)
    aws.refused(
        authorise,
        "InvalidPermission.Duplicate",
        'the specified rule "peer: 10.0.0.0/8, TCP, from port: 22, to port: 22, ALLOW" already exists',
    )
    key = rule["SecurityGroupRuleId"]
    aws(f"ec2 revoke-security-group-ingress --group-id {group} --security-group-rule-ids {key}")
    [shown] = aws(f"ec2 describe-security-groups --group-ids {group}").json["SecurityGroups"]
    assert shown["IpPermissions"] == []


def test_a_rule_that_is_not_there_cannot_be_revoked(aws: Terminal, group: str) -> None:
    aws.refused(
        f"ec2 revoke-security-group-ingress --group-id {group} --protocol tcp --port 80 --cidr 0.0.0.0/0",
        "InvalidPermission.NotFound",
        "The specified rule does not exist in this security group.",
    )


def test_a_bad_cidr_is_refused(aws: Terminal, group: str) -> None:
    aws.refused(
        f"ec2 authorize-security-group-ingress --group-id {group} --protocol tcp --port 80 --cidr 10.0.0.0/33",
        "InvalidParameterValue",
        "CIDR block 10.0.0.0/33 is malformed",
    )


def test_a_name_is_taken_once_a_vpc(aws: Terminal, group: str) -> None:
    aws.refused("ec2 create-security-group --group-name web --description again", "InvalidGroup.Duplicate")


def test_a_group_in_use_is_not_deleted(aws: Terminal, group: str, image: str) -> None:
    launch = f"ec2 run-instances --instance-type t3.micro --image-id {image} --security-group-ids {group}"
    instance = aws(f"{launch} --query Instances[0].InstanceId").json
    delete = f"ec2 delete-security-group --group-id {group}"
    aws.refused(delete, "DependencyViolation", f"resource {group} has a dependent object")
    aws(f"ec2 terminate-instances --instance-ids {instance}")
    assert aws(delete).json["Return"] is True
    aws.refused(delete, "InvalidGroup.NotFound", f"The security group '{group}' does not exist")


def test_a_group_that_another_refers_to_is_not_deleted(aws: Terminal, group: str) -> None:
    other = aws("ec2 create-security-group --group-name db --description db --query GroupId").json
    aws(f"ec2 authorize-security-group-ingress --group-id {other} --protocol tcp --port 5432 --source-group {group}")
    aws.refused(f"ec2 delete-security-group --group-id {group}", "DependencyViolation")
    aws(f"ec2 delete-security-group --group-id {other}")
    aws(f"ec2 delete-security-group --group-id {group}")


def test_the_default_group_cannot_be_deleted(aws: Terminal) -> None:
    key = aws("ec2 describe-security-groups --query SecurityGroups[0].GroupId").json
    aws.refused(f"ec2 delete-security-group --group-id {key}", "CannotDelete")
