"""DHCP options: what the machines of a VPC are given."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import refusal
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import check_page_size, described, new_id, read, tags_for

Document = dict[str, Any]
KNOWN = (
    "domain-name",
    "domain-name-servers",
    "ntp-servers",
    "netbios-name-servers",
    "netbios-node-type",
    "ipv6-address-preferred-lease-time",
)


def create_dhcp_options(call: Call) -> Document:
    for configuration in call["DhcpConfigurations"]:
        if configuration["Key"] not in KNOWN:
            raise AwsError(
                "InvalidParameterValue",
                f"Value ({configuration['Key']}) for parameter key is invalid. Unknown DHCP option",
            )
    options = {
        "OwnerId": call.account,
        "Tags": tags_for(call, "dhcp-options"),
        "DhcpOptionsId": new_id(call, "DhcpOptions"),
        "DhcpConfigurations": [
            {"Key": c["Key"], "Values": [{"Value": value} for value in c["Values"]]} for c in call["DhcpConfigurations"]
        ],
    }
    return {"DhcpOptions": call.keep("DhcpOptions", options)}


def describe_dhcp_options(call: Call) -> Document:
    check_page_size(call)
    return {"DhcpOptions": call.page(described(call, "DhcpOptions", "DhcpOptionsIds"))}


def associate_dhcp_options(call: Call) -> Document:
    """`default` is the absence of options."""
    vpc = read(call, "Vpc", call["VpcId"])
    key = call["DhcpOptionsId"]
    vpc["DhcpOptionsId"] = key if key == "default" else read(call, "DhcpOptions", key).key
    call.keep("Vpc", vpc)
    return {}


def delete_dhcp_options(call: Call) -> Document:
    options = read(call, "DhcpOptions", call["DhcpOptionsId"])
    if next(call.list("Vpc", DhcpOptionsId=options.key), None) is not None:
        raise refusal(call, "DhcpOptions", "holds", options.key)
    call.drop("DhcpOptions", options)
    return {}
