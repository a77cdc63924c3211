"""What a region of a new account has before its owner does anything: a default VPC and all that belongs to it."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.services.ec2.network import routes, subnets, vpcs
from fakeaws.services.ec2.regions import zones_of
from fakeaws.services.ec2.resources import new_id

Document = dict[str, Any]
CIDR = "172.31.0.0/16"


def _initialise(call: Call) -> None:
    """Run once for each account and region, by the first call to EC2 there."""
    domain = "ec2.internal" if call.region == "us-east-1" else f"{call.region}.compute.internal"
    options = {
        "OwnerId": call.account,
        "Tags": [],
        "DhcpOptionsId": new_id(call, "DhcpOptions"),
        "DhcpConfigurations": [
            {"Key": "domain-name", "Values": [{"Value": domain}]},
            {"Key": "domain-name-servers", "Values": [{"Value": "AmazonProvidedDNS"}]},
        ],
        "is_usual": True,
    }
    call.keep("DhcpOptions", options)
    make_default_vpc(call)


def make_default_vpc(call: Call) -> Resource:
    """The VPC 172.31.0.0/16, a subnet in each zone, an internet gateway and the route to it."""
    vpc = vpcs.make(call, CIDR, "default", [], is_default=True)
    for number, zone in enumerate(zones_of(call.region)):
        subnets.make(call, vpc.key, f"172.31.{16 * number}.0/20", zone, [], is_default=True)
    gateway = {
        "Attachments": [{"State": "available", "VpcId": vpc.key}],
        "InternetGatewayId": new_id(call, "InternetGateway"),
        "OwnerId": call.account,
        "Tags": [],
    }
    call.keep("InternetGateway", gateway)
    table = next(table for table in call.list("RouteTable", VpcId=vpc.key) if routes.is_main(table))
    table["Routes"].append(
        {
            "DestinationCidrBlock": "0.0.0.0/0",
            "GatewayId": gateway["InternetGatewayId"],
            "Origin": "CreateRoute",
            "State": "active",
        }
    )
    call.keep("RouteTable", table)
    return vpc
