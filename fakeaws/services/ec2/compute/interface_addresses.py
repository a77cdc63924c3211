"""Further addresses of network interfaces: secondary private ones, and IPv6."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.places import drawn
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.compute import interfaces
from fakeaws.services.ec2.compute.instance_types import facts_of
from fakeaws.services.ec2.compute.instances import show_interface
from fakeaws.services.ec2.resources import read

Document = dict[str, Any]


def assign_private_ip_addresses(call: Call) -> Document:
    """By address or by count; one that another interface has moves only when that is allowed."""
    interfaces.refuse_prefixes(call)
    interface = read(call, "NetworkInterface", call["NetworkInterfaceId"])
    subnet = read(call, "Subnet", interface["SubnetId"])
    wanted = call.get("PrivateIpAddresses", [])
    if bool(wanted) == bool(call.get("SecondaryPrivateIpAddressCount")):
        raise AwsError(
            "InvalidParameterCombination" if wanted else "MissingParameter",
            "Either the addresses or how many of them must be specified, but not both.",
        )
    held = {place["PrivateIpAddress"] for place in interface["PrivateIpAddresses"]}
    fresh = [address for address in wanted if address not in held]
    for address in fresh:
        if call.get("AllowReassignment"):
            _take_away(call, subnet, address)
        interfaces.check_address(call, subnet, address)
    while len(fresh) < call.get("SecondaryPrivateIpAddressCount", 0):
        fresh.append(interfaces.free_address(call, subnet, {*held, *fresh}))
    _check_room(call, interface, len(fresh))
    interface["PrivateIpAddresses"] += [interfaces.place(call, address, primary=False) for address in fresh]
    _count(call, interface["SubnetId"], -len(fresh))
    show_interface(call, interface)
    rows = [{"PrivateIpAddress": address} for address in fresh]
    return {"NetworkInterfaceId": interface.key, "AssignedPrivateIpAddresses": rows}


def _check_room(call: Call, interface: Resource, more: int) -> None:
    """How many addresses an interface holds depends on the instance that it is attached to."""
    key = interface.get("Attachment", {}).get("InstanceId")
    instance = call.find("Instance", key) if key else None
    facts = facts_of(instance["InstanceType"]) if instance is not None else None
    most = (facts or {}).get("addresses", 50)
    if len(interface["PrivateIpAddresses"]) + more > most:
        raise AwsError(
            "PrivateIpAddressLimitExceeded",
            f"Number of private addresses will exceed limit on interface {interface.key}.",
        )


def _take_away(call: Call, subnet: Resource, address: str) -> None:
    for holder in list(call.list("NetworkInterface", PrivateIpAddresses__PrivateIpAddress=address)):
        if holder["SubnetId"] != subnet.key or holder["PrivateIpAddress"] == address:
            continue
        kept = [p for p in holder["PrivateIpAddresses"] if p["PrivateIpAddress"] != address]
        holder["PrivateIpAddresses"] = kept
        show_interface(call, holder)
        _count(call, subnet.key, 1)


def unassign_private_ip_addresses(call: Call) -> Document:
    """The primary address stays; an elastic address on one that goes is disassociated."""
    interface = read(call, "NetworkInterface", call["NetworkInterfaceId"])
    going = call.get("PrivateIpAddresses", [])
    held = {place["PrivateIpAddress"]: place for place in interface["PrivateIpAddresses"]}
    for address in going:
        if address not in held:
            raise AwsError(
                "InvalidParameterValue",
                f"Some of the specified addresses are not assigned to interface {interface.key}: [{address}]",
            )
        if held[address]["Primary"]:
            raise AwsError(
                "InvalidParameterValue",
                f"The primary address {address} of interface {interface.key} cannot be unassigned.",
            )
        association = held[address].get("Association", {}).get("AssociationId")
        if association is not None:
            call.perform("ec2", "DisassociateAddress", {"AssociationId": association})
    interface = read(call, "NetworkInterface", interface.key)
    kept = [place for place in interface["PrivateIpAddresses"] if place["PrivateIpAddress"] not in going]
    _count(call, interface["SubnetId"], len(interface["PrivateIpAddresses"]) - len(kept))
    interface["PrivateIpAddresses"] = kept
    show_interface(call, interface)
    return {}


def _count(call: Call, subnet: str, more: int) -> None:
    found = call.read("Subnet", subnet)
    found["AvailableIpAddressCount"] += more
    call.keep("Subnet", found)


def assign_ipv6_addresses(call: Call) -> Document:
    interfaces.refuse_prefixes(call)
    interface = read(call, "NetworkInterface", call["NetworkInterfaceId"])
    subnet = read(call, "Subnet", interface["SubnetId"])
    fresh = ipv6_addresses(call, subnet, call.get("Ipv6Addresses", []), call.get("Ipv6AddressCount", 0))
    interface["Ipv6Addresses"] += [{"Ipv6Address": address, "IsPrimaryIpv6": False} for address in fresh]
    show_interface(call, interface)
    return {"AssignedIpv6Addresses": fresh, "NetworkInterfaceId": interface.key}


def unassign_ipv6_addresses(call: Call) -> Document:
    interface = read(call, "NetworkInterface", call["NetworkInterfaceId"])
    going = call.get("Ipv6Addresses", [])
    held = {row["Ipv6Address"] for row in interface["Ipv6Addresses"]}
    for address in going:
        if address not in held:
            raise AwsError(
                "InvalidParameterValue",
                f"Some of the specified addresses are not assigned to interface {interface.key}: [{address}]",
            )
    interface["Ipv6Addresses"] = [row for row in interface["Ipv6Addresses"] if row["Ipv6Address"] not in going]
    show_interface(call, interface)
    return {"NetworkInterfaceId": interface.key, "UnassignedIpv6Addresses": going}


def ipv6_addresses(call: Call, subnet: Resource, wanted: list[str], count: int) -> list[str]:
    """These addresses of the subnet, or so many that are free."""
    blocks = [IPv6Network(a["Ipv6CidrBlock"]) for a in subnet.get("Ipv6CidrBlockAssociationSet", ())]
    if not blocks:
        raise AwsError(
            "InvalidParameterValue",
            f"Subnet {subnet.key} does not have an IPv6 CIDR block associated with it.",
        )
    for address in wanted:
        if not any(IPv6Address(address) in block for block in blocks):
            raise AwsError(
                "InvalidParameterValue", f"Address {address} does not fall within the subnet's address range"
            )
    drawn = [str(blocks[0][int.from_bytes(drawn(call, 7), "big")]) for _ in range(count)]
    return [str(IPv6Address(address)) for address in wanted] or drawn
