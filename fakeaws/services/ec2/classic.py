"""EC2-Classic, which AWS has retired: its operations are there, and refuse."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.filters import matching
from fakeaws.core.resources.kinds import Kind
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import read_all

Document = dict[str, Any]
LINK = Kind("ec2", "VpcClassicLink", {"tags": "Tags", "filters": {"is-classic-link-enabled": "ClassicLinkEnabled"}})


def _refuse(call: Call) -> Document:
    raise AwsError("UnsupportedOperation", f"{call.operation.name} is not supported: EC2-Classic has been retired.")


def attach_classic_link_vpc(call: Call) -> Document:
    return _refuse(call)


def detach_classic_link_vpc(call: Call) -> Document:
    return _refuse(call)


def enable_vpc_classic_link(call: Call) -> Document:
    return _refuse(call)


def disable_vpc_classic_link(call: Call) -> Document:
    return _refuse(call)


def enable_vpc_classic_link_dns_support(call: Call) -> Document:
    return _refuse(call)


def disable_vpc_classic_link_dns_support(call: Call) -> Document:
    return _refuse(call)


def move_address_to_vpc(call: Call) -> Document:
    return _refuse(call)


def restore_address_to_classic(call: Call) -> Document:
    return _refuse(call)


def describe_moving_addresses(call: Call) -> Document:
    """There is none that could move."""
    return {"MovingAddressStatuses": []}


def describe_classic_link_instances(call: Call) -> Document:
    """No instance can be linked any more."""
    return {"Instances": []}


def describe_vpc_classic_link(call: Call) -> Document:
    """No VPC is linked any more."""
    rows = [{"ClassicLinkEnabled": False, "Tags": vpc.get("Tags", []), "VpcId": vpc.key} for vpc in _vpcs(call)]
    return {"Vpcs": [row for row in rows if matching(LINK, call.get("Filters"), row)]}


def describe_vpc_classic_link_dns_support(call: Call) -> Document:
    return {"Vpcs": [{"ClassicLinkDnsSupported": False, "VpcId": vpc.key} for vpc in _vpcs(call)]}


def _vpcs(call: Call) -> list[Resource]:
    return read_all(call, "Vpc", call["VpcIds"]) if call.get("VpcIds") else list(call.list("Vpc"))
