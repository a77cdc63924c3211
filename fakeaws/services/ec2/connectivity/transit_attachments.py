"""Attachments of transit gateways: of VPCs, VPN connections, and other transit gateways."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import filters, kinds
from fakeaws.core.resources.naming import refusal
from fakeaws.core.resources.places import scope
from fakeaws.core.resources.states import begin
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.pace import pace
from fakeaws.services.ec2.resources import check_page_size, new_id, read, read_all, tags_for

Document = dict[str, Any]
SEEN_AFTER = 3600
OPTIONS = {
    "DnsSupport": "enable",
    "SecurityGroupReferencingSupport": "enable",
    "Ipv6Support": "disable",
    "ApplianceModeSupport": "disable",
}
SHARED = ("TransitGatewayAttachmentId", "State", "CreationTime", "Tags")
VPC = (*SHARED, "TransitGatewayId", "VpcId", "VpcOwnerId", "SubnetIds", "Options")
ANY = (
    *SHARED,
    "TransitGatewayId",
    "TransitGatewayOwnerId",
    "ResourceOwnerId",
    "ResourceType",
    "ResourceId",
    "Association",
)
PEERING = (*SHARED, "RequesterTgwInfo", "AccepterTgwInfo", "Status", "AccepterTransitGatewayAttachmentId")
SEEN = {
    "vpc": kinds.Kind("ec2", "TgwVpc", {"shape": "TransitGatewayVpcAttachment", "tags": "Tags"}),
    "peering": kinds.Kind(
        "ec2",
        "TgwPeering",
        {
            "shape": "TransitGatewayPeeringAttachment",
            "tags": "Tags",
            "filters": {
                "local-owner-id": "RequesterTgwInfo.OwnerId",
                "remote-owner-id": "AccepterTgwInfo.OwnerId",
                "transit-gateway-id": "RequesterTgwInfo.TransitGatewayId",
            },
        },
    ),
    "": kinds.Kind("ec2", "TgwAny", {"shape": "TransitGatewayAttachment", "tags": "Tags"}),
}


def create_transit_gateway_vpc_attachment(call: Call) -> Document:
    """In one subnet of each zone that it is to serve."""
    gateway = read(call, "TransitGateway", call["TransitGatewayId"])
    _require(gateway["State"] == "available", f"{gateway.key} is in invalid state.")
    vpc = read(call, "Vpc", call["VpcId"])
    for other in call.list("TransitGatewayAttachment", VpcId=vpc.key):
        if other["TransitGatewayId"] == gateway.key and other["State"] not in ("deleting", "deleted"):
            raise AwsError(
                "DuplicateTransitGatewayAttachment",
                f"{gateway.key} has an existing Transit Gateway Attachment for VPC {vpc.key}.",
            )
    _check_subnets(call, vpc, call["SubnetIds"])
    members = {
        "VpcId": vpc.key,
        "VpcOwnerId": vpc["OwnerId"],
        "SubnetIds": call["SubnetIds"],
        "Options": {**OPTIONS, **call.get("Options", {})},
        "Tags": tags_for(
            call, "transit-gateway-attachment", ("transit-gateway-attachment", "transit-gateway-vpc-attachment")
        ),
    }
    made = attach(call, gateway.key, "vpc", vpc.key, members)
    return {"TransitGatewayVpcAttachment": _view(made, VPC)}


def _check_subnets(call: Call, vpc: Resource, keys: list[str]) -> None:
    zones = []
    for subnet in read_all(call, "Subnet", keys):
        if subnet["VpcId"] != vpc.key:
            raise AwsError("InvalidSubnetID.NotFound", f"The subnet ID '{subnet.key}' does not exist in {vpc.key}")
        zones.append(subnet["AvailabilityZone"])
    if len(set(zones)) < len(zones):
        raise AwsError("DuplicateSubnetsInSameZone", "Duplicate Subnets for same AZ")


def attach(call: Call, gateway: str, kind: str, resource: str, members: Document) -> Resource:
    """Keep a new attachment, associated and propagated as the gateway's defaults say."""
    options = call.read("TransitGateway", gateway)["Options"]
    attachment = {
        "TransitGatewayAttachmentId": new_id(call, "TransitGatewayAttachment"),
        "TransitGatewayId": gateway,
        "TransitGatewayOwnerId": call.account,
        "ResourceOwnerId": call.account,
        "ResourceType": kind,
        "ResourceId": resource,
        "CreationTime": call.now,
        "Tags": [],
        "propagations": [],
        **members,
    }
    if kind != "peering" and options["DefaultRouteTableAssociation"] == "enable":
        table = options["AssociationDefaultRouteTableId"]
        attachment["Association"] = {"TransitGatewayRouteTableId": table, "State": "associated"}
    if kind != "peering" and options["DefaultRouteTablePropagation"] == "enable":
        attachment["propagations"] = [options["PropagationDefaultRouteTableId"]]
    if "State" not in attachment:
        begin(kinds.kind("ec2", "TransitGatewayAttachment"), attachment, "create", call.now)
    return call.keep("TransitGatewayAttachment", attachment)


