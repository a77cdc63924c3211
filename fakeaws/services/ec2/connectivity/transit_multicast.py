"""Multicast of transit gateways: domains, the subnets in them, and the groups of their network interfaces."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds
from fakeaws.core.resources.naming import arn_for
from fakeaws.core.resources.states import begin
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import check_page_size, listed, matched, new_id, read, tags_for

Document = dict[str, Any]
KIND = "TransitGatewayMulticastDomain"
ASSOCIATION = kinds.Kind(
    "ec2",
    "MulticastAssociation",
    {
        "shape": "TransitGatewayMulticastDomainAssociation",
        "filters": {"subnet-id": "Subnet.SubnetId", "state": "Subnet.State"},
    },
)
GROUP = kinds.Kind(
    "ec2",
    "MulticastGroup",
    {
        "shape": "TransitGatewayMulticastGroup",
        "filters": {"is-group-member": "GroupMember", "is-group-source": "GroupSource"},
    },
)
USUAL = {"Igmpv2Support": "disable", "StaticSourcesSupport": "disable", "AutoAcceptSharedAssociations": "disable"}


def create_transit_gateway_multicast_domain(call: Call) -> Document:
    """On a gateway that was made with multicast support."""
    gateway = read(call, "TransitGateway", call["TransitGatewayId"])
    if gateway["Options"].get("MulticastSupport") != "enable":
        raise AwsError("InvalidParameterValue", f"Multicast support is not enabled on {gateway.key}.")
    options = {**USUAL, **call.get("Options", {})}
    if options["Igmpv2Support"] == options["StaticSourcesSupport"] == "enable":
        raise AwsError(
            "InvalidParameterCombination", "Igmpv2Support and StaticSourcesSupport cannot be enabled together."
        )
    key = new_id(call, KIND)
    domain = {
        "TransitGatewayMulticastDomainId": key,
        "TransitGatewayId": gateway.key,
        "TransitGatewayMulticastDomainArn": arn_for(call, KIND, TransitGatewayMulticastDomainId=key),
        "OwnerId": call.account,
        "Options": options,
        "CreationTime": call.now,
        "Tags": tags_for(call, "transit-gateway-multicast-domain"),
        "subnets": {},
        "groups": [],
    }
    begin(kinds.kind("ec2", KIND), domain, "create", call.now)
    return {"TransitGatewayMulticastDomain": call.keep(KIND, domain)}


def describe_transit_gateway_multicast_domains(call: Call) -> Document:
    return listed(call, KIND, "TransitGatewayMulticastDomainIds", "TransitGatewayMulticastDomains")


def delete_transit_gateway_multicast_domain(call: Call) -> Document:
    """Its subnets have to be disassociated before."""
    domain = _domain(call)
    if domain["subnets"]:
        raise AwsError("IncorrectState", f"{domain.key} has non-deleted associations.")
    call.drop(KIND, domain)
    return {"TransitGatewayMulticastDomain": {**domain, "State": "deleting"}}


def _domain(call: Call) -> Resource:
    return read(call, KIND, call["TransitGatewayMulticastDomainId"])


def _seen(attachment: Resource) -> Document:
    names = ("ResourceId", "ResourceType", "ResourceOwnerId")
    return {"TransitGatewayAttachmentId": attachment.key, **{name: attachment[name] for name in names}}


def associate_transit_gateway_multicast_domain(call: Call) -> Document:
    """Subnets of an attachment to the domain's gateway; each is in one domain."""
    domain = _domain(call)
    attachment = read(call, "TransitGatewayAttachment", call["TransitGatewayAttachmentId"])
    if attachment["TransitGatewayId"] != domain["TransitGatewayId"]:
        raise AwsError(
            "InvalidParameterValue", f"{attachment.key} and {domain.key} belong to different transit gateways."
        )
    taken = {key for other in call.list(KIND) for key in other["subnets"]}
    for key in call["SubnetIds"]:
        if key not in attachment.get("SubnetIds", ()):
            raise AwsError("InvalidParameterValue", f"Subnet {key} is not part of {attachment.key}.")
        if key in taken:
            raise AwsError("Resource.AlreadyAssociated", f"Subnet {key} is already associated with a multicast domain.")
        domain["subnets"][key] = attachment.key
    call.keep(KIND, domain)
    return _associations(domain, attachment, call["SubnetIds"], "associating")


def _associations(domain: Resource, attachment: Resource, subnets: list[str], state: str) -> Document:
    rows = [{"SubnetId": key, "State": state} for key in subnets]
    return {
        "Associations": {"TransitGatewayMulticastDomainId": domain.key, **_seen(attachment), "Subnets": rows},
    }


