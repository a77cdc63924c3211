"""Site-to-site VPN: customer gateways, virtual private gateways, connections and their routes."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds
from fakeaws.core.resources.places import drawn
from fakeaws.core.resources.states import begin
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.pace import pace
from fakeaws.services.ec2.network import routes
from fakeaws.services.ec2.resources import listed, new_id, read, tags_for

Document = dict[str, Any]
SEEN_AFTER = 3600
LIFETIMES = {"Phase1LifetimeSeconds": 28800, "Phase2LifetimeSeconds": 3600, "RekeyMarginTimeSeconds": 270}
TUNNEL = {**LIFETIMES, "RekeyFuzzPercentage": 100, "ReplayWindowSize": 1024, "DpdTimeoutSeconds": 30}


def create_customer_gateway(call: Call) -> Document:
    """The same address and number twice is one gateway."""
    address = call.get("IpAddress") or call.get("PublicIp")
    if address is None and "CertificateArn" not in call:
        raise AwsError("MissingParameter", "The request must contain the parameter ipAddress")
    if address is not None:
        try:
            IPv4Address(address)
        except ValueError as error:
            raise AwsError(
                "InvalidParameterValue", f"Value ({address}) for parameter ipAddress is invalid. Invalid IP address"
            ) from error
    number = str(call.get("BgpAsn") or call.get("BgpAsnExtended") or 65000)
    for other in call.list("CustomerGateway"):
        if (other.get("IpAddress"), other["BgpAsn"]) == (address, number) and other["State"] == "available":
            return {"CustomerGateway": other}
    gateway = {
        "CustomerGatewayId": new_id(call, "CustomerGateway"),
        "Type": call["Type"],
        "BgpAsn": number,
        "Tags": tags_for(call, "customer-gateway"),
        **({"IpAddress": address} if address else {}),
        **{name: call[name] for name in ("CertificateArn", "DeviceName") if name in call},
    }
    begin(kinds.kind("ec2", "CustomerGateway"), gateway, "create", call.now)
    return {"CustomerGateway": call.keep("CustomerGateway", gateway)}


def describe_customer_gateways(call: Call) -> Document:
    return listed(call, "CustomerGateway", "CustomerGatewayIds", "CustomerGateways")


def delete_customer_gateway(call: Call) -> Document:
    gateway = read(call, "CustomerGateway", call["CustomerGatewayId"])
    _check_unused(call, "CustomerGatewayId", gateway.key)
    _fade(call, "CustomerGateway", gateway)
    return {}


def _check_unused(call: Call, member: str, key: str) -> None:
    users = call.list("VpnConnection", **{member: key})
    if any(connection["State"] not in ("deleting", "deleted") for connection in users):
        raise AwsError("IncorrectState", f"The {member[:-2]} is in use. The gateway has not been deleted.")


def _fade(call: Call, kind: str, resource: Resource) -> None:
    """Deleted, but to be seen for an hour."""
    gone = call.now + 10 * pace()
    resource |= {"State": "deleting", "passing": [[gone, "deleted"], [gone + SEEN_AFTER, None]]}
    call.keep(kind, resource)


def create_vpn_gateway(call: Call) -> Document:
    gateway = {
        "VpnGatewayId": new_id(call, "VpnGateway"),
        "Type": call["Type"],
        "AmazonSideAsn": call.get("AmazonSideAsn", 64512),
        "VpcAttachments": [],
        "Tags": tags_for(call, "vpn-gateway"),
        **({"AvailabilityZone": call["AvailabilityZone"]} if "AvailabilityZone" in call else {}),
    }
    begin(kinds.kind("ec2", "VpnGateway"), gateway, "create", call.now)
    return {"VpnGateway": call.keep("VpnGateway", gateway)}


def describe_vpn_gateways(call: Call) -> Document:
    return listed(call, "VpnGateway", "VpnGatewayIds", "VpnGateways")


def attach_vpn_gateway(call: Call) -> Document:
    """One to a VPC."""
    gateway = read(call, "VpnGateway", call["VpnGatewayId"])
    vpc = read(call, "Vpc", call["VpcId"])
    if gateway["VpcAttachments"]:
        raise AwsError(
            "Resource.AlreadyAssociated"
            if gateway["VpcAttachments"][0]["VpcId"] != vpc.key
            else "VpnGatewayAttachmentAlreadyExists",
            f"The virtual private gateway {gateway.key} is already attached to {gateway['VpcAttachments'][0]['VpcId']}",
        )
    if next(call.list("VpnGateway", VpcAttachments__VpcId=vpc.key), None) is not None:
        raise AwsError("VpnGatewayAttachmentLimitExceeded", f"The VPC {vpc.key} already has a virtual private gateway.")
    gateway["VpcAttachments"] = [{"VpcId": vpc.key, "State": "attached"}]
    call.keep("VpnGateway", gateway)
    routes.target_is(call, "GatewayId", gateway.key, "active")
    return {"VpcAttachment": {"VpcId": vpc.key, "State": "attaching"}}


def detach_vpn_gateway(call: Call) -> Document:
    gateway = read(call, "VpnGateway", call["VpnGatewayId"])
    vpc = read(call, "Vpc", call["VpcId"])
    if all(attachment["VpcId"] != vpc.key for attachment in gateway["VpcAttachments"]):
        raise AwsError(
            "InvalidVpnGatewayAttachment.NotFound",
            f"The attachment with vpn gateway ID '{gateway.key}' and vpc ID '{vpc.key}' does not exist",
        )
    gateway["VpcAttachments"] = []
    call.keep("VpnGateway", gateway)
    routes.target_is(call, "GatewayId", gateway.key, "blackhole")
    return {}


def delete_vpn_gateway(call: Call) -> Document:
    gateway = read(call, "VpnGateway", call["VpnGatewayId"])
    if gateway["VpcAttachments"]:
        raise AwsError("IncorrectState", "The vpn gateway is in use. It is attached to a VPC.")
    _check_unused(call, "VpnGatewayId", gateway.key)
    _fade(call, "VpnGateway", gateway)
    return {}


def create_vpn_connection(call: Call) -> Document:
    """Two tunnels from a customer gateway to a virtual private or transit gateway, with the configuration for the
    device at the other end."""
    customer = read(call, "CustomerGateway", call["CustomerGatewayId"])
    gateways = _gateways(call)
    given = call.get("Options", {})
    tunnels = [_tunnel(call, number, given) for number in range(2)]
    connection = {
        "Category": "VPN",
        "VpnConnectionId": new_id(call, "VpnConnection"),
        "Type": call["Type"],
        "CustomerGatewayId": customer.key,
        **gateways,
        "GatewayAssociationState": "associated" if gateways else "not-associated",
        "Options": {
            "EnableAcceleration": given.get("EnableAcceleration", False),
            "StaticRoutesOnly": given.get("StaticRoutesOnly", False),
            "LocalIpv4NetworkCidr": given.get("LocalIpv4NetworkCidr", "0.0.0.0/0"),
            "RemoteIpv4NetworkCidr": given.get("RemoteIpv4NetworkCidr", "0.0.0.0/0"),
            "OutsideIpAddressType": "PublicIpv4",
            "TunnelInsideIpVersion": given.get("TunnelInsideIpVersion", "ipv4"),
            "TunnelOptions": tunnels,
        },
        "Routes": [],
        "Tags": tags_for(call, "vpn-connection"),
        "VgwTelemetry": [_telemetry(call, tunnel) for tunnel in tunnels],
    }
    from fakeaws.services.ec2.connectivity.vpn_configuration import configuration

    connection["CustomerGatewayConfiguration"] = configuration(connection, customer)
    begin(kinds.kind("ec2", "VpnConnection"), connection, "create", call.now)
    kept = call.keep("VpnConnection", connection)
    if "TransitGatewayId" in gateways:
        from fakeaws.services.ec2.connectivity.transit_attachments import attach

        attach(call, gateways["TransitGatewayId"], "vpn", kept.key, {})
    return {"VpnConnection": kept}


def _gateways(call: Call) -> Document:
    """The gateway at AWS's end, which may be left out."""
    gateways = {name: call[name] for name in ("VpnGatewayId", "TransitGatewayId") if name in call}
    if len(gateways) > 1:
        raise AwsError("InvalidParameterCombination", "Only one of vpnGatewayId and transitGatewayId can be specified.")
    for name, key in gateways.items():
        read(call, name.removesuffix("Id"), key)
    return gateways


