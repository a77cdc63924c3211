"""Dedicated hosts: whole machines for one account."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.compute.instance_types import facts_of
from fakeaws.services.ec2.resources import described, first_zone, new_id, read_all, tags_for

Document = dict[str, Any]
SETTINGS = ("AutoPlacement", "HostRecovery", "HostMaintenance")


def allocate_hosts(call: Call) -> Document:
    """For one instance type, or for a family."""
    if ("InstanceType" in call) == ("InstanceFamily" in call):
        raise AwsError(
            "InvalidParameterCombination", "Exactly one of instanceType and instanceFamily must be specified."
        )
    zone = first_zone(call, call.get("AvailabilityZone"), call.get("AvailabilityZoneId"))
    tags = tags_for(call, "dedicated-host")
    properties = _properties(call)
    keys = [new_id(call, "Host") for _ in range(call.get("Quantity", 1))]
    for key in keys:
        host = {
            "HostId": key,
            "AutoPlacement": call.get("AutoPlacement", "on"),
            "AvailabilityZone": zone["ZoneName"],
            "AvailabilityZoneId": zone["ZoneId"],
            "HostProperties": properties,
            "Instances": [],
            "State": "available",
            "AllocationTime": call.now,
            "HostRecovery": call.get("HostRecovery", "off"),
            "HostMaintenance": call.get("HostMaintenance", "on"),
            "AllowsMultipleInstanceTypes": "off" if "InstanceType" in call else "on",
            "OwnerId": call.account,
            "MemberOfServiceLinkedResourceGroup": False,
            "Tags": tags,
        }
        call.keep("Host", host)
    return {"HostIds": keys}


def _properties(call: Call) -> Document:
    """What the machine is, as far as its instance type says."""
    if "InstanceType" not in call:
        return {"InstanceFamily": call["InstanceFamily"]}
    kind = call["InstanceType"]
    facts = facts_of(kind)
    if facts is None:
        raise AwsError("InvalidParameterValue", f"Invalid value '{kind}' for InstanceType.")
    return {"InstanceType": kind}


def describe_hosts(call: Call) -> Document:
    """Its filters are called Filter."""
    call.params = {**call.params, "Filters": call.get("Filter", [])}
    return {"Hosts": call.page(described(call, "Host", "HostIds"))}


def modify_hosts(call: Call) -> Document:
    done = read_all(call, "Host", call["HostIds"])
    for host in done:
        host |= {name: call[name] for name in SETTINGS if name in call}
        call.keep("Host", host)
    return {"Successful": [host.key for host in done], "Unsuccessful": []}


def release_hosts(call: Call) -> Document:
    """Those that instances are on stay, and are listed apart."""
    done, failed = [], []
    for host in read_all(call, "Host", call["HostIds"]):
        if _is_used(call, host):
            error = {"Code": "Client.InvalidHost.Occupied", "Message": f"Dedicated host '{host.key}' is in use."}
            failed.append({"Error": error, "ResourceId": host.key})
            continue
        call.drop("Host", host)
        done.append(host.key)
    return {"Successful": done, "Unsuccessful": failed}


def _is_used(call: Call, host: Resource) -> bool:
    on_it = call.list("Instance", Placement__HostId=host.key)
    return any(instance["State"]["Name"] != "terminated" for instance in on_it)
