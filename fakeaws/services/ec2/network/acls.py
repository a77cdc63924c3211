"""Network ACLs: numbered rules, and the subnets that they hold for."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import refusal
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import check_page_size, described, new_id, read, tags_for

Document = dict[str, Any]
LAST = 32767
"""The number of the rule that denies what no other rule allows; it cannot be changed."""
RULE_MEMBERS = (
    "CidrBlock",
    "Ipv6CidrBlock",
    "Egress",
    "IcmpTypeCode",
    "PortRange",
    "Protocol",
    "RuleAction",
    "RuleNumber",
)
NUMBERS = {"all": "-1", "tcp": "6", "udp": "17", "icmp": "1"}


def create_network_acl(call: Call) -> Document:
    """A new one denies everything."""
    vpc = read(call, "Vpc", call["VpcId"])
    acl = make(call, vpc.key, is_default=False, tags=tags_for(call, "network-acl"))
    return {"NetworkAcl": acl, "ClientToken": call.get("ClientToken")}


def make(call: Call, vpc: str, is_default: bool, tags: list[Document] | None = None) -> Resource:
    """A network ACL; a VPC's default one lets everything pass."""
    rules = [("allow", 100), ("deny", LAST)] if is_default else [("deny", LAST)]
    entries = [
        {"CidrBlock": "0.0.0.0/0", "Egress": egress, "Protocol": "-1", "RuleAction": action, "RuleNumber": number}
        for egress in (True, False)
        for action, number in rules
    ]
    document = {
        "Associations": [],
        "Entries": entries,
        "IsDefault": is_default,
        "NetworkAclId": new_id(call, "NetworkAcl"),
        "Tags": tags or [],
        "VpcId": vpc,
        "OwnerId": call.account,
    }
    return call.keep("NetworkAcl", document)


def take_in(call: Call, vpc: str, subnet: str) -> None:
    """Put a new subnet under its VPC's default ACL."""
    acl = next(acl for acl in call.list("NetworkAcl", VpcId=vpc) if acl["IsDefault"])
    acl["Associations"].append(_association(call, acl.key, subnet))
    call.keep("NetworkAcl", acl)


def _association(call: Call, acl: str, subnet: str) -> Document:
    return {
        "NetworkAclAssociationId": call.make("aclassoc-0{hex16}"),
        "NetworkAclId": acl,
        "SubnetId": subnet,
    }


def describe_network_acls(call: Call) -> Document:
    check_page_size(call)
    return {"NetworkAcls": call.page(described(call, "NetworkAcl", "NetworkAclIds"))}


def delete_network_acl(call: Call) -> Document:
    acl = read(call, "NetworkAcl", call["NetworkAclId"])
    if acl["IsDefault"]:
        raise AwsError("InvalidParameterValue", f"cannot delete default network ACL {acl.key}")
    if acl["Associations"]:
        raise refusal(call, "NetworkAcl", "holds", acl.key)
    call.drop("NetworkAcl", acl)
    return {}


def replace_network_acl_association(call: Call) -> Document:
    """How a subnet comes under another ACL; the association gets a new id."""
    key = call["AssociationId"]
    old = next(call.list("NetworkAcl", Associations__NetworkAclAssociationId=key), None)
    if old is None:
        raise AwsError("InvalidAssociationID.NotFound", f"The association ID '{key}' does not exist")
    association = next(a for a in old["Associations"] if a["NetworkAclAssociationId"] == key)
    old["Associations"].remove(association)
    call.keep("NetworkAcl", old)
    new = read(call, "NetworkAcl", call["NetworkAclId"])
    if new["VpcId"] != old["VpcId"]:
        raise AwsError(
            "InvalidParameterValue",
            f"Network ACL {new.key} and subnet {association['SubnetId']} belong to different networks",
        )
    fresh = _association(call, new.key, association["SubnetId"])
    new["Associations"].append(fresh)
    call.keep("NetworkAcl", new)
    return {"NewAssociationId": fresh["NetworkAclAssociationId"]}


def create_network_acl_entry(call: Call) -> Document:
    acl = read(call, "NetworkAcl", call["NetworkAclId"])
    if _find(acl, call) is not None:
        raise AwsError(
            "NetworkAclEntryAlreadyExists",
            f"The network acl entry identified by {call['RuleNumber']} already exists.",
        )
    _put(acl, _entry(call))
    call.keep("NetworkAcl", acl)
    return {}


def replace_network_acl_entry(call: Call) -> Document:
    acl = read(call, "NetworkAcl", call["NetworkAclId"])
    acl["Entries"].remove(_existing(acl, call))
    _put(acl, _entry(call))
    call.keep("NetworkAcl", acl)
    return {}


def delete_network_acl_entry(call: Call) -> Document:
    acl = read(call, "NetworkAcl", call["NetworkAclId"])
    acl["Entries"].remove(_existing(acl, call))
    call.keep("NetworkAcl", acl)
    return {}


def _find(acl: Document, call: Call) -> Document | None:
    number, egress = call["RuleNumber"], call["Egress"]
    return next((e for e in acl["Entries"] if e["RuleNumber"] == number and e["Egress"] == egress), None)


def _existing(acl: Document, call: Call) -> Document:
    found = _find(acl, call)
    if found is None or call["RuleNumber"] == LAST:
        raise AwsError(
            "InvalidNetworkAclEntry.NotFound",
            f"The network acl entry identified by {call['RuleNumber']} does not exist.",
        )
    return found


def _put(acl: Document, entry: Document) -> None:
    acl["Entries"].append(entry)
    acl["Entries"].sort(key=lambda e: (not e["Egress"], e["RuleNumber"]))


def _entry(call: Call) -> Document:
    """The rule that the parameters spell out, checked."""
    if not 1 <= call["RuleNumber"] < LAST:
        raise AwsError(
            "InvalidParameterValue",
            f"Value ({call['RuleNumber']}) for parameter ruleNumber is invalid. Must be between 1 and 32766.",
        )
    entry = {name: call[name] for name in RULE_MEMBERS if name in call}
    entry["Protocol"] = NUMBERS.get(str(entry["Protocol"]).lower(), str(entry["Protocol"]))
    cidr = entry.get("CidrBlock", entry.get("Ipv6CidrBlock"))
    if cidr is None:
        raise AwsError("MissingParameter", "The request must contain the parameter cidrBlock or ipv6CidrBlock")
    try:
        ip_network(cidr, strict=False)
    except ValueError as error:
        raise AwsError(
            "InvalidParameterValue",
            f"Value ({cidr}) for parameter cidrBlock is invalid. This is not a valid CIDR block.",
        ) from error
    if entry["Protocol"] in ("6", "17") and "PortRange" not in entry:
        raise AwsError("InvalidParameterValue", "Must specify both from and to ports with TCP/UDP.")
    return entry
