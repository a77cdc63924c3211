"""Connect attachments of transit gateways: tunnels to appliances within an attached network, and their BGP peers."""

from __future__ import annotations

from ipaddress import IPv4Network, ip_network
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds
from fakeaws.core.resources.filters import matching
from fakeaws.core.resources.states import begin
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.connectivity.transit_attachments import attach, detach
from fakeaws.services.ec2.resources import check_page_size, listed, new_id, read, read_all, tags_for

Document = dict[str, Any]
ATTACHMENT, PEER = "TransitGatewayAttachment", "TransitGatewayConnectPeer"
CONNECT = kinds.Kind("ec2", "TgwConnect", {"shape": "TransitGatewayConnect", "tags": "Tags"})
SHOWN = (
    "TransitGatewayAttachmentId",
    "TransportTransitGatewayAttachmentId",
    "TransitGatewayId",
    "State",
    "CreationTime",
    "Options",
    "Tags",
)


def create_transit_gateway_connect(call: Call) -> Document:
    """Over an attachment of a VPC, or of Direct Connect."""
    transport = _available(call, call["TransportTransitGatewayAttachmentId"])
    if transport["ResourceType"] not in ("vpc", "direct-connect-gateway"):
        raise AwsError("InvalidParameterValue", f"{transport.key} cannot be the transport of a Connect attachment.")
    members = {
        "TransportTransitGatewayAttachmentId": transport.key,
        "Options": call["Options"],
        "Tags": tags_for(call, "transit-gateway-attachment"),
    }
    made = attach(call, transport["TransitGatewayId"], "connect", transport.key, members)
    return {"TransitGatewayConnect": _shown(made)}


def _available(call: Call, key: str) -> Resource:
    attachment = read(call, ATTACHMENT, key)
    if attachment["State"] != "available":
        raise AwsError("IncorrectState", f"{attachment.key} is in invalid state.")
    return attachment


def _shown(attachment: Document) -> Document:
    return {name: attachment[name] for name in SHOWN if name in attachment}


def describe_transit_gateway_connects(call: Call) -> Document:
    check_page_size(call)
    keys = call.get("TransitGatewayAttachmentIds")
    found = read_all(call, ATTACHMENT, keys) if keys else call.list(ATTACHMENT)
    rows = (_shown(attachment) for attachment in found if attachment["ResourceType"] == "connect")
    return {"TransitGatewayConnects": [row for row in rows if matching(CONNECT, call.get("Filters"), row)]}


def delete_transit_gateway_connect(call: Call) -> Document:
    """Its peers have to go first."""
    attachment = read(call, ATTACHMENT, call["TransitGatewayAttachmentId"])
    if next(call.list(PEER, TransitGatewayAttachmentId=attachment.key), None) is not None:
        raise AwsError("IncorrectState", f"{attachment.key} has non-deleted Connect peers.")
    detach(call, attachment)
    return {"TransitGatewayConnect": _shown(attachment)}


def create_transit_gateway_connect_peer(call: Call) -> Document:
    """At most four on an attachment; the gateway's addresses are drawn from its CIDR blocks and the inner ones."""
    attachment = _available(call, call["TransitGatewayAttachmentId"])
    if attachment["ResourceType"] != "connect":
        raise AwsError("InvalidParameterValue", f"{attachment.key} is not a Connect attachment.")
    held = list(call.list(PEER, TransitGatewayAttachmentId=attachment.key))
    if len(held) >= 4:
        raise AwsError("TransitGatewayConnectPeerLimitExceeded", "A Connect attachment has at most 4 peers.")
    gateway = call.read("TransitGateway", attachment["TransitGatewayId"])
    inside = _inside(call["InsideCidrBlocks"], held)
    peer = {
        "TransitGatewayAttachmentId": attachment.key,
        "TransitGatewayConnectPeerId": new_id(call, PEER),
        "CreationTime": call.now,
        "ConnectPeerConfiguration": {
            "TransitGatewayAddress": call.get("TransitGatewayAddress") or _outer(gateway, held),
            "PeerAddress": call["PeerAddress"],
            "InsideCidrBlocks": call["InsideCidrBlocks"],
            "Protocol": "gre",
            "BgpConfigurations": [
                {
                    "TransitGatewayAsn": gateway["Options"]["AmazonSideAsn"],
                    "PeerAsn": call.get("BgpOptions", {}).get("PeerAsn", gateway["Options"]["AmazonSideAsn"]),
                    "TransitGatewayAddress": str(inside[number]),
                    "PeerAddress": str(inside[1]),
                    "BgpStatus": "down",
                }
                for number in (2, 3)
            ],
        },
        "Tags": tags_for(call, "transit-gateway-connect-peer"),
    }
    begin(kinds.kind("ec2", PEER), peer, "create", call.now)
    return {"TransitGatewayConnectPeer": call.keep(PEER, peer)}


def _inside(blocks: list[str], held: list[Resource]) -> IPv4Network:
    """The inner IPv4 range: a /29 of 169.254.0.0/16 that no other peer of the attachment has."""
    try:
        found = [net for net in map(ip_network, blocks) if isinstance(net, IPv4Network)]
    except ValueError as error:
        raise AwsError("InvalidParameterValue", f"Inside CIDR blocks {', '.join(blocks)} are invalid.") from error
    if len(found) != 1 or found[0].prefixlen != 29 or not found[0].subnet_of(IPv4Network("169.254.0.0/16")):
        raise AwsError("InvalidParameterValue", "The inside CIDR block must be a /29 of 169.254.0.0/16.")
    if any(str(found[0]) in peer["ConnectPeerConfiguration"]["InsideCidrBlocks"] for peer in held):
        raise AwsError("InvalidParameterValue", f"The inside CIDR block {found[0]} is in use.")
    return found[0]


def _outer(gateway: Resource, held: list[Resource]) -> str:
    blocks = gateway["Options"].get("TransitGatewayCidrBlocks")
    if not blocks:
        raise AwsError("InvalidParameterValue", f"{gateway.key} has no CIDR blocks to take an address from.")
    used = {peer["ConnectPeerConfiguration"]["TransitGatewayAddress"] for peer in held}
    return next(str(address) for address in ip_network(blocks[0]).hosts() if str(address) not in used)


def describe_transit_gateway_connect_peers(call: Call) -> Document:
    return listed(call, PEER, "TransitGatewayConnectPeerIds", "TransitGatewayConnectPeers")


def delete_transit_gateway_connect_peer(call: Call) -> Document:
    peer = read(call, PEER, call["TransitGatewayConnectPeerId"])
    call.drop(PEER, peer)
    return {"TransitGatewayConnectPeer": {**peer, "State": "deleting"}}
