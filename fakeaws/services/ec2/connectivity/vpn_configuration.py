"""The XML by which the device at the customer's end of a VPN connection is set up."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any
from xml.sax.saxutils import escape

Document = dict[str, Any]


def configuration(connection: Document, customer: Document) -> str:
    """The document that AWS gives for a connection, both tunnels in it."""
    head = {
        "customer_gateway_id": connection["CustomerGatewayId"],
        "vpn_gateway_id": connection.get("VpnGatewayId", connection.get("TransitGatewayId", "")),
        "vpn_connection_type": connection["Type"],
    }
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<vpn_connection id="{connection["VpnConnectionId"]}">']
    lines += [f"  <{name}>{escape(value)}</{name}>" for name, value in head.items()]
    for tunnel in connection["Options"]["TunnelOptions"]:
        lines += _tunnel(tunnel, customer)
    return "\n".join([*lines, "</vpn_connection>"])


def _tunnel(tunnel: Document, customer: Document) -> list[str]:
    network = IPv4Network(tunnel["TunnelInsideCidr"], strict=False)
    ours, theirs = str(network[1]), str(network[2])
    return [
        "  <ipsec_tunnel>",
        "    <customer_gateway>",
        *_end(customer.get("IpAddress", ""), theirs, customer["BgpAsn"]),
        "    </customer_gateway>",
        "    <vpn_gateway>",
        *_end(tunnel["OutsideIpAddress"], ours, "64512"),
        "    </vpn_gateway>",
        "    <ike>",
        "      <authentication_protocol>sha1</authentication_protocol>",
        "      <encryption_protocol>aes-128-cbc</encryption_protocol>",
        f"      <lifetime>{tunnel['Phase1LifetimeSeconds']}</lifetime>",
        "      <perfect_forward_secrecy>group2</perfect_forward_secrecy>",
        "      <mode>main</mode>",
        f"      <pre_shared_key>{escape(tunnel['PreSharedKey'])}</pre_shared_key>",
        "    </ike>",
        "    <ipsec>",
        "      <protocol>esp</protocol>",
        "      <authentication_protocol>hmac-sha1-96</authentication_protocol>",
        "      <encryption_protocol>aes-128-cbc</encryption_protocol>",
        f"      <lifetime>{tunnel['Phase2LifetimeSeconds']}</lifetime>",
        "      <perfect_forward_secrecy>group2</perfect_forward_secrecy>",
        "      <mode>tunnel</mode>",
        "      <clear_df_bit>true</clear_df_bit>",
        "      <fragmentation_before_encryption>true</fragmentation_before_encryption>",
        "      <tcp_mss_adjustment>1379</tcp_mss_adjustment>",
        "    </ipsec>",
        "  </ipsec_tunnel>",
    ]


def _end(outside: str, inside: str, number: str) -> list[str]:
    return [
        "      <tunnel_outside_address>",
        f"        <ip_address>{outside}</ip_address>",
        "      </tunnel_outside_address>",
        "      <tunnel_inside_address>",
        f"        <ip_address>{inside}</ip_address>",
        "        <network_mask>255.255.255.252</network_mask>",
        "        <network_cidr>30</network_cidr>",
        "      </tunnel_inside_address>",
        "      <bgp>",
        f"        <asn>{number}</asn>",
        "        <hold_time>30</hold_time>",
        "      </bgp>",
    ]
