"""Network interfaces of instances: addresses, names, and what an instance shows of them."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.places import drawn
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import new_id, read

Document = dict[str, Any]
TRIES = 16
ASSOCIATED = ("AssociationId", "NetworkInterfaceId", "NetworkInterfaceOwnerId", "PrivateIpAddress", "InstanceId")
"""What an elastic address shows only while it is associated."""


def create(call: Call, subnet: Resource, groups: list[Document], wanted: Document, tags: list[Document]) -> Document:
    """Make an interface in `subnet`; `wanted` is an instance's interface specification."""
    spelled = wanted.get("PrivateIpAddresses", [])
    first = next((a["PrivateIpAddress"] for a in spelled if a.get("Primary")), None)
    address = wanted.get("PrivateIpAddress") or first or free_address(call, subnet)
    check_address(call, subnet, address)
    others = [a["PrivateIpAddress"] for a in spelled if a["PrivateIpAddress"] != address]
    for other in others:
        check_address(call, subnet, other)
    while len(others) < wanted.get("SecondaryPrivateIpAddressCount", 0):
        others.append(free_address(call, subnet, {address, *others}))
    subnet["AvailableIpAddressCount"] -= 1 + len(others)
    call.keep("Subnet", subnet)
    name = private_name(call.region, address)
    return {
        "AvailabilityZone": subnet["AvailabilityZone"],
        "AvailabilityZoneId": subnet["AvailabilityZoneId"],
        "Description": wanted.get("Description", ""),
        "Groups": groups,
        "InterfaceType": "interface",
        "Ipv6Addresses": _ipv6(call, subnet, wanted),
        "MacAddress": _mac(call),
        "NetworkInterfaceId": new_id(call, "NetworkInterface"),
        "OwnerId": call.account,
        "PrivateDnsName": name,
        "PrivateIpAddress": address,
        "PrivateIpAddresses": [
            place(call, address, primary=True),
            *(place(call, other, primary=False) for other in others),
        ],
        "RequesterManaged": False,
        "SourceDestCheck": True,
        "Status": "in-use",
        "SubnetId": subnet["SubnetId"],
        "TagSet": tags,
        "VpcId": subnet["VpcId"],
        "Operator": {"Managed": False},
    }


def place(call: Call, address: str, primary: bool) -> Document:
    """A private address as an interface lists it."""
    name = private_name(call.region, address)
    return {"Primary": primary, "PrivateDnsName": name, "PrivateIpAddress": address}


def _ipv6(call: Call, subnet: Resource, wanted: Document) -> list[Document]:
    spelled: list[str] = [a["Ipv6Address"] for a in wanted.get("Ipv6Addresses", ())]
    count = wanted.get("Ipv6AddressCount", 0)
    if not spelled and not count and subnet.get("AssignIpv6AddressOnCreation"):
        count = 1
    if not spelled and not count:
        return []
    from fakeaws.services.ec2.compute.interface_addresses import ipv6_addresses

    return [{"Ipv6Address": a, "IsPrimaryIpv6": False} for a in ipv6_addresses(call, subnet, spelled, count)]


def refuse_prefixes(call: Call) -> None:
    """Ranges that are delegated to an interface are not kept yet, and so not taken."""
    for name in ("Ipv4Prefixes", "Ipv4PrefixCount", "Ipv6Prefixes", "Ipv6PrefixCount"):
        if call.get(name):
            raise AwsError("NotImplemented", f"fakeaws does not emulate {name} of network interfaces yet.", status=501)


def attach(call: Call, interface: Document, instance: str, index: int, keeps: bool) -> None:
    """Record on the interface that it is an instance's."""
    interface["Attachment"] = {
        "AttachTime": call.now,
        "AttachmentId": call.make("eni-attach-0{hex16}"),
        "DeleteOnTermination": keeps,
        "DeviceIndex": index,
        "NetworkCardIndex": 0,
        "InstanceId": instance,
        "InstanceOwnerId": call.account,
        "Status": "attached",
    }
    interface["Status"] = "in-use"


def as_seen(interface: Document) -> Document:
    """The interface as its instance shows it."""
    shared = (
        "Description Groups Ipv6Addresses MacAddress NetworkInterfaceId OwnerId PrivateDnsName PrivateIpAddress"
        " SourceDestCheck Status SubnetId VpcId InterfaceType Operator"
    )
    seen = {name: interface[name] for name in shared.split() if name in interface}
    theirs = ("InstanceId", "InstanceOwnerId")
    seen["Attachment"] = {k: v for k, v in interface["Attachment"].items() if k not in theirs}
    if "Association" in interface:
        seen["Association"] = _seen_association(interface["Association"])
    seen["PrivateIpAddresses"] = [
        {**address, "Association": _seen_association(address["Association"])} if "Association" in address else address
        for address in interface["PrivateIpAddresses"]
    ]
    return seen