def _tunnel(call: Call, number: int, given: Document) -> Document:
    wanted = [*given.get("TunnelOptions", ()), {}, {}][number]
    octets = drawn(call, 3)
    inside = f"169.254.{6 + octets[0] % 240}.{4 * (octets[1] % 63)}/30"
    found = as_shown(wanted)
    return {
        **TUNNEL,
        "DpdTimeoutAction": "clear",
        "StartupAction": "add",
        **found,
        "OutsideIpAddress": f"{(3, 34, 52, 54)[octets[2] % 4]}.{octets[0]}.{octets[1]}.{1 + octets[2] % 250}",
        "TunnelInsideCidr": found.get("TunnelInsideCidr", inside),
        "PreSharedKey": found.get("PreSharedKey") or call.make("{mixed32}"),
    }


def as_shown(wanted: Document) -> Document:
    """Options of a tunnel under the names that they are shown by."""
    renamed = {
        "DPDTimeoutSeconds": "DpdTimeoutSeconds",
        "DPDTimeoutAction": "DpdTimeoutAction",
        "IKEVersions": "IkeVersions",
    }
    return {renamed.get(name, name): value for name, value in wanted.items()}


def _telemetry(call: Call, tunnel: Document) -> Document:
    """No device is at the other end: the tunnels are down."""
    row = {"AcceptedRouteCount": 0, "LastStatusChange": call.now, "OutsideIpAddress": tunnel["OutsideIpAddress"]}
    return {**row, "Status": "DOWN", "StatusMessage": ""}