def disassociate_transit_gateway_multicast_domain(call: Call) -> Document:
    """The interfaces of the subnets leave their groups."""
    domain = _domain(call)
    attachment = read(call, "TransitGatewayAttachment", call["TransitGatewayAttachmentId"])
    for key in call["SubnetIds"]:
        if domain["subnets"].get(key) != attachment.key:
            raise AwsError("InvalidAssociation.NotFound", f"Subnet {key} is not associated with {domain.key}.")
        del domain["subnets"][key]
    domain["groups"] = [row for row in domain["groups"] if row["SubnetId"] in domain["subnets"]]
    call.keep(KIND, domain)
    return _associations(domain, attachment, call["SubnetIds"], "disassociating")


def get_transit_gateway_multicast_domain_associations(call: Call) -> Document:
    check_page_size(call)
    rows = [
        {**_seen(attachment), "Subnet": {"SubnetId": subnet, "State": "associated"}}
        for subnet, key in _domain(call)["subnets"].items()
        if (attachment := call.find("TransitGatewayAttachment", key)) is not None
    ]
    return {"MulticastDomainAssociations": matched(call, ASSOCIATION, rows)}


def register_transit_gateway_multicast_group_members(call: Call) -> Document:
    return {"RegisteredMulticastGroupMembers": _registered(call, "GroupMember", "MemberType")}


def register_transit_gateway_multicast_group_sources(call: Call) -> Document:
    """Where the domain takes sources that are said, not found."""
    if _domain(call)["Options"]["StaticSourcesSupport"] != "enable":
        raise AwsError("InvalidParameterValue", "Static sources support is not enabled on the multicast domain.")
    return {"RegisteredMulticastGroupSources": _registered(call, "GroupSource", "SourceType")}


def _registered(call: Call, flag: str, kind: str) -> Document:
    domain, address = _domain(call), call.get("GroupIpAddress", "")
    try:
        is_multicast = ip_address(address).is_multicast
    except ValueError:
        is_multicast = False
    if not is_multicast:
        raise AwsError("InvalidParameterValue", f"Group IP address {address} is not a multicast address.")
    for key in call["NetworkInterfaceIds"]:
        interface = read(call, "NetworkInterface", key)
        attachment = call.find("TransitGatewayAttachment", domain["subnets"].get(interface["SubnetId"], ""))
        if attachment is None:
            raise AwsError("InvalidParameterValue", f"The subnet of {key} is not associated with the multicast domain.")
        row = _row(domain, address, key)
        if row is None:
            row = {"GroupIpAddress": address, "SubnetId": interface["SubnetId"], "NetworkInterfaceId": key}
            row |= {**_seen(attachment), "GroupMember": False, "GroupSource": False}
            domain["groups"].append(row)
        row |= {flag: True, kind: "static"}
    call.keep(KIND, domain)
    return _told(call, domain, "RegisteredNetworkInterfaceIds")


def _row(domain: Resource, address: str, interface: str) -> Document | None:
    rows: list[Document] = domain["groups"]
    wanted = (address, interface)
    return next((r for r in rows if (r["GroupIpAddress"], r["NetworkInterfaceId"]) == wanted), None)


def _told(call: Call, domain: Resource, name: str) -> Document:
    return {
        "TransitGatewayMulticastDomainId": domain.key,
        name: call.get("NetworkInterfaceIds", []),
        "GroupIpAddress": call.get("GroupIpAddress"),
    }


def deregister_transit_gateway_multicast_group_members(call: Call) -> Document:
    return {"DeregisteredMulticastGroupMembers": _deregistered(call, "GroupMember", "MemberType")}


def deregister_transit_gateway_multicast_group_sources(call: Call) -> Document:
    return {"DeregisteredMulticastGroupSources": _deregistered(call, "GroupSource", "SourceType")}


def _deregistered(call: Call, flag: str, kind: str) -> Document:
    if "TransitGatewayMulticastDomainId" not in call:
        raise AwsError("MissingParameter", "The request must contain the parameter transitGatewayMulticastDomainId")
    domain = _domain(call)
    for key in call.get("NetworkInterfaceIds", ()):
        row = _row(domain, call.get("GroupIpAddress", ""), key)
        if row is None or not row[flag]:
            raise AwsError("InvalidParameterValue", f"{key} is not registered with the multicast group.")
        row[flag] = False
        del row[kind]
    domain["groups"] = [row for row in domain["groups"] if row["GroupMember"] or row["GroupSource"]]
    call.keep(KIND, domain)
    return _told(call, domain, "DeregisteredNetworkInterfaceIds")


def search_transit_gateway_multicast_groups(call: Call) -> Document:
    """Interfaces that are gone are in no group any more."""
    check_page_size(call)
    rows = [row for row in _domain(call)["groups"] if call.find("NetworkInterface", row["NetworkInterfaceId"])]
    return {"MulticastGroups": matched(call, GROUP, rows)}
