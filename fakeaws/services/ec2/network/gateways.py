"""Internet gateways and egress-only ones: the ways out of a VPC."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import refusal
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.account import limit
from fakeaws.services.ec2.network import routes
from fakeaws.services.ec2.resources import check_page_size, described, new_id, read, tags_for

Document = dict[str, Any]


def create_internet_gateway(call: Call) -> Document:
    if len(list(call.list("InternetGateway"))) >= limit(call, "L-A4707A72"):
        raise AwsError("InternetGatewayLimitExceeded", "The maximum number of internet gateways has been reached.")
    gateway = {
        "Attachments": [],
        "InternetGatewayId": new_id(call, "InternetGateway"),
        "OwnerId": call.account,
        "Tags": tags_for(call, "internet-gateway"),
    }
    return {"InternetGateway": call.keep("InternetGateway", gateway)}


def describe_internet_gateways(call: Call) -> Document:
    check_page_size(call)
    return {"InternetGateways": call.page(described(call, "InternetGateway", "InternetGatewayIds"))}


def attach_internet_gateway(call: Call) -> Document:
    """One gateway to a VPC, one VPC to a gateway."""
    gateway = read(call, "InternetGateway", call["InternetGatewayId"])
    vpc = read(call, "Vpc", call["VpcId"])
    if gateway["Attachments"]:
        attached = gateway["Attachments"][0]["VpcId"]
        raise AwsError(
            "Resource.AlreadyAssociated", f"resource {gateway.key} is already attached to network {attached}"
        )
    if next(call.list("InternetGateway", Attachments__VpcId=vpc.key), None) is not None:
        raise AwsError("InvalidParameterValue", f"Network {vpc.key} already has an internet gateway attached")
    gateway["Attachments"] = [{"State": "available", "VpcId": vpc.key}]
    call.keep("InternetGateway", gateway)
    routes.target_is(call, "GatewayId", gateway.key, "active")
    return {}


def detach_internet_gateway(call: Call) -> Document:
    """Routes to it become blackholes; public addresses in the VPC keep it attached."""
    gateway = read(call, "InternetGateway", call["InternetGatewayId"])
    vpc = read(call, "Vpc", call["VpcId"])
    if all(attachment["VpcId"] != vpc.key for attachment in gateway["Attachments"]):
        raise AwsError("Gateway.NotAttached", f"resource {gateway.key} is not attached to network {vpc.key}")
    if any("Association" in interface for interface in call.list("NetworkInterface", VpcId=vpc.key)):
        raise AwsError(
            "DependencyViolation",
            f"Network {vpc.key} has some mapped public address(es). Please unmap those public address(es) before"
            " detaching the gateway.",
        )
    gateway["Attachments"] = []
    call.keep("InternetGateway", gateway)
    routes.target_is(call, "GatewayId", gateway.key, "blackhole")
    return {}


def delete_internet_gateway(call: Call) -> Document:
    gateway = read(call, "InternetGateway", call["InternetGatewayId"])
    if gateway["Attachments"]:
        raise refusal(call, "InternetGateway", "holds", gateway.key)
    call.drop("InternetGateway", gateway)
    return {}


def create_egress_only_internet_gateway(call: Call) -> Document:
    """For IPv6 alone; it is attached from the start."""
    vpc = read(call, "Vpc", call["VpcId"])
    gateway = {
        "Attachments": [{"State": "attached", "VpcId": vpc.key}],
        "EgressOnlyInternetGatewayId": new_id(call, "EgressOnlyInternetGateway"),
        "Tags": tags_for(call, "egress-only-internet-gateway"),
    }
    kept = call.keep("EgressOnlyInternetGateway", gateway)
    return {"ClientToken": call.get("ClientToken"), "EgressOnlyInternetGateway": kept}


def describe_egress_only_internet_gateways(call: Call) -> Document:
    check_page_size(call)
    found = described(call, "EgressOnlyInternetGateway", "EgressOnlyInternetGatewayIds")
    return {"EgressOnlyInternetGateways": call.page(found)}


def delete_egress_only_internet_gateway(call: Call) -> Document:
    key = call["EgressOnlyInternetGatewayId"]
    call.drop("EgressOnlyInternetGateway", read(call, "EgressOnlyInternetGateway", key))
    routes.target_is(call, "EgressOnlyInternetGatewayId", key, "blackhole")
    return {"ReturnCode": True}