def _view(attachment: Document, names: tuple[str, ...]) -> Document:
    return {name: attachment[name] for name in names if name in attachment}


def _described(call: Call, kind: str, names: tuple[str, ...]) -> list[Document]:
    check_page_size(call)
    keys = call.get("TransitGatewayAttachmentIds")
    found = read_all(call, "TransitGatewayAttachment", keys) if keys else _all(call)
    rows = (_view(a, names) for a in found if a["ResourceType"] == (kind or a["ResourceType"]))
    return [row for row in rows if filters.matching(SEEN[kind], call.get("Filters"), row)]


def _all(call: Call) -> Iterator[Resource]:
    return call.list("TransitGatewayAttachment")


def describe_transit_gateway_vpc_attachments(call: Call) -> Document:
    return {"TransitGatewayVpcAttachments": _described(call, "vpc", VPC)}


def describe_transit_gateway_attachments(call: Call) -> Document:
    return {"TransitGatewayAttachments": _described(call, "", ANY)}


def describe_transit_gateway_peering_attachments(call: Call) -> Document:
    return {"TransitGatewayPeeringAttachments": _described(call, "peering", PEERING)}


def modify_transit_gateway_vpc_attachment(call: Call) -> Document:
    attachment = read(call, "TransitGatewayAttachment", call["TransitGatewayAttachmentId"])
    vpc = read(call, "Vpc", attachment["VpcId"])
    keys = [key for key in attachment["SubnetIds"] if key not in call.get("RemoveSubnetIds", ())]
    keys += call.get("AddSubnetIds", [])
    if not keys:
        raise AwsError("InvalidParameterValue", "A VPC attachment needs at least one subnet.")
    _check_subnets(call, vpc, keys)
    attachment["SubnetIds"] = keys
    attachment["Options"] |= call.get("Options", {})
    kept = call.keep("TransitGatewayAttachment", attachment)
    return {"TransitGatewayVpcAttachment": {**_view(kept, VPC), "State": "modifying"}}


def delete_transit_gateway_vpc_attachment(call: Call) -> Document:
    """Static routes to it become blackholes, propagated ones go."""
    attachment = read(call, "TransitGatewayAttachment", call["TransitGatewayAttachmentId"])
    _require(attachment["State"] in ("available", "pending"), f"{attachment.key} is in invalid state.")
    detach(call, attachment)
    return {"TransitGatewayVpcAttachment": _view(attachment, VPC)}


def detach(call: Call, attachment: Resource) -> None:
    """The attachment goes; it can be seen as deleted for an hour."""
    gone = call.now + 60 * pace()
    attachment |= {"State": "deleting", "propagations": [], "passing": [[gone, "deleted"], [gone + SEEN_AFTER, None]]}
    attachment.pop("Association", None)
    vpc = attachment.pop("VpcId", None)
    call.keep("TransitGatewayAttachment", attachment)
    if vpc is not None:
        attachment["VpcId"] = vpc
        for table in list(call.list("RouteTable", Routes__TransitGatewayId=attachment["TransitGatewayId"])):
            if table["VpcId"] == vpc:
                _blacken(call, table, attachment["TransitGatewayId"])


