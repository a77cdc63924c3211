"""VPCs: made with a main route table, a default network ACL and a default security group, and gone with them."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import refusal
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.account import limit
from fakeaws.services.ec2.network import acls, groups, public_access, routes
from fakeaws.services.ec2.resources import check_page_size, described, new_id, read, tags_for, with_tags

Document = dict[str, Any]
LARGEST, SMALLEST = 16, 28
ATTRIBUTES = {
    "enableDnsSupport": ("EnableDnsSupport", "dns_support"),
    "enableDnsHostnames": ("EnableDnsHostnames", "dns_hostnames"),
    "enableNetworkAddressUsageMetrics": ("EnableNetworkAddressUsageMetrics", "usage_metrics"),
}


def create_vpc(call: Call) -> Document:
    """Its range is said, or comes out of an IPAM pool."""
    if "CidrBlock" not in call and "Ipv4IpamPoolId" not in call:
        raise AwsError("MissingParameter", "The request must contain the parameter CidrBlock or Ipv4IpamPoolId")
    tags = tags_for(call, "vpc")
    _check_limit(call)
    key = new_id(call, "Vpc")
    if "Ipv4IpamPoolId" in call:
        from fakeaws.services.ec2.network import ipam

        wanted = call.get("CidrBlock"), call.get("Ipv4NetmaskLength")
        cidr = checked_block(ipam.for_vpc(call, call["Ipv4IpamPoolId"], *wanted, key))
    else:
        cidr = checked_block(call["CidrBlock"])
    vpc = make(call, cidr, call.get("InstanceTenancy", "default"), tags, key=key)
    if "Ipv4IpamPoolId" in call:
        vpc["from_pool"] = call["Ipv4IpamPoolId"]
        call.keep("Vpc", vpc)
    if call.get("AmazonProvidedIpv6CidrBlock"):
        vpc["Ipv6CidrBlockAssociationSet"] = [_ipv6_association(call)]
        call.keep("Vpc", vpc)
    return {"Vpc": {**vpc, "State": "pending"}}


def create_default_vpc(call: Call) -> Document:
    """One to a region, with a subnet in each zone, an internet gateway and a route to it."""
    if any(vpc["IsDefault"] for vpc in call.list("Vpc")):
        raise AwsError("DefaultVpcAlreadyExists", "A Default VPC already exists for this account in this region.")
    _check_limit(call)
    from fakeaws.services.ec2.network.default_vpc import make_default_vpc

    return {"Vpc": {**make_default_vpc(call), "State": "pending"}}


def _check_limit(call: Call) -> None:
    if len(list(call.list("Vpc"))) >= limit(call, "L-F678F1CE"):
        raise AwsError("VpcLimitExceeded", "The maximum number of VPCs has been reached.")


def checked_block(text: str, what: str = "InvalidVpc.Range") -> str:
    """A CIDR block as EC2 keeps it, host bits cleared; refused where it is none, too large or too small."""
    try:
        network = IPv4Network(text, strict=False)
    except ValueError:
        network = None
    if network is None or "/" not in text:
        raise AwsError(
            "InvalidParameterValue",
            f"Value ({text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.",
        )
    if not LARGEST <= network.prefixlen <= SMALLEST:
        raise AwsError(what, f"The CIDR '{text}' is invalid.")
    return str(network)


def make(
    call: Call, cidr: str, tenancy: str, tags: list[Document], is_default: bool = False, key: str | None = None
) -> Resource:
    """A new VPC and what comes with every VPC."""
    key = key or new_id(call, "Vpc")
    vpc = {
        "OwnerId": call.account,
        "InstanceTenancy": tenancy,
        "Ipv6CidrBlockAssociationSet": [],
        "CidrBlockAssociationSet": [_association(call, cidr)],
        "IsDefault": is_default,
        "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"},
        "VpcId": key,
        "State": "available",
        "CidrBlock": cidr,
        "DhcpOptionsId": _usual_options(call),
        "dns_support": True,
        "dns_hostnames": is_default,
    }
    kept = call.keep("Vpc", with_tags(vpc, tags))
    routes.make(call, kept, is_main=True)
    acls.make(call, key, is_default=True)
    groups.make_default(call, key)
    return kept


def _association(call: Call, cidr: str) -> Document:
    return {
        "AssociationId": call.make("vpc-cidr-assoc-0{hex16}"),
        "CidrBlock": cidr,
        "CidrBlockState": {"State": "associated"},
    }


def _ipv6_association(call: Call) -> Document:
    return {
        "AssociationId": call.make("vpc-cidr-assoc-0{hex16}"),
        "Ipv6CidrBlock": call.make("2600:1f18:{hex4}:{hex2}00::/56"),
        "Ipv6CidrBlockState": {"State": "associated"},
        "NetworkBorderGroup": call.region,
        "Ipv6Pool": "Amazon",
        "Ipv6AddressAttribute": "public",
        "IpSource": "amazon",
    }


def _usual_options(call: Call) -> str:
    """The DHCP options that new VPCs have: those of the region's birth."""
    found = next((options for options in call.list("DhcpOptions") if options.get("is_usual")), None)
    return str(found["DhcpOptionsId"]) if found is not None else "default"


