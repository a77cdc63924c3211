"""Further ranges of subnets: IPv6 blocks, and reservations within the range."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import new_id, read, tags_for

Document = dict[str, Any]


def associate_subnet_cidr_block(call: Call) -> Document:
    """A /64 of one of the VPC's blocks that no other subnet has."""
    subnet = read(call, "Subnet", call["SubnetId"])
    vpc = call.read("Vpc", subnet["VpcId"])
    if "Ipv6CidrBlock" not in call:
        raise AwsError("MissingParameter", "The request must contain the parameter ipv6CidrBlock")
    if subnet.get("Ipv6CidrBlockAssociationSet"):
        raise AwsError(
            "InvalidSubnet.Conflict", f"Subnet {subnet.key} already has an IPv6 CIDR block associated with it."
        )
    association = ipv6_association(call, vpc, call["Ipv6CidrBlock"])
    subnet["Ipv6CidrBlockAssociationSet"] = [association]
    call.keep("Subnet", subnet)
    shown = {**association, "Ipv6CidrBlockState": {"State": "associating"}}
    return {"Ipv6CidrBlockAssociation": shown, "SubnetId": subnet.key}


def ipv6_association(call: Call, vpc: Resource, text: str) -> Document:
    """The association of a subnet of `vpc` with a block of IPv6 addresses, which must be free and within the VPC's."""
    try:
        block = IPv6Network(text)
    except ValueError as error:
        raise AwsError(
            "InvalidParameterValue",
            f"Value ({text}) for parameter ipv6CidrBlock is invalid. This is not a valid CIDR block.",
        ) from error
    wholes = [IPv6Network(a["Ipv6CidrBlock"]) for a in vpc.get("Ipv6CidrBlockAssociationSet", ())]
    if not any(block.subnet_of(whole) for whole in wholes):
        raise AwsError("InvalidSubnet.Range", f"The CIDR '{text}' is invalid.")
    for other in call.list("Subnet", VpcId=vpc.key):
        if any(block.overlaps(IPv6Network(a["Ipv6CidrBlock"])) for a in other.get("Ipv6CidrBlockAssociationSet", ())):
            raise AwsError("InvalidSubnet.Conflict", f"The CIDR '{text}' conflicts with another subnet")
    return {
        "AssociationId": call.make("subnet-cidr-assoc-0{hex16}"),
        "Ipv6CidrBlock": str(block),
        "Ipv6CidrBlockState": {"State": "associated"},
        "Ipv6AddressAttribute": "public",
        "IpSource": "amazon",
    }


def disassociate_subnet_cidr_block(call: Call) -> Document:
    key = call["AssociationId"]
    subnet = next(call.list("Subnet", Ipv6CidrBlockAssociationSet__AssociationId=key), None)
    if subnet is None:
        raise AwsError(
            "InvalidSubnetCidrBlockAssociationID.NotFound",
            f"The subnet CIDR block association ID '{key}' does not exist",
        )
    if any(interface["Ipv6Addresses"] for interface in call.list("NetworkInterface", SubnetId=subnet.key)):
        raise AwsError("DependencyViolation", f"The subnet '{subnet.key}' has IPv6 addresses in use.")
    [association] = [a for a in subnet["Ipv6CidrBlockAssociationSet"] if a["AssociationId"] == key]
    subnet["Ipv6CidrBlockAssociationSet"].remove(association)
    call.keep("Subnet", subnet)
    shown = {**association, "Ipv6CidrBlockState": {"State": "disassociating"}}
    return {"Ipv6CidrBlockAssociation": shown, "SubnetId": subnet.key}


def create_subnet_cidr_reservation(call: Call) -> Document:
    """Within the subnet, and not over another reservation."""
    subnet = read(call, "Subnet", call["SubnetId"])
    try:
        block = ip_network(call["Cidr"])
    except ValueError as error:
        raise AwsError("InvalidParameterValue", f"Value ({call['Cidr']}) for parameter cidr is invalid.") from error
    if not (isinstance(block, IPv4Network) and block.subnet_of(IPv4Network(subnet["CidrBlock"]))):
        raise AwsError("InvalidParameterValue", f"The CIDR {call['Cidr']} is not within the subnet {subnet.key}.")
    for other in call.list("SubnetCidrReservation", SubnetId=subnet.key):
        if block.overlaps(IPv4Network(other["Cidr"])):
            raise AwsError("InvalidParameterValue", f"The CIDR {call['Cidr']} conflicts with {other.key}.")
    reservation = {
        "SubnetCidrReservationId": new_id(call, "SubnetCidrReservation"),
        "SubnetId": subnet.key,
        "Cidr": str(block),
        "ReservationType": call["ReservationType"],
        "OwnerId": call.account,
        "Description": call.get("Description", ""),
        "Tags": tags_for(call, "subnet-cidr-reservation"),
    }
    return {"SubnetCidrReservation": call.keep("SubnetCidrReservation", reservation)}


def get_subnet_cidr_reservations(call: Call) -> Document:
    subnet = read(call, "Subnet", call["SubnetId"])
    rows = list(call.list("SubnetCidrReservation", SubnetId=subnet.key))
    return {"SubnetIpv4CidrReservations": rows, "SubnetIpv6CidrReservations": []}


def delete_subnet_cidr_reservation(call: Call) -> Document:
    reservation = read(call, "SubnetCidrReservation", call["SubnetCidrReservationId"])
    call.drop("SubnetCidrReservation", reservation)
    return {"DeletedSubnetCidrReservation": reservation}
