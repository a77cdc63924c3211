"""Transit gateways: hubs that VPCs, VPN connections and other hubs are attached to."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds
from fakeaws.core.resources.naming import arn_for
from fakeaws.core.resources.states import begin
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.pace import pace
from fakeaws.services.ec2.connectivity import transit_tables
from fakeaws.services.ec2.network import routes
from fakeaws.services.ec2.resources import listed, new_id, read, tags_for

Document = dict[str, Any]
SEEN_AFTER = 3600
USUAL = {
    "AmazonSideAsn": 64512,
    "AutoAcceptSharedAttachments": "disable",
    "DefaultRouteTableAssociation": "enable",
    "DefaultRouteTablePropagation": "enable",
    "VpnEcmpSupport": "enable",
    "DnsSupport": "enable",
    "SecurityGroupReferencingSupport": "disable",
    "MulticastSupport": "disable",
}


def create_transit_gateway(call: Call) -> Document:
    """With a default route table, unless both defaults are off."""
    options: Document = {**USUAL, **call.get("Options", {})}
    number = options["AmazonSideAsn"]
    if not (64512 <= number <= 65534 or 4200000000 <= number <= 4294967294):
        raise AwsError("InvalidParameterValue", f"Amazon Side ASN '{number}' is invalid.")
    key = new_id(call, "TransitGateway")
    gateway = {
        "TransitGatewayId": key,
        "TransitGatewayArn": arn_for(call, "TransitGateway", TransitGatewayId=key),
        "OwnerId": call.account,
        "Description": call.get("Description", ""),
        "CreationTime": call.now,
        "Options": options,
        "Tags": tags_for(call, "transit-gateway"),
    }
    association = options["DefaultRouteTableAssociation"] == "enable"
    propagation = options["DefaultRouteTablePropagation"] == "enable"
    if association or propagation:
        table = transit_tables.make(call, key, [], association, propagation)
        if association:
            options["AssociationDefaultRouteTableId"] = table.key
        if propagation:
            options["PropagationDefaultRouteTableId"] = table.key
    begin(kinds.kind("ec2", "TransitGateway"), gateway, "create", call.now)
    return {"TransitGateway": call.keep("TransitGateway", gateway)}


def describe_transit_gateways(call: Call) -> Document:
    return listed(call, "TransitGateway", "TransitGatewayIds", "TransitGateways")


def modify_transit_gateway(call: Call) -> Document:
    gateway = read(call, "TransitGateway", call["TransitGatewayId"])
    options = dict(call.get("Options", {}))
    blocks = set(gateway["Options"].get("TransitGatewayCidrBlocks", ()))
    blocks |= set(options.pop("AddTransitGatewayCidrBlocks", ()))
    blocks -= set(options.pop("RemoveTransitGatewayCidrBlocks", ()))
    encryption = options.pop("EncryptionSupport", None)
    if encryption is not None:
        options["EncryptionSupport"] = {"EncryptionState": f"{encryption}d"}
    gateway["Options"] |= options
    if blocks:
        gateway["Options"]["TransitGatewayCidrBlocks"] = sorted(blocks)
    gateway["Description"] = call.get("Description", gateway["Description"])
    return {"TransitGateway": {**call.keep("TransitGateway", gateway), "State": "modifying"}}


def delete_transit_gateway(call: Call) -> Document:
    """Not while anything is attached; its route tables go with it."""
    gateway = read(call, "TransitGateway", call["TransitGatewayId"])
    held = [
        attachment.key
        for attachment in call.list("TransitGatewayAttachment", TransitGatewayId=gateway.key)
        if attachment["State"] not in ("deleting", "deleted", "rejected")
    ]
    if held:
        raise AwsError("IncorrectState", f"{gateway.key} has non-deleted VPC Attachments: {', '.join(held)}.")
    domains = [domain.key for domain in call.list("TransitGatewayMulticastDomain", TransitGatewayId=gateway.key)]
    if domains:
        raise AwsError("IncorrectState", f"{gateway.key} has non-deleted Multicast Domains: {', '.join(domains)}.")
    for table in list(call.list("TransitGatewayRouteTable", TransitGatewayId=gateway.key)):
        call.drop("TransitGatewayRouteTable", table)
    gone = call.now + 60 * pace()
    gateway |= {"State": "deleting", "passing": [[gone, "deleted"], [gone + SEEN_AFTER, None]]}
    routes.target_is(call, "TransitGatewayId", gateway.key, "blackhole")
    return {"TransitGateway": call.keep("TransitGateway", gateway)}