def describe_vpcs(call: Call) -> Document:
    check_page_size(call)
    return {"Vpcs": public_access.shown(call, call.page(described(call, "Vpc", "VpcIds")), "VpcId")}


def delete_vpc(call: Call) -> Document:
    """Only what every VPC has goes with it; anything else keeps it."""
    vpc = read(call, "Vpc", call["VpcId"])
    key = vpc["VpcId"]
    if next(_dependants(call, key), None) is not None:
        raise refusal(call, "Vpc", "holds", key)
    for kind in ("RouteTable", "NetworkAcl", "SecurityGroup"):
        for belonging in list(call.list(kind, VpcId=key)):
            call.drop(kind, belonging)
    call.drop("Vpc", vpc)
    if "from_pool" in vpc:
        from fakeaws.services.ec2.network import ipam

        ipam.give_back(call, key)
    return {}


def _dependants(call: Call, vpc: str) -> Iterator[Resource]:
    for kind in ("Subnet", "NetworkInterface", "VpcEndpoint"):
        yield from call.list(kind, VpcId=vpc)
    yield from call.list("InternetGateway", Attachments__VpcId=vpc)
    yield from call.list("VpnGateway", VpcAttachments__VpcId=vpc)
    yield from call.list("TransitGatewayAttachment", VpcId=vpc)
    yield from call.list("EgressOnlyInternetGateway", Attachments__VpcId=vpc)
    yield from (table for table in call.list("RouteTable", VpcId=vpc) if not routes.is_main(table))
    yield from (acl for acl in call.list("NetworkAcl", VpcId=vpc) if not acl["IsDefault"])
    yield from (group for group in call.list("SecurityGroup", VpcId=vpc) if group["GroupName"] != "default")
    for path in ("RequesterVpcInfo__VpcId", "AccepterVpcInfo__VpcId"):
        peerings = call.list("VpcPeeringConnection", **{path: vpc})
        yield from (peering for peering in peerings if peering["Status"]["Code"] == "active")


def describe_vpc_attribute(call: Call) -> Document:
    """One attribute a call."""
    vpc = read(call, "Vpc", call["VpcId"])
    if call["Attribute"] not in ATTRIBUTES:
        raise AwsError("InvalidParameterValue", f"Value ({call['Attribute']}) for parameter attribute is invalid.")
    name, own = ATTRIBUTES[call["Attribute"]]
    return {name: {"Value": bool(vpc.get(own))}, "VpcId": vpc["VpcId"]}