def describe_vpn_connections(call: Call) -> Document:
    return listed(call, "VpnConnection", "VpnConnectionIds", "VpnConnections")


def delete_vpn_connection(call: Call) -> Document:
    connection = read(call, "VpnConnection", call["VpnConnectionId"])
    for attachment in list(call.list("TransitGatewayAttachment", ResourceId=connection.key)):
        from fakeaws.services.ec2.connectivity.transit_attachments import detach

        detach(call, attachment)
    connection |= {"Routes": [], "VgwTelemetry": []}
    _fade(call, "VpnConnection", connection)
    return {}


def create_vpn_connection_route(call: Call) -> Document:
    connection = read(call, "VpnConnection", call["VpnConnectionId"])
    if not connection["Options"]["StaticRoutesOnly"]:
        raise AwsError("InvalidParameterValue", f"The VPN connection {connection.key} does not use static routes.")
    cidr = _cidr(call["DestinationCidrBlock"])
    if all(route["DestinationCidrBlock"] != cidr for route in connection["Routes"]):
        connection["Routes"].append({"DestinationCidrBlock": cidr, "Source": "Static", "State": "available"})
    call.keep("VpnConnection", connection)
    for table in _propagated(call, connection):
        _propagate(call, table)
    return {}


def _cidr(text: str) -> str:
    try:
        return str(IPv4Network(text))
    except ValueError as error:
        raise AwsError(
            "InvalidParameterValue",
            f"Value ({text}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.",
        ) from error


def delete_vpn_connection_route(call: Call) -> Document:
    connection = read(call, "VpnConnection", call["VpnConnectionId"])
    kept = [r for r in connection["Routes"] if r["DestinationCidrBlock"] != call["DestinationCidrBlock"]]
    if len(kept) == len(connection["Routes"]):
        raise AwsError("InvalidRoute.NotFound", f"The route {call['DestinationCidrBlock']} does not exist.")
    connection["Routes"] = kept
    call.keep("VpnConnection", connection)
    for table in _propagated(call, connection):
        _propagate(call, table)
    return {}


def _propagated(call: Call, connection: Resource) -> list[Resource]:
    """The route tables that take their routes from the connection's gateway."""
    gateway = connection.get("VpnGatewayId")
    return list(call.list("RouteTable", PropagatingVgws__GatewayId=gateway)) if gateway else []


def enable_vgw_route_propagation(call: Call) -> Document:
    """The static routes of the gateway's connections show up in the table."""
    table = read(call, "RouteTable", call["RouteTableId"])
    gateway = read(call, "VpnGateway", call["GatewayId"])
    if all(attachment["VpcId"] != table["VpcId"] for attachment in gateway["VpcAttachments"]):
        raise AwsError("Gateway.NotAttached", f"resource {gateway.key} is not attached to network {table['VpcId']}")
    if all(held["GatewayId"] != gateway.key for held in table["PropagatingVgws"]):
        table["PropagatingVgws"].append({"GatewayId": gateway.key})
    _propagate(call, table)
    return {}


def disable_vgw_route_propagation(call: Call) -> Document:
    table = read(call, "RouteTable", call["RouteTableId"])
    read(call, "VpnGateway", call["GatewayId"])
    table["PropagatingVgws"] = [g for g in table["PropagatingVgws"] if g["GatewayId"] != call["GatewayId"]]
    _propagate(call, table)
    return {}


def _propagate(call: Call, table: Resource) -> None:
    own = [route for route in table["Routes"] if route["Origin"] != "EnableVgwRoutePropagation"]
    for held in table["PropagatingVgws"]:
        for connection in call.list("VpnConnection", VpnGatewayId=held["GatewayId"]):
            for route in connection["Routes"]:
                fresh = {"DestinationCidrBlock": route["DestinationCidrBlock"], "GatewayId": held["GatewayId"]}
                own.append({**fresh, "Origin": "EnableVgwRoutePropagation", "State": "active"})
    table["Routes"] = own
    call.keep("RouteTable", table)
