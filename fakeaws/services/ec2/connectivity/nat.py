"""NAT gateways: a way out for private subnets, with an address and an interface of their own."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import filters, kinds
from fakeaws.core.resources.states import begin
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.pace import pace
from fakeaws.services.ec2.compute import interfaces
from fakeaws.services.ec2.network import routes
from fakeaws.services.ec2.resources import check_page_size, new_id, read, tags_for

Document = dict[str, Any]
SEEN_AFTER_DELETION = 3600


def create_nat_gateway(call: Call) -> Document:
    """A public one needs an elastic IP address that nothing else has."""
    if "SubnetId" not in call:
        raise AwsError("MissingParameter", "The request must contain the parameter SubnetId")
    subnet = read(call, "Subnet", call["SubnetId"])
    kind = call.get("ConnectivityType", "public")
    if kind == "public" and "AllocationId" not in call:
        raise AwsError("MissingParameter", "The request must contain the parameter AllocationId")
    if kind == "private" and "AllocationId" in call:
        raise AwsError("InvalidParameterCombination", "AllocationId cannot be specified for private NAT gateways")
    key = new_id(call, "NatGateway")
    wanted = {"Description": f"Interface for NAT Gateway {key}"}
    if "PrivateIpAddress" in call:
        wanted["PrivateIpAddress"] = call["PrivateIpAddress"]
    interface = interfaces.create(call, subnet, [], wanted, [])
    interface |= {
        "InterfaceType": "nat_gateway",
        "RequesterManaged": True,
        "Status": "in-use",
        "SourceDestCheck": False,
    }
    call.keep("NetworkInterface", interface)
    place = {"NetworkInterfaceId": interface["NetworkInterfaceId"], "PrivateIp": interface["PrivateIpAddress"]}
    place |= {"IsPrimary": True, "Status": "succeeded"}
    if kind == "public":
        place |= _associated(call, interface)
    gateway = {
        "CreateTime": call.now,
        "NatGatewayAddresses": [place],
        "NatGatewayId": key,
        "SubnetId": subnet.key,
        "VpcId": subnet["VpcId"],
        "Tags": tags_for(call, "natgateway"),
        "ConnectivityType": kind,
    }
    begin(kinds.kind("ec2", "NatGateway"), gateway, "create", call.now)
    kept = call.keep("NatGateway", gateway)
    shown = {**kept, "NatGatewayAddresses": [{k: v for k, v in place.items() if k in ("AllocationId", "IsPrimary")}]}
    return {"ClientToken": call.get("ClientToken"), "NatGateway": shown}


def _associated(call: Call, interface: Document) -> Document:
    address = read(call, "Address", call["AllocationId"])
    if "AssociationId" in address:
        raise AwsError(
            "Resource.AlreadyAssociated",
            f"resource {address.key} is already associated with associate-id {address['AssociationId']}",
        )
    answer = call.perform(
        "ec2",
        "AssociateAddress",
        {"AllocationId": address.key, "NetworkInterfaceId": interface["NetworkInterfaceId"]},
    )
    return {"AllocationId": address.key, "PublicIp": address["PublicIp"], "AssociationId": answer["AssociationId"]}


def describe_nat_gateways(call: Call) -> Document:
    """The one service of EC2 whose filters are called Filter."""
    check_page_size(call)
    keys = call.get("NatGatewayIds")
    if not keys:
        return {"NatGateways": call.page(filters.selected(call, "NatGateway", call.get("Filter")))}
    declared = kinds.kind("ec2", "NatGateway")
    found = [read(call, "NatGateway", key) for key in keys]
    return {"NatGateways": [g for g in found if filters.matching(declared, call.get("Filter"), g)]}


def delete_nat_gateway(call: Call) -> Document:
    """It can be seen as deleted for an hour; its address is free again, its routes lead nowhere."""
    gateway = read(call, "NatGateway", call["NatGatewayId"])
    if gateway["State"] not in ("deleting", "deleted"):
        _delete(call, gateway)
    return {"NatGatewayId": gateway.key}


def _delete(call: Call, gateway: Resource) -> None:
    gone = call.now + 60 * pace()
    gateway |= {"State": "deleting", "DeleteTime": call.now}
    gateway["passing"] = [[gone, "deleted"], [gone + SEEN_AFTER_DELETION, None]]
    for place in gateway["NatGatewayAddresses"]:
        if "AssociationId" in place:
            call.perform("ec2", "DisassociateAddress", {"AssociationId": place.pop("AssociationId")})
        interfaces.release(call, place["NetworkInterfaceId"])
    call.keep("NatGateway", gateway)
    routes.target_is(call, "NatGatewayId", gateway.key, "blackhole")
