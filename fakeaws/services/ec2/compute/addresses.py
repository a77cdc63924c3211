"""Elastic IP addresses: allocated, moved between interfaces, released."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import filters, kinds
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.account import limit
from fakeaws.services.ec2.compute import interfaces
from fakeaws.services.ec2.compute.instances import show_interface
from fakeaws.services.ec2.resources import read, tags_for, with_tags

Document = dict[str, Any]


def allocate_address(call: Call) -> Document:
    if call.get("Domain", "vpc") != "vpc":
        raise AwsError("InvalidParameterValue", "Invalid value 'standard' for domain: EC2-Classic has been retired.")
    if len(list(call.list("Address"))) >= limit(call, "L-0263D0A3"):
        raise AwsError("AddressLimitExceeded", "The maximum number of addresses has been reached.")
    address = {
        "AllocationId": call.make("eipalloc-0{hex16}"),
        "Domain": "vpc",
        "PublicIpv4Pool": call.get("PublicIpv4Pool", "amazon"),
        "NetworkBorderGroup": call.get("NetworkBorderGroup", call.region),
        "PublicIp": interfaces.public_address(call),
    }
    call.keep("Address", with_tags(address, tags_for(call, "elastic-ip")))
    return address


def describe_addresses(call: Call) -> Document:
    declared = kinds.kind("ec2", "Address")
    named = [_by_allocation(call, key) for key in call.get("AllocationIds", ())]
    named += [_by_ip(call, ip) for ip in call.get("PublicIps", ())]
    if named:
        return {"Addresses": [a for a in named if filters.matching(declared, call.get("Filters"), a)]}
    return {"Addresses": list(filters.selected(call, "Address", call.get("Filters")))}


def associate_address(call: Call) -> Document:
    """An address that is somewhere else moves, unless that is not allowed."""
    address = _named(call)
    interface = _interface(call)
    vpc = interface["VpcId"]
    if next(call.list("InternetGateway", Attachments__VpcId=vpc), None) is None:
        raise AwsError("Gateway.NotAttached", f"Network {vpc} is not attached to any internet gateway")
    if "AssociationId" in address:
        if address["NetworkInterfaceId"] != interface.key and call.get("AllowReassociation") is False:
            raise AwsError(
                "Resource.AlreadyAssociated",
                f"resource {address.key} is already associated with associate-id {address['AssociationId']}",
            )
        _take_off(call, address)
        interface = call.read("NetworkInterface", interface.key)
    _make_room(call, address, interface)
    association = call.make("eipassoc-0{hex16}")
    _put_on(call, address, call.read("NetworkInterface", interface.key), association)
    return {"AssociationId": association}


def _make_room(call: Call, address: Resource, interface: Resource) -> None:
    """The elastic address that the private one has had gives way."""
    held = _place(call, interface).get("Association", {}).get("AllocationId", address.key)
    if held != address.key:
        other = _by_allocation(call, held)
        if call.get("AllowReassociation") is False:
            raise AwsError(
                "Resource.AlreadyAssociated",
                f"resource {interface.key} is already associated with associate-id {other['AssociationId']}",
            )
        _take_off(call, other)
        call.keep("Address", other)


def _place(call: Call, interface: Resource) -> Document:
    """The private address of the interface that the call is about: the primary one if it says none."""
    private = call.get("PrivateIpAddress", interface["PrivateIpAddress"])
    for place in interface["PrivateIpAddresses"]:
        if place["PrivateIpAddress"] == private:
            found: Document = place
            return found
    raise AwsError("InvalidParameterValue", f"Address {private} is not assigned to interface {interface.key}")


def _put_on(call: Call, address: Resource, interface: Resource, association: str) -> None:
    place = _place(call, interface)
    place["Association"] = {
        "AllocationId": address.key,
        "AssociationId": association,
        "IpOwnerId": call.account,
        "PublicDnsName": interfaces.public_name(call.region, address["PublicIp"]),
        "PublicIp": address["PublicIp"],
    }
    if place["Primary"]:
        interface["Association"] = dict(place["Association"])
    show_interface(call, interface)
    address |= {
        "AssociationId": association,
        "NetworkInterfaceId": interface.key,
        "NetworkInterfaceOwnerId": call.account,
        "PrivateIpAddress": place["PrivateIpAddress"],
        "InstanceId": interface.get("Attachment", {}).get("InstanceId", ""),
    }
    call.keep("Address", address)


def disassociate_address(call: Call) -> Document:
    if "AssociationId" in call:
        key = call["AssociationId"]
        address = next(call.list("Address", AssociationId=key), None)
        if address is None:
            raise AwsError("InvalidAssociationID.NotFound", f"The association ID '{key}' does not exist")
    elif "PublicIp" in call:
        address = _by_ip(call, call["PublicIp"])
        if "AssociationId" not in address:
            raise AwsError("InvalidAddress.NotFound", f"Address '{call['PublicIp']}' not found.")
    else:
        raise AwsError("MissingParameter", "Either public IP or association id must be specified")
    _take_off(call, address)
    call.keep("Address", address)
    return {}


def _take_off(call: Call, address: Resource) -> None:
    """Take the address off its interface; the caller keeps it."""
    interface = call.find("NetworkInterface", address["NetworkInterfaceId"])
    for name in interfaces.ASSOCIATED:
        address.pop(name, None)
    if interface is None:
        return
    for place in interface["PrivateIpAddresses"]:
        if place.get("Association", {}).get("AllocationId") == address.key:
            del place["Association"]
            if place["Primary"]:
                interface.pop("Association", None)
    show_interface(call, interface)


def release_address(call: Call) -> Document:
    address = _named(call)
    if "AssociationId" in address:
        raise AwsError("InvalidIPAddress.InUse", f"Address {address['PublicIp']} is in use.")
    if call.find("AddressTransfer", address.key) is not None:
        raise AwsError("AddressTransferPending", f"A transfer of address {address['PublicIp']} is pending.")
    call.drop("Address", address)
    return {}


def _interface(call: Call) -> Resource:
    if "NetworkInterfaceId" in call:
        return read(call, "NetworkInterface", call["NetworkInterfaceId"])
    if "InstanceId" not in call:
        raise AwsError("MissingParameter", "Either 'networkInterfaceId' or 'instanceId' must be specified")
    instance = read(call, "Instance", call["InstanceId"])
    if instance["State"]["Name"] not in ("running", "stopped", "pending"):
        raise AwsError(
            "InvalidInstanceID", f"The instance '{instance.key}' is not in a valid state for this operation."
        )
    return call.read("NetworkInterface", instance["NetworkInterfaces"][0]["NetworkInterfaceId"])


def _named(call: Call) -> Resource:
    if "AllocationId" in call:
        return _by_allocation(call, call["AllocationId"])
    if "PublicIp" in call:
        return _by_ip(call, call["PublicIp"])
    raise AwsError("MissingParameter", "Either public IP or allocation id must be specified")


def _by_allocation(call: Call, key: str) -> Resource:
    return read(call, "Address", key)


def _by_ip(call: Call, ip: str) -> Resource:
    found = next(call.list("Address", PublicIp=ip), None)
    if found is None:
        raise AwsError("InvalidAddress.NotFound", f"Address '{ip}' not found.")
    return found
