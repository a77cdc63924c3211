"""VPCs and what stands in them, as it is described."""

from __future__ import annotations

from typing import Any

from fakeaws.core.call import Call
from fakeaws.core.errors import AwsError
from fakeaws.services.ec2.resources import check_page_size, described, read

Document = dict[str, Any]


def describe_vpcs(call: Call) -> Document:
    check_page_size(call)
    return {"Vpcs": call.page(described(call, "Vpc", "VpcIds"))}


def describe_subnets(call: Call) -> Document:
    check_page_size(call)
    return {"Subnets": call.page(described(call, "Subnet", "SubnetIds"))}


def describe_route_tables(call: Call) -> Document:
    check_page_size(call)
    return {"RouteTables": call.page(described(call, "RouteTable", "RouteTableIds"))}


def describe_internet_gateways(call: Call) -> Document:
    check_page_size(call)
    return {"InternetGateways": call.page(described(call, "InternetGateway", "InternetGatewayIds"))}


def describe_network_acls(call: Call) -> Document:
    check_page_size(call)
    return {"NetworkAcls": call.page(described(call, "NetworkAcl", "NetworkAclIds"))}


def describe_dhcp_options(call: Call) -> Document:
    check_page_size(call)
    return {"DhcpOptions": call.page(described(call, "DhcpOptions", "DhcpOptionsIds"))}


def describe_network_interfaces(call: Call) -> Document:
    check_page_size(call)
    return {"NetworkInterfaces": call.page(described(call, "NetworkInterface", "NetworkInterfaceIds"))}


def describe_vpc_attribute(call: Call) -> Document:
    """One attribute a call."""
    vpc = read(call, "Vpc", call["VpcId"])
    name, own = {
        "enableDnsSupport": ("EnableDnsSupport", "dns_support"),
        "enableDnsHostnames": ("EnableDnsHostnames", "dns_hostnames"),
        "enableNetworkAddressUsageMetrics": ("EnableNetworkAddressUsageMetrics", "usage_metrics"),
    }.get(call["Attribute"], ("", ""))
    if not name:
        raise AwsError("InvalidParameterValue", f"Value ({call['Attribute']}) for parameter attribute is invalid.")
    return {name: {"Value": bool(vpc.get(own))}, "VpcId": vpc["VpcId"]}
