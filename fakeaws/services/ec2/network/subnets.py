"""Subnets: ranges of a VPC in one zone, which count the addresses that are left."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import arn_for, refusal
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.network import acls, public_access
from fakeaws.services.ec2.network.groups import default_vpc
from fakeaws.services.ec2.network.vpcs import checked_block, networks
from fakeaws.services.ec2.regions import zones_of
from fakeaws.services.ec2.resources import check_page_size, described, new_id, read, tags_for, with_tags

Document = dict[str, Any]
RESERVED = 5
"""Addresses that AWS keeps in every subnet: the first four and the last."""
SWITCHES = ("AssignIpv6AddressOnCreation", "MapPublicIpOnLaunch", "MapCustomerOwnedIpOnLaunch", "EnableDns64")
ON_LAUNCH = {
    "PrivateDnsHostnameTypeOnLaunch": "HostnameType",
    "EnableResourceNameDnsARecordOnLaunch": "EnableResourceNameDnsARecord",
    "EnableResourceNameDnsAAAARecordOnLaunch": "EnableResourceNameDnsAAAARecord",
}


def create_subnet(call: Call) -> Document:
    vpc = read(call, "Vpc", call["VpcId"])
    if "CidrBlock" not in call:
        raise AwsError("MissingParameter", "Either 'cidrBlock' or 'ipv4IpamPoolId' must be provided.")
    cidr = checked_block(call["CidrBlock"], "InvalidSubnet.Range")
    network = IPv4Network(cidr)
    if not any(network.subnet_of(whole) for whole in networks(vpc)):
        raise AwsError("InvalidSubnet.Range", f"The CIDR '{cidr}' is invalid.")
    if any(network.overlaps(IPv4Network(other["CidrBlock"])) for other in call.list("Subnet", VpcId=vpc["VpcId"])):
        raise AwsError("InvalidSubnet.Conflict", f"The CIDR '{cidr}' conflicts with another subnet")
    zone = _zone(call, call.get("AvailabilityZone"), call.get("AvailabilityZoneId"))
    ranges = []
    if "Ipv6CidrBlock" in call:
        from fakeaws.services.ec2.network.subnet_ranges import ipv6_association

        ranges = [ipv6_association(call, vpc, call["Ipv6CidrBlock"])]
    subnet = make(call, vpc["VpcId"], cidr, zone, tags_for(call, "subnet"))
    subnet["Ipv6CidrBlockAssociationSet"] = ranges
    return {"Subnet": call.keep("Subnet", subnet)}


def create_default_subnet(call: Call) -> Document:
    """The one of a zone that has lost it, at the first range of its size that is free."""
    zone = _zone(call, call.get("AvailabilityZone"), call.get("AvailabilityZoneId"))
    vpc = default_vpc(call)
    subnets = list(call.list("Subnet", VpcId=vpc["VpcId"]))
    name = zone["ZoneName"]
    existing = next((s["SubnetId"] for s in subnets if s["DefaultForAz"] and s["AvailabilityZone"] == name), None)
    if existing is not None:
        raise AwsError(
            "DefaultSubnetAlreadyExistsInAvailabilityZone", f"'{existing}' is already the default subnet in {name}."
        )
    taken = [IPv4Network(subnet["CidrBlock"]) for subnet in subnets]
    free = (n for n in IPv4Network(vpc["CidrBlock"]).subnets(new_prefix=20) if not any(n.overlaps(t) for t in taken))
    return {"Subnet": make(call, vpc["VpcId"], str(next(free)), zone, [], is_default=True)}


def _zone(call: Call, name: str | None, key: str | None) -> Document:
    zones = zones_of(call.region)
    for zone in zones:
        if zone["ZoneName"] == (name or zone["ZoneName"]) and zone["ZoneId"] == (key or zone["ZoneId"]):
            return zone
    names = ", ".join(zone["ZoneName"] for zone in zones)
    raise AwsError(
        "InvalidParameterValue",
        f"Value ({name or key}) for parameter availabilityZone is invalid. Subnets can currently only be created in the"
        f" following availability zones: {names}.",
    )


def make(call: Call, vpc: str, cidr: str, zone: Document, tags: list[Document], is_default: bool = False) -> Resource:
    """A new subnet, in its VPC's default network ACL."""
    key = new_id(call, "Subnet")
    subnet = {
        "AvailabilityZoneId": zone["ZoneId"],
        "MapCustomerOwnedIpOnLaunch": False,
        "OwnerId": call.account,
        "AssignIpv6AddressOnCreation": False,
        "Ipv6CidrBlockAssociationSet": [],
        "SubnetArn": arn_for(call, "Subnet", SubnetId=key),
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
        "CidrBlock": cidr,
        "AvailableIpAddressCount": IPv4Network(cidr).num_addresses - RESERVED,
        "AvailabilityZone": zone["ZoneName"],
        "DefaultForAz": is_default,
        "MapPublicIpOnLaunch": is_default,
    }
    kept = call.keep("Subnet", with_tags(subnet, tags))
    acls.take_in(call, vpc, key)
    return kept


def describe_subnets(call: Call) -> Document:
    check_page_size(call)
    return {
        "Subnets": public_access.shown(call, call.page(described(call, "Subnet", "SubnetIds")), "SubnetId", "VpcId")
    }


def delete_subnet(call: Call) -> Document:
    """Its associations with a route table and a network ACL go with it; interfaces keep it."""
    subnet = read(call, "Subnet", call["SubnetId"])
    key = subnet["SubnetId"]
    if next(call.list("NetworkInterface", SubnetId=key), None) is not None:
        raise refusal(call, "Subnet", "holds", key)
    for kind in ("RouteTable", "NetworkAcl"):
        for holder in list(call.list(kind, Associations__SubnetId=key)):
            holder["Associations"] = [a for a in holder["Associations"] if a.get("SubnetId") != key]
            call.keep(kind, holder)
    call.drop("Subnet", subnet)
    return {}


def modify_subnet_attribute(call: Call) -> Document:
    """One attribute a call."""
    subnet = read(call, "Subnet", call["SubnetId"])
    given = [name for name in (*SWITCHES, *ON_LAUNCH) if name in call]
    if len(given) != 1:
        raise AwsError("InvalidParameterCombination", "Exactly one attribute must be modified at a time.")
    [name] = given
    if name in SWITCHES:
        subnet[name] = call[name]["Value"]
    else:
        value = call[name]
        subnet["PrivateDnsNameOptionsOnLaunch"][ON_LAUNCH[name]] = value["Value"] if isinstance(value, dict) else value
    call.keep("Subnet", subnet)
    return {}
