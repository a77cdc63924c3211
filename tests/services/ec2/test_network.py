"""VPCs and what stands in them: built up, referred to, torn down in the wrong order and then in the right one."""

from __future__ import annotations

import pytest

from tests.conftest import Terminal


@pytest.fixture
def vpc(aws: Terminal) -> str:
    return str(aws("ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId").json)


@pytest.fixture
def subnet(aws: Terminal, vpc: str) -> str:
    return str(aws(f"ec2 create-subnet --vpc-id {vpc} --cidr-block 10.0.1.0/24 --query Subnet.SubnetId").json)


@pytest.fixture
def gateway(aws: Terminal, vpc: str) -> str:
    key = str(aws("ec2 create-internet-gateway --query InternetGateway.InternetGatewayId").json)
    aws(f"ec2 attach-internet-gateway --internet-gateway-id {key} --vpc-id {vpc}")
    return key


def _routes(aws: Terminal, table: str) -> dict[str, str]:
    query = "--query RouteTables[0].Routes[].[DestinationCidrBlock,State]"
    return dict(aws(f"ec2 describe-route-tables --route-table-ids {table} {query}").json)


def test_a_vpc_comes_with_a_main_table_an_acl_and_a_group(aws: Terminal, vpc: str) -> None:
    where = f"--filters Name=vpc-id,Values={vpc}"
    [table] = aws(f"ec2 describe-route-tables {where}").json["RouteTables"]
    assert table["Associations"][0]["Main"] is True
    [acl] = aws(f"ec2 describe-network-acls {where}").json["NetworkAcls"]
    assert acl["IsDefault"] is True
    [group] = aws(f"ec2 describe-security-groups {where}").json["SecurityGroups"]
    assert group["GroupName"] == "default"


def test_a_subnet_counts_its_addresses_and_stands_under_the_default_acl(aws: Terminal, vpc: str, subnet: str) -> None:
    [shown] = aws(f"ec2 describe-subnets --subnet-ids {subnet}").json["Subnets"]
    assert (shown["AvailableIpAddressCount"], shown["MapPublicIpOnLaunch"]) == (251, False)
    [acl] = aws(f"ec2 describe-network-acls --filters Name=vpc-id,Values={vpc}").json["NetworkAcls"]
    assert [a["SubnetId"] for a in acl["Associations"]] == [subnet]


BLOCKS = [
    ("create-vpc --cidr-block 10.0.0.0", "InvalidParameterValue"),
    ("create-vpc --cidr-block 10.0.0.0/8", "InvalidVpc.Range"),
    ("create-subnet --vpc-id {vpc} --cidr-block 10.1.0.0/24", "InvalidSubnet.Range"),
    ("create-subnet --vpc-id {vpc} --cidr-block 10.0.1.128/25", "InvalidSubnet.Conflict"),
    ("create-subnet --vpc-id {vpc} --cidr-block 10.0.2.0/24 --availability-zone us-east-1z", "InvalidParameterValue"),
    ("create-subnet --vpc-id vpc-1 --cidr-block 10.0.2.0/24", "InvalidVpcID.Malformed"),
]


@pytest.mark.parametrize(("command", "code"), BLOCKS)
def test_ranges_that_cannot_be_are_refused(aws: Terminal, vpc: str, subnet: str, command: str, code: str) -> None:
    aws.refused(f"ec2 {command.format(vpc=vpc)}", code)


def test_a_sixth_vpc_is_refused(aws: Terminal) -> None:
    for number in range(4):
        aws(f"ec2 create-vpc --cidr-block 10.{number}.0.0/16")
    aws.refused(
        "ec2 create-vpc --cidr-block 10.9.0.0/16",
        "VpcLimitExceeded",
        "The maximum number of VPCs has been reached.",
    )


def test_a_route_needs_a_gateway_of_its_network(aws: Terminal, vpc: str, gateway: str) -> None:
    table = aws(f"ec2 create-route-table --vpc-id {vpc} --query RouteTable.RouteTableId").json
    route = f"ec2 create-route --route-table-id {table} --destination-cidr-block 0.0.0.0/0 --gateway-id"
    aws.refused(
        f"{route} igw-0123456789abcdef0",
        "InvalidGatewayID.NotFound",
        "The gateway ID 'igw-0123456789abcdef0' does not exist",
    )
    assert aws(f"{route} {gateway}").json == {"Return": True}
    aws.refused(f"{route} {gateway}", "RouteAlreadyExists", "The route identified by 0.0.0.0/0 already exists.")
    assert _routes(aws, table) == {"10.0.0.0/16": "active", "0.0.0.0/0": "active"}
    aws(f"ec2 detach-internet-gateway --internet-gateway-id {gateway} --vpc-id {vpc}")
    assert _routes(aws, table)["0.0.0.0/0"] == "blackhole"


def test_the_local_route_stays(aws: Terminal, vpc: str) -> None:
    table = aws(f"ec2 create-route-table --vpc-id {vpc} --query RouteTable.RouteTableId").json
    aws.refused(
        f"ec2 delete-route --route-table-id {table} --destination-cidr-block 10.0.0.0/16",
        "InvalidParameterValue",
        f"cannot remove local route 10.0.0.0/16 in route table {table}",
    )