def modify_vpc_attribute(call: Call) -> Document:
    """One attribute a call; host names need DNS support."""
    vpc = read(call, "Vpc", call["VpcId"])
    given = [(own, call[name]["Value"]) for name, own in ATTRIBUTES.values() if name in call]
    if len(given) != 1:
        raise AwsError("InvalidParameterCombination", "Exactly one attribute must be modified at a time.")
    vpc |= dict(given)
    call.keep("Vpc", vpc)
    return {}


def modify_vpc_tenancy(call: Call) -> Document:
    """Only from dedicated to default."""
    vpc = read(call, "Vpc", call["VpcId"])
    vpc["InstanceTenancy"] = call["InstanceTenancy"]
    call.keep("Vpc", vpc)
    return {"ReturnValue": True}


def associate_vpc_cidr_block(call: Call) -> Document:
    """A further range, which may not overlap those that the VPC has."""
    vpc = read(call, "Vpc", call["VpcId"])
    if call.get("AmazonProvidedIpv6CidrBlock"):
        ipv6 = _ipv6_association(call)
        vpc.setdefault("Ipv6CidrBlockAssociationSet", []).append(ipv6)
        call.keep("Vpc", vpc)
        state = {"Ipv6CidrBlockState": {"State": "associating"}}
        return {"Ipv6CidrBlockAssociation": {**ipv6, **state}, "VpcId": vpc["VpcId"]}
    cidr = checked_block(call["CidrBlock"])
    if any(IPv4Network(cidr).overlaps(network) for network in networks(vpc)):
        raise AwsError("InvalidVpc.Conflict", f"The CIDR '{cidr}' conflicts with another CIDR block of the VPC.")
    association = _association(call, cidr)
    vpc["CidrBlockAssociationSet"].append(association)
    call.keep("Vpc", vpc)
    for table in list(call.list("RouteTable", VpcId=vpc["VpcId"])):
        table["Routes"].append(routes.local(cidr))
        call.keep("RouteTable", table)
    shown = {**association, "CidrBlockState": {"State": "associating"}}
    return {"CidrBlockAssociation": shown, "VpcId": vpc["VpcId"]}


def disassociate_vpc_cidr_block(call: Call) -> Document:
    """The range that the VPC was made with stays, and so does one with subnets in it."""
    key = call["AssociationId"]
    for vpc in call.list("Vpc"):
        for member, shown, state in (
            ("CidrBlockAssociationSet", "CidrBlockAssociation", "CidrBlockState"),
            ("Ipv6CidrBlockAssociationSet", "Ipv6CidrBlockAssociation", "Ipv6CidrBlockState"),
        ):
            found = next((a for a in vpc.get(member, ()) if a["AssociationId"] == key), None)
            if found is not None:
                _check_unused(call, vpc, found)
                vpc[member].remove(found)
                call.keep("Vpc", vpc)
                return {shown: {**found, state: {"State": "disassociating"}}, "VpcId": vpc["VpcId"]}
    raise AwsError(
        "InvalidVpcCidrBlockAssociationID.NotFound", f"The vpc CIDR block association ID '{key}' does not exist"
    )


def _check_unused(call: Call, vpc: Resource, association: Document) -> None:
    cidr = association.get("CidrBlock")
    if cidr is None:
        return
    inside = (s for s in call.list("Subnet", VpcId=vpc.key) if IPv4Network(s["CidrBlock"]).subnet_of(IPv4Network(cidr)))
    if cidr == vpc["CidrBlock"] or next(inside, None) is not None:
        raise AwsError(
            "OperationNotPermitted",
            f"The vpc CIDR block with association ID {association['AssociationId']} may not be disassociated. It is the"
            " primary IPv4 CIDR block of the VPC"
            if cidr == vpc["CidrBlock"]
            else f"The vpc CIDR block with association ID {association['AssociationId']} has subnets in it.",
        )


def networks(vpc: Document) -> list[IPv4Network]:
    """The IPv4 ranges of a VPC."""
    return [IPv4Network(association["CidrBlock"]) for association in vpc["CidrBlockAssociationSet"]]
