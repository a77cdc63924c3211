"""What a region of a new account has before its owner does anything: a default VPC and all that belongs to it."""

from __future__ import annotations

from typing import Any

from fakeaws.core.call import Call
from fakeaws.services.ec2.groups import add_rules
from fakeaws.services.ec2.regions import zones_of
from fakeaws.services.ec2.resources import new_id

Document = dict[str, Any]
CIDR = "172.31.0.0/16"


def _birth(call: Call) -> None:
    """Run once for each account and region, by the first call to EC2 there."""
    options = _dhcp_options(call)
    vpc = _vpc(call, options)
    subnets = [_subnet(call, vpc, zone, number) for number, zone in enumerate(zones_of(call.region))]
    gateway = _internet_gateway(call, vpc)
    _main_route_table(call, vpc, gateway)
    _default_acl(call, vpc, subnets)
    _default_group(call, vpc)


def _dhcp_options(call: Call) -> str:
    domain = "ec2.internal" if call.region == "us-east-1" else f"{call.region}.compute.internal"
    options = {
        "OwnerId": call.account,
        "Tags": [],
        "DhcpOptionsId": new_id(call, "DhcpOptions"),
        "DhcpConfigurations": [
            {"Key": "domain-name", "Values": [{"Value": domain}]},
            {"Key": "domain-name-servers", "Values": [{"Value": "AmazonProvidedDNS"}]},
        ],
    }
    return str(call.keep("DhcpOptions", options).key)


def _vpc(call: Call, options: str) -> str:
    vpc = {
        "OwnerId": call.account,
        "InstanceTenancy": "default",
        "CidrBlockAssociationSet": [
            {
                "AssociationId": call.make("vpc-cidr-assoc-0{hex16}"),
                "CidrBlock": CIDR,
                "CidrBlockState": {"State": "associated"},
            }
        ],
        "IsDefault": True,
        "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"},
        "VpcId": new_id(call, "Vpc"),
        "State": "available",
        "CidrBlock": CIDR,
        "DhcpOptionsId": options,
        "dns_support": True,
        "dns_hostnames": True,
    }
    return str(call.keep("Vpc", vpc).key)


def _subnet(call: Call, vpc: str, zone: Document, number: int) -> str:
    key = new_id(call, "Subnet")
    subnet = {
        "AvailabilityZoneId": zone["ZoneId"],
        "MapCustomerOwnedIpOnLaunch": False,
        "OwnerId": call.account,
        "AssignIpv6AddressOnCreation": False,
        "Ipv6CidrBlockAssociationSet": [],
        "SubnetArn": call.make("arn:{partition}:ec2:{region}:{account}:subnet/{key}", key=key),
        "EnableDns64": False,
        "Ipv6Native": False,
        "PrivateDnsNameOptionsOnLaunch": {
            "HostnameType": "ip-name",
            "EnableResourceNameDnsARecord": False,
            "EnableResourceNameDnsAAAARecord": False,
        },
        "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"},
        "SubnetId": key,
        "State": "available",
        "VpcId": vpc,
        "CidrBlock": f"172.31.{16 * number}.0/20",
        "AvailableIpAddressCount": 4091,
        "AvailabilityZone": zone["ZoneName"],
        "DefaultForAz": True,
        "MapPublicIpOnLaunch": True,
    }
    return str(call.keep("Subnet", subnet).key)


def _internet_gateway(call: Call, vpc: str) -> str:
    gateway = {
        "Attachments": [{"State": "available", "VpcId": vpc}],
        "InternetGatewayId": new_id(call, "InternetGateway"),
        "OwnerId": call.account,
        "Tags": [],
    }
    return str(call.keep("InternetGateway", gateway).key)


def _main_route_table(call: Call, vpc: str, gateway: str) -> None:
    table = new_id(call, "RouteTable")
    association = {
        "Main": True,
        "RouteTableAssociationId": call.make("rtbassoc-0{hex16}"),
        "RouteTableId": table,
        "AssociationState": {"State": "associated"},
    }
    routes = [
        {"DestinationCidrBlock": CIDR, "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"},
        {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway, "Origin": "CreateRoute", "State": "active"},
    ]
    document = {
        "Associations": [association],
        "PropagatingVgws": [],
        "RouteTableId": table,
        "Routes": routes,
        "Tags": [],
        "VpcId": vpc,
        "OwnerId": call.account,
    }
    call.keep("RouteTable", document)


def _default_acl(call: Call, vpc: str, subnets: list[str]) -> None:
    acl = new_id(call, "NetworkAcl")
    entries = [
        {"CidrBlock": "0.0.0.0/0", "Egress": egress, "Protocol": "-1", "RuleAction": action, "RuleNumber": number}
        for egress in (True, False)
        for action, number in (("allow", 100), ("deny", 32767))
    ]
    associations = [
        {"NetworkAclAssociationId": call.make("aclassoc-0{hex16}"), "NetworkAclId": acl, "SubnetId": subnet}
        for subnet in subnets
    ]
    document = {
        "Associations": associations,
        "Entries": entries,
        "IsDefault": True,
        "NetworkAclId": acl,
        "Tags": [],
        "VpcId": vpc,
        "OwnerId": call.account,
    }
    call.keep("NetworkAcl", document)


def _default_group(call: Call, vpc: str) -> None:
    key = new_id(call, "SecurityGroup")
    group = {
        "GroupId": key,
        "VpcId": vpc,
        "SecurityGroupArn": call.make("arn:{partition}:ec2:{region}:{account}:security-group/{key}", key=key),
        "OwnerId": call.account,
        "GroupName": "default",
        "Description": "default VPC security group",
        "rules": [],
    }
    call.keep("SecurityGroup", group)
    inside = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": key}]}
    add_rules(call, group, [inside], egress=False)
    add_rules(call, group, [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}], egress=True)
    call.keep("SecurityGroup", group)