def test_a_subnet_follows_one_table(aws: Terminal, vpc: str, subnet: str) -> None:
    tables = [aws(f"ec2 create-route-table --vpc-id {vpc} --query RouteTable.RouteTableId").json for _ in range(2)]
    associate = f"ec2 associate-route-table --subnet-id {subnet} --route-table-id"
    key = aws(f"{associate} {tables[0]}").json["AssociationId"]
    aws.refused(f"{associate} {tables[1]}", "Resource.AlreadyAssociated")
    aws.refused(f"ec2 delete-route-table --route-table-id {tables[0]}", "DependencyViolation")
    moved = aws(f"ec2 replace-route-table-association --association-id {key} --route-table-id {tables[1]}").json
    aws(f"ec2 delete-route-table --route-table-id {tables[0]}")
    aws(f"ec2 disassociate-route-table --association-id {moved['NewAssociationId']}")
    aws(f"ec2 delete-route-table --route-table-id {tables[1]}")


def test_an_acl_takes_numbered_rules_and_subnets(aws: Terminal, vpc: str, subnet: str) -> None:
    acl = aws(f"ec2 create-network-acl --vpc-id {vpc} --query NetworkAcl.NetworkAclId").json
    rule = f"--network-acl-id {acl} --ingress --rule-number 100"
    create = f"ec2 create-network-acl-entry {rule} --protocol tcp --port-range From=22,To=22 --cidr-block 0.0.0.0/0"
    aws(f"{create} --rule-action allow")
    aws.refused(
        f"{create} --rule-action deny",
        "NetworkAclEntryAlreadyExists",
        "The network acl entry identified by 100 already exists.",
    )
    old = aws(f"ec2 describe-network-acls --filters Name=association.subnet-id,Values={subnet}").json["NetworkAcls"][0]
    key = old["Associations"][0]["NetworkAclAssociationId"]
    aws(f"ec2 replace-network-acl-association --association-id {key} --network-acl-id {acl}")
    aws.refused(f"ec2 delete-network-acl --network-acl-id {acl}", "DependencyViolation")
    aws(f"ec2 delete-network-acl-entry {rule}")
    aws.refused(f"ec2 delete-network-acl-entry {rule}", "InvalidNetworkAclEntry.NotFound")


def test_an_elastic_address_moves_between_instances(aws: Terminal, image: str) -> None:
    launch = f"ec2 run-instances --image-id {image} --instance-type t3.micro --count 2 --query Instances[].InstanceId"
    one, two = aws(launch).json
    address = aws("ec2 allocate-address").json
    associate = f"ec2 associate-address --allocation-id {address['AllocationId']} --instance-id"
    aws(f"{associate} {one}")
    query = "--query Reservations[].Instances[].PublicIpAddress"
    assert aws(f"ec2 describe-instances --instance-ids {one} {query}").json == [address["PublicIp"]]
    aws.refused(f"{associate} {two} --no-allow-reassociation", "Resource.AlreadyAssociated")
    association = aws(f"{associate} {two}").json["AssociationId"]
    assert aws(f"ec2 describe-instances --instance-ids {one} {query}").json == []
    assert aws(f"ec2 describe-instances --instance-ids {two} {query}").json == [address["PublicIp"]]
    release = f"ec2 release-address --allocation-id {address['AllocationId']}"
    aws.refused(release, "InvalidIPAddress.InUse", f"Address {address['PublicIp']} is in use.")
    aws(f"ec2 disassociate-address --association-id {association}")
    aws(release)
    aws.refused(release, "InvalidAllocationID.NotFound")


def test_a_nat_gateway_takes_an_address_and_gives_it_back(aws: Terminal, vpc: str, subnet: str, gateway: str) -> None:
    allocation = aws("ec2 allocate-address --query AllocationId").json
    make = f"ec2 create-nat-gateway --subnet-id {subnet} --allocation-id {allocation} --query NatGateway.NatGatewayId"
    nat = aws(make).json
    [shown] = aws(f"ec2 describe-nat-gateways --nat-gateway-ids {nat}").json["NatGateways"]
    assert (shown["State"], shown["NatGatewayAddresses"][0]["AllocationId"]) == ("available", allocation)
    table = aws(f"ec2 create-route-table --vpc-id {vpc} --query RouteTable.RouteTableId").json
    aws(f"ec2 create-route --route-table-id {table} --destination-cidr-block 0.0.0.0/0 --nat-gateway-id {nat}")
    aws.refused(f"ec2 delete-subnet --subnet-id {subnet}", "DependencyViolation")
    aws(f"ec2 delete-nat-gateway --nat-gateway-id {nat}")
    assert aws(f"ec2 wait nat-gateway-deleted --nat-gateway-ids {nat}") == ""
    assert _routes(aws, table)["0.0.0.0/0"] == "blackhole"
    aws(f"ec2 release-address --allocation-id {allocation}")
    aws(f"ec2 delete-subnet --subnet-id {subnet}")


def test_a_vpc_is_torn_down_in_the_right_order_only(aws: Terminal, vpc: str, subnet: str, gateway: str) -> None:
    delete = f"ec2 delete-vpc --vpc-id {vpc}"
    held = f"The vpc '{vpc}' has dependencies and cannot be deleted."
    aws.refused(delete, "DependencyViolation", held)
    aws(f"ec2 delete-subnet --subnet-id {subnet}")
    aws.refused(delete, "DependencyViolation", held)
    aws.refused(f"ec2 delete-internet-gateway --internet-gateway-id {gateway}", "DependencyViolation")
    aws(f"ec2 detach-internet-gateway --internet-gateway-id {gateway} --vpc-id {vpc}")
    aws(f"ec2 delete-internet-gateway --internet-gateway-id {gateway}")
    aws(delete)
    aws.refused(delete, "InvalidVpcID.NotFound", f"The vpc ID '{vpc}' does not exist")
    assert aws(f"ec2 describe-route-tables --filters Name=vpc-id,Values={vpc}").json == {"RouteTables": []}
