"""Further addresses of NAT gateways: elastic ones of public gateways, private ones of private gateways."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import read

Document = dict[str, Any]
LIMIT = 8


def _gateway(call: Call, kind: str) -> Resource:
    gateway = read(call, "NatGateway", call["NatGatewayId"])
    if gateway["State"] not in ("available", "pending"):
        raise AwsError("NatGatewayInvalidState", f"NAT gateway {gateway.key} is in state {gateway['State']}.")
    if gateway["ConnectivityType"] != kind:
        raise AwsError("InvalidParameterValue", f"{gateway.key} is not a {kind} NAT gateway.")
    return gateway


def _assigned(call: Call, gateway: Resource, private: list[str], count: int) -> list[Document]:
    """More private addresses on the interface of the gateway."""
    if len(gateway["NatGatewayAddresses"]) + (len(private) or count) > LIMIT:
        raise AwsError("NatGatewayAddressLimitExceeded", f"A NAT gateway has at most {LIMIT} addresses.")
    interface = gateway["NatGatewayAddresses"][0]["NetworkInterfaceId"]
    wanted = {"PrivateIpAddresses": private} if private else {"SecondaryPrivateIpAddressCount": count}
    made = call.perform("ec2", "AssignPrivateIpAddresses", {"NetworkInterfaceId": interface, **wanted})
    return [
        {
            "NetworkInterfaceId": interface,
            "PrivateIp": row["PrivateIpAddress"],
            "IsPrimary": False,
            "Status": "succeeded",
        }
        for row in made["AssignedPrivateIpAddresses"]
    ]


def _answer(call: Call, gateway: Resource, places: list[Document], status: str) -> Document:
    call.keep("NatGateway", gateway)
    return {"NatGatewayId": gateway.key, "NatGatewayAddresses": [{**place, "Status": status} for place in places]}


def associate_nat_gateway_address(call: Call) -> Document:
    """Each elastic address goes with a private one that is new."""
    gateway = _gateway(call, "public")
    places = _assigned(call, gateway, call.get("PrivateIpAddresses", []), len(call["AllocationIds"]))
    if len(places) != len(call["AllocationIds"]):
        raise AwsError("InvalidParameterValue", "There must be as many private addresses as allocation IDs.")
    for key, place in zip(call["AllocationIds"], places, strict=True):
        address = read(call, "Address", key)
        if "AssociationId" in address:
            raise AwsError(
                "Resource.AlreadyAssociated",
                f"resource {address.key} is already associated with associate-id {address['AssociationId']}",
            )
        target = {"NetworkInterfaceId": place["NetworkInterfaceId"], "PrivateIpAddress": place["PrivateIp"]}
        made = call.perform("ec2", "AssociateAddress", {"AllocationId": key, **target})
        place |= {"AllocationId": key, "PublicIp": address["PublicIp"], "AssociationId": made["AssociationId"]}
    gateway["NatGatewayAddresses"] += places
    return _answer(call, gateway, places, "associating")


def disassociate_nat_gateway_address(call: Call) -> Document:
    """The private addresses go with the elastic ones; the primary pair stays."""
    gateway = _gateway(call, "public")
    places = [_place(gateway, "AssociationId", key) for key in call["AssociationIds"]]
    for place in places:
        call.perform("ec2", "DisassociateAddress", {"AssociationId": place["AssociationId"]})
    _unassign(call, gateway, places)
    return _answer(call, gateway, places, "disassociating")


def _place(gateway: Resource, member: str, value: str) -> Document:
    for place in gateway["NatGatewayAddresses"]:
        if place.get(member) == value:
            if place["IsPrimary"]:
                raise AwsError("InvalidParameterValue", f"{value} is the primary address of {gateway.key}.")
            found: Document = place
            return found
    raise AwsError("InvalidParameterValue", f"{value} is no address of {gateway.key}.")


def _unassign(call: Call, gateway: Resource, places: list[Document]) -> None:
    going = [place["PrivateIp"] for place in places]
    interface = gateway["NatGatewayAddresses"][0]["NetworkInterfaceId"]
    call.perform("ec2", "UnassignPrivateIpAddresses", {"NetworkInterfaceId": interface, "PrivateIpAddresses": going})
    kept = [place for place in gateway["NatGatewayAddresses"] if place["PrivateIp"] not in going]
    gateway["NatGatewayAddresses"] = kept


def assign_private_nat_gateway_address(call: Call) -> Document:
    gateway = _gateway(call, "private")
    private, count = call.get("PrivateIpAddresses", []), call.get("PrivateIpAddressCount", 0)
    if bool(private) == bool(count):
        raise AwsError(
            "InvalidParameterCombination" if private else "MissingParameter",
            "Either the addresses or how many of them must be specified, but not both.",
        )
    places = _assigned(call, gateway, private, count)
    gateway["NatGatewayAddresses"] += places
    return _answer(call, gateway, places, "assigning")


def unassign_private_nat_gateway_address(call: Call) -> Document:
    gateway = _gateway(call, "private")
    places = [_place(gateway, "PrivateIp", address) for address in call["PrivateIpAddresses"]]
    _unassign(call, gateway, places)
    return _answer(call, gateway, places, "unassigning")