def _blacken(call: Call, table: Resource, gateway: str) -> None:
    for route in table["Routes"]:
        if route.get("TransitGatewayId") == gateway:
            route["State"] = "blackhole"
    call.keep("RouteTable", table)


def _require(allowed: bool, text: str) -> None:
    if not allowed:
        raise AwsError("IncorrectState", text)


def create_transit_gateway_peering_attachment(call: Call) -> Document:
    """Requested here, accepted there; either side has the attachment among its own."""
    gateway = read(call, "TransitGateway", call["TransitGatewayId"])
    elsewhere = call.of(account=call["PeerAccountId"], region=call["PeerRegion"])
    peer = elsewhere.find("TransitGateway", call["PeerTransitGatewayId"])
    if peer is None:
        raise refusal(call, "TransitGateway", "missing", call["PeerTransitGatewayId"])
    sides = {
        "RequesterTgwInfo": {"TransitGatewayId": gateway.key, "OwnerId": call.account, "Region": call.region},
        "AccepterTgwInfo": {"TransitGatewayId": peer.key, "OwnerId": elsewhere.account, "Region": elsewhere.region},
        "Tags": tags_for(call, "transit-gateway-attachment"),
    }
    state = {"State": "pendingAcceptance", "Status": {"Code": "pendingAcceptance", "Message": "Pending acceptance"}}
    made = attach(call, gateway.key, "peering", peer.key, {**sides, **state})
    if scope(elsewhere, kinds.kind("ec2", "Vpc")) != made.scope:
        theirs = {**made, "TransitGatewayId": peer.key, "ResourceId": gateway.key, "Tags": []}
        elsewhere.keep("TransitGatewayAttachment", theirs)
    first = {"State": "initiatingRequest", "Status": {"Code": "initiatingRequest"}}
    return {"TransitGatewayPeeringAttachment": _view(made, PEERING) | first}


def _sides(call: Call, attachment: Document) -> Iterator[tuple[Call, Resource]]:
    key = attachment["TransitGatewayAttachmentId"]
    for side in ("RequesterTgwInfo", "AccepterTgwInfo"):
        elsewhere = call.of(account=attachment[side]["OwnerId"], region=attachment[side]["Region"])
        found = elsewhere.find("TransitGatewayAttachment", key)
        if found is not None:
            yield elsewhere, found


def _turn(call: Call, attachment: Resource, state: str) -> Document:
    for elsewhere, found in _sides(call, attachment):
        found |= {"State": state, "Status": {"Code": state, "Message": state.capitalize()}}
        if state in ("deleted", "rejected"):
            found["passing"] = [[call.now + SEEN_AFTER, None]]
            found.pop("Association", None)
        elsewhere.keep("TransitGatewayAttachment", found)
    return {"TransitGatewayPeeringAttachment": _view(attachment, PEERING) | {"State": state}}


def accept_transit_gateway_peering_attachment(call: Call) -> Document:
    attachment = read(call, "TransitGatewayAttachment", call["TransitGatewayAttachmentId"])
    _require(attachment["State"] == "pendingAcceptance", f"{attachment.key} is not in pendingAcceptance state.")
    theirs = attachment["AccepterTgwInfo"]
    if (theirs["OwnerId"], theirs["Region"]) != (call.account, call.region):
        raise AwsError("OperationNotPermitted", f"{attachment.key} can only be accepted by its accepter.")
    return _turn(call, attachment, "available")


def reject_transit_gateway_peering_attachment(call: Call) -> Document:
    attachment = read(call, "TransitGatewayAttachment", call["TransitGatewayAttachmentId"])
    _require(attachment["State"] == "pendingAcceptance", f"{attachment.key} is not in pendingAcceptance state.")
    return _turn(call, attachment, "rejected")


def delete_transit_gateway_peering_attachment(call: Call) -> Document:
    attachment = read(call, "TransitGatewayAttachment", call["TransitGatewayAttachmentId"])
    _require(attachment["State"] in ("available", "pendingAcceptance"), f"{attachment.key} is in invalid state.")
    return _turn(call, attachment, "deleted")
