"""What a region of a new account has, and what AWS offers in it."""

from __future__ import annotations

from tests.conftest import Terminal


def test_a_new_region_has_a_default_vpc_and_all_that_belongs_to_it(aws: Terminal) -> None:
    [vpc] = aws("ec2 describe-vpcs").json["Vpcs"]
    assert (vpc["CidrBlock"], vpc["IsDefault"]) == ("172.31.0.0/16", True)
    subnets = aws("ec2 describe-subnets").json["Subnets"]
    zones = aws("ec2 describe-availability-zones --query AvailabilityZones[].ZoneName").json
    assert sorted(s["AvailabilityZone"] for s in subnets) == sorted(zones)
    assert len({s["CidrBlock"] for s in subnets}) == len(zones) == 6
    [gateway] = aws("ec2 describe-internet-gateways").json["InternetGateways"]
    assert gateway["Attachments"] == [{"State": "available", "VpcId": vpc["VpcId"]}]
    [table] = aws("ec2 describe-route-tables").json["RouteTables"]
    assert {r["GatewayId"] for r in table["Routes"]} == {"local", gateway["InternetGatewayId"]}
    [acl] = aws("ec2 describe-network-acls").json["NetworkAcls"]
    assert {a["SubnetId"] for a in acl["Associations"]} == {s["SubnetId"] for s in subnets}
    [options] = aws("ec2 describe-dhcp-options").json["DhcpOptions"]
    assert options["DhcpOptionsId"] == vpc["DhcpOptionsId"]
    [group] = aws("ec2 describe-security-groups").json["SecurityGroups"]
    assert group["IpPermissions"][0]["UserIdGroupPairs"] == [{"UserId": group["OwnerId"], "GroupId": group["GroupId"]}]


def test_regions_have_zones_of_their_own(aws: Terminal) -> None:
    regions = aws("ec2 describe-regions --query Regions[].RegionName").json
    assert len(regions) == 17
    assert "eu-west-1" in regions
    zones = aws("ec2 describe-availability-zones --region eu-west-1 --query AvailabilityZones[].ZoneId").json
    assert zones == ["euw1-az1", "euw1-az2", "euw1-az3"]


def test_the_newest_image_of_a_family_is_found_as_scripts_do(aws: Terminal) -> None:
    image, architecture = aws(
        "ec2 describe-images --owners amazon --filters Name=name,Values=al2023-ami-2023*-arm64"
        " --query 'sort_by(Images,&CreationDate)[-1].[ImageId,Architecture]'"
    ).json
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
    named = aws(f"ssm get-parameter --name {name} --query Parameter.Value").json
    assert (image, architecture) == (named, "arm64")


def test_instance_types_are_described_with_their_facts(aws: Terminal) -> None:
    [shown] = aws("ec2 describe-instance-types --instance-types m5.xlarge").json["InstanceTypes"]
    assert (shown["VCpuInfo"]["DefaultVCpus"], shown["MemoryInfo"]["SizeInMiB"]) == (4, 16384)
    assert shown["ProcessorInfo"]["SupportedArchitectures"] == ["x86_64"]
    aws.refused(
        "ec2 describe-instance-types --instance-types m5.tiny",
        "InvalidInstanceType",
        "The following supplied instance types do not exist: [m5.tiny]",
    )