def _seen_association(association: Document) -> Document:
    """An instance shows the address, not by which allocation it is there."""
    return {name: value for name, value in association.items() if name not in ("AllocationId", "AssociationId")}


def give_public_address(call: Call, interface: Document) -> None:
    """Associate an address of Amazon's pool, as a launch or a start does."""
    address = public_address(call)
    association = {"IpOwnerId": "amazon", "PublicDnsName": public_name(call.region, address), "PublicIp": address}
    interface["Association"] = association
    interface["PrivateIpAddresses"][0]["Association"] = dict(association)


def public_address(call: Call) -> str:
    """An address out of the ranges that AWS gives."""
    octets = drawn(call, 3)
    return f"{(3, 18, 34, 44, 52, 54)[octets[0] % 6]}.{80 + octets[0] % 64}.{octets[1]}.{1 + octets[2] % 254}"


def release(call: Call, key: str) -> None:
    """The interface's instance is gone: it goes too, or is available again."""
    interface = call.find("NetworkInterface", key)
    if interface is None:
        return
    if not interface.get("Attachment", {"DeleteOnTermination": True})["DeleteOnTermination"]:
        detach(call, interface)
        return
    for address in list(call.list("Address", NetworkInterfaceId=key)):
        for name in ASSOCIATED:
            address.pop(name, None)
        call.keep("Address", address)
    subnet = read(call, "Subnet", interface["SubnetId"])
    subnet["AvailableIpAddressCount"] += len(interface["PrivateIpAddresses"])
    call.keep("Subnet", subnet)
    call.drop("NetworkInterface", interface)


def detach(call: Call, interface: Resource) -> None:
    """The interface is nobody's any more: elastic addresses stay on it, an address of Amazon's pool does not."""
    interface.pop("Attachment", None)
    interface["Status"] = "available"
    for place in (interface, interface["PrivateIpAddresses"][0]):
        if "AllocationId" not in place.get("Association", {}):
            place.pop("Association", None)
    call.keep("NetworkInterface", interface)
    show_holder(call, interface)


def show_holder(call: Call, interface: Document) -> None:
    """Elastic addresses name the instance that their interface is attached to."""
    holder = interface.get("Attachment", {}).get("InstanceId", "")
    for address in list(call.list("Address", NetworkInterfaceId=interface["NetworkInterfaceId"])):
        address["InstanceId"] = holder
        call.keep("Address", address)


def free_address(call: Call, subnet: Resource, taken: set[str] | None = None) -> str:
    """An address of the subnet that nothing has: drawn, or the first free one where most are taken."""
    from ipaddress import IPv4Network

    network = IPv4Network(subnet["CidrBlock"])
    if subnet["AvailableIpAddressCount"] < 1:
        raise AwsError(
            "InsufficientFreeAddressesInSubnet",
            "The specified subnet does not have enough free addresses to satisfy the request.",
        )
    usable = network.num_addresses - 5
    for _ in range(TRIES):
        address = str(network[4 + int.from_bytes(drawn(call, 4), "big") % usable])
        if address not in (taken or ()) and not is_taken(call, subnet, address):
            return address
    free = (str(a) for a in list(network)[4:-1] if not is_taken(call, subnet, str(a)))
    return next(address for address in free if address not in (taken or ()))


def is_taken(call: Call, subnet: Resource, address: str) -> bool:
    """Whether an interface of the subnet has the address."""
    holders = call.list("NetworkInterface", PrivateIpAddresses__PrivateIpAddress=address)
    return any(holder["SubnetId"] == subnet["SubnetId"] for holder in holders)


def check_address(call: Call, subnet: Resource, address: str) -> None:
    """Refuse an address that is not the subnet's to give, or taken."""
    from ipaddress import IPv4Address, IPv4Network

    network = IPv4Network(subnet["CidrBlock"])
    try:
        inside = IPv4Address(address) in network
    except ValueError as error:
        raise AwsError("InvalidParameterValue", f"Invalid IPv4 address: {address}") from error
    if not inside:
        raise AwsError("InvalidParameterValue", f"Address {address} does not fall within the subnet's address range")
    if address in {str(network[i]) for i in (0, 1, 2, 3, -1)}:
        raise AwsError("InvalidParameterValue", f"Address {address} is in subnet's reserved address range")
    if is_taken(call, subnet, address):
        raise AwsError("InvalidIPAddress.InUse", f"Address {address} is in use.")


def private_name(region: str, address: str) -> str:
    """The internal host name of an address."""
    domain = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
    return f"ip-{address.replace('.', '-')}.{domain}"


def public_name(region: str, address: str) -> str:
    """The public host name of an address."""
    domain = "compute-1" if region == "us-east-1" else f"{region}.compute"
    return f"ec2-{address.replace('.', '-')}.{domain}.amazonaws.com"


def _mac(call: Call) -> str:
    return ":".join(f"{octet:02x}" for octet in (0x0A, *drawn(call, 5)))
