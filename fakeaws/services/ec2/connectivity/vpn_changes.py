"""VPN connections that are changed: their gateway, ranges and tunnels."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.connectivity.transit_attachments import attach, detach
from fakeaws.services.ec2.connectivity.vpn import as_shown
from fakeaws.services.ec2.connectivity.vpn_configuration import configuration
from fakeaws.services.ec2.resources import read

Document = dict[str, Any]
RANGES = ("LocalIpv4NetworkCidr", "RemoteIpv4NetworkCidr", "LocalIpv6NetworkCidr", "RemoteIpv6NetworkCidr")


def _connection(call: Call) -> Resource:
    connection = read(call, "VpnConnection", call["VpnConnectionId"])
    if connection["State"] != "available":
        raise AwsError("IncorrectState", f"The VPN connection {connection.key} is in state {connection['State']}.")
    return connection


def _changed(call: Call, connection: Resource) -> Document:
    """The answer: the configuration for the other end has changed too."""
    customer = read(call, "CustomerGateway", connection["CustomerGatewayId"])
    connection["CustomerGatewayConfiguration"] = configuration(connection, customer)
    call.keep("VpnConnection", connection)
    return {"VpnConnection": {**connection, "State": "modifying"}}


def modify_vpn_connection(call: Call) -> Document:
    """To another gateway at either end; static routes have to go before it moves to a transit gateway."""
    connection = _connection(call)
    given = [name for name in ("VpnGatewayId", "TransitGatewayId", "CustomerGatewayId") if name in call]
    if not given:
        raise AwsError("MissingParameter", "The request must contain a target gateway.")
    if "VpnGatewayId" in call and "TransitGatewayId" in call:
        raise AwsError("InvalidParameterCombination", "Only one of vpnGatewayId and transitGatewayId can be specified.")
    for name in given:
        read(call, name.removesuffix("Id"), call[name])
    if "CustomerGatewayId" in call:
        connection["CustomerGatewayId"] = call["CustomerGatewayId"]
    if given != ["CustomerGatewayId"]:
        _move(call, connection)
    return _changed(call, connection)


def _move(call: Call, connection: Resource) -> None:
    if "TransitGatewayId" in call and connection["Routes"]:
        raise AwsError("IncorrectState", f"The VPN connection {connection.key} has static routes.")
    for attachment in list(call.list("TransitGatewayAttachment", ResourceId=connection.key)):
        detach(call, attachment)
    for name in ("VpnGatewayId", "TransitGatewayId"):
        connection.pop(name, None)
        connection |= {name: call[name]} if name in call else {}
    connection["GatewayAssociationState"] = "associated"
    if "TransitGatewayId" in call:
        attach(call, call["TransitGatewayId"], "vpn", connection.key, {})


def modify_vpn_connection_options(call: Call) -> Document:
    connection = _connection(call)
    given = {name: call[name] for name in RANGES if name in call}
    if not given:
        raise AwsError("MissingParameter", "The request must contain an option to modify.")
    connection["Options"] |= given
    return _changed(call, connection)


def modify_vpn_tunnel_options(call: Call) -> Document:
    """Of the tunnel with this address at AWS's end."""
    connection = _connection(call)
    address = call["VpnTunnelOutsideIpAddress"]
    for tunnel in connection["Options"]["TunnelOptions"]:
        if tunnel["OutsideIpAddress"] == address:
            tunnel |= as_shown(call["TunnelOptions"])
            return _changed(call, connection)
    raise AwsError("InvalidParameterValue", f"The VPN connection {connection.key} has no tunnel at {address}.")
