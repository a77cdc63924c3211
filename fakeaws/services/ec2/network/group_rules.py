"""Security group rules as resources, and what refers to groups across VPCs."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import filters, kinds
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.network.groups import essence, lay_out, named, permissions_of, rules_of
from fakeaws.services.ec2.resources import check_page_size, read

Document = dict[str, Any]
SOURCES = ("CidrIpv4", "CidrIpv6", "PrefixListId", "ReferencedGroupInfo")
MEMBERS = {
    "CidrIpv4": ("IpRanges", "CidrIp"),
    "CidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
    "PrefixListId": ("PrefixListIds", "PrefixListId"),
    "ReferencedGroupId": ("UserIdGroupPairs", "GroupId"),
}
ASSOCIATION = kinds.Kind("ec2", "SecurityGroupVpcAssociation", {"shape": "SecurityGroupVpcAssociation"})
FOR_VPC = kinds.Kind("ec2", "SecurityGroupForVpc", {"shape": "SecurityGroupForVpc", "tags": "Tags"})


def modify_security_group_rules(call: Call) -> Document:
    """Each rule is replaced whole, and keeps its id."""
    group = read(call, "SecurityGroup", call["GroupId"])
    for update in call["SecurityGroupRules"]:
        rule = _by_id(group, update["SecurityGroupRuleId"])
        fresh = _rule(call, group, update.get("SecurityGroupRule", {}), rule["IsEgress"])
        if any(essence(other) == essence(fresh) for other in group["rules"] if other is not rule):
            raise AwsError("InvalidPermission.Duplicate", "The specified rule already exists in this security group.")
        for name in (*SOURCES, "Description"):
            rule.pop(name, None)
        rule |= {name: value for name, value in fresh.items() if name != "SecurityGroupRuleId"}
    lay_out(group)
    call.keep("SecurityGroup", group)
    return {"Return": True}


def _by_id(group: Resource, key: str) -> Document:
    for rule in group["rules"]:
        if rule["SecurityGroupRuleId"] == key:
            found: Document = rule
            return found
    raise AwsError("InvalidSecurityGroupRuleId.NotFound", f"The security group rule ID '{key}' does not exist")


def _rule(call: Call, group: Resource, wanted: Document, egress: bool) -> Document:
    permission: Document = {name: wanted[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in wanted}
    for name, (member, essential) in MEMBERS.items():
        if name in wanted:
            permission[member] = [{essential: wanted[name], **_described(wanted)}]
    return rules_of(call, group, permission, egress)[0]


def _described(wanted: Document) -> Document:
    return {"Description": wanted["Description"]} if "Description" in wanted else {}


def update_security_group_rule_descriptions_ingress(call: Call) -> Document:
    return _describe_rules(call, egress=False)


def update_security_group_rule_descriptions_egress(call: Call) -> Document:
    return _describe_rules(call, egress=True)


def _describe_rules(call: Call, egress: bool) -> Document:
    """Without a description, the old one goes."""
    group = named(call)
    for update in call.get("SecurityGroupRuleDescriptions", ()):
        _put_text(_by_id(group, update["SecurityGroupRuleId"]), update.get("Description"))
    if "SecurityGroupRuleDescriptions" not in call:
        for permission in permissions_of(call, group):
            for wanted in rules_of(call, group, permission, egress):
                rule = next((r for r in group["rules"] if essence(r) == essence(wanted)), None)
                if rule is None:
                    raise AwsError(
                        "InvalidPermission.NotFound", "The specified rule does not exist in this security group."
                    )
                _put_text(rule, wanted.get("Description"))
    lay_out(group)
    call.keep("SecurityGroup", group)
    return {"Return": True}


def _put_text(rule: Document, text: str | None) -> None:
    rule.pop("Description", None)
    if text:
        rule["Description"] = text


def describe_stale_security_groups(call: Call) -> Document:
    """Groups with rules for groups of other VPCs that are gone, or no longer peered."""
    vpc = read(call, "Vpc", call["VpcId"])
    rows = []
    for group in call.list("SecurityGroup", VpcId=vpc.key):
        stale = [rule for rule in group["rules"] if _is_stale(call, vpc, rule)]
        if stale:
            row = {name: group[name] for name in ("Description", "GroupId", "GroupName", "VpcId")}
            row["StaleIpPermissions"] = [_stale(rule) for rule in stale if not rule["IsEgress"]]
            row["StaleIpPermissionsEgress"] = [_stale(rule) for rule in stale if rule["IsEgress"]]
            rows.append(row)
    return {"StaleSecurityGroupSet": rows}


def _is_stale(call: Call, vpc: Resource, rule: Document) -> bool:
    peer = rule.get("ReferencedGroupInfo", {})
    if peer.get("VpcId", vpc.key) == vpc.key:
        return False
    peering = call.find("VpcPeeringConnection", peer.get("VpcPeeringConnectionId", ""))
    existing = call.of(account=peer["UserId"]).find("SecurityGroup", peer["GroupId"])
    return existing is None or peering is None or peering["Status"]["Code"] != "active"


def _stale(rule: Document) -> Document:
    pair = {**rule["ReferencedGroupInfo"], "PeeringStatus": "deleted"}
    row = {"IpProtocol": rule["IpProtocol"], "UserIdGroupPairs": [pair], "IpRanges": [], "PrefixListIds": []}
    ports = {name: rule[name] for name in ("FromPort", "ToPort") if rule["IpProtocol"] != "-1"}
    return {**row, **ports}


def describe_security_group_references(call: Call) -> Document:
    """The VPCs on the other side of peerings whose groups have rules for these groups."""
    rows = []
    for key in call["GroupId"]:
        group = read(call, "SecurityGroup", key)
        for path in ("IpPermissions__UserIdGroupPairs__GroupId", "IpPermissionsEgress__UserIdGroupPairs__GroupId"):
            for other in call.list("SecurityGroup", **{path: key}):
                if other["VpcId"] != group["VpcId"]:
                    rows.append({"GroupId": key, "ReferencingVpcId": other["VpcId"], **_peering(other, key)})
    return {"SecurityGroupReferenceSet": [row for n, row in enumerate(rows) if row not in rows[:n]]}


def _peering(group: Resource, key: str) -> Document:
    for rule in group["rules"]:
        peer = rule.get("ReferencedGroupInfo", {})
        if peer.get("GroupId") == key and "VpcPeeringConnectionId" in peer:
            return {"VpcPeeringConnectionId": peer["VpcPeeringConnectionId"]}
    return {}


def associate_security_group_vpc(call: Call) -> Document:
    """A group that is not a VPC's default may serve in further VPCs of the region."""
    group = read(call, "SecurityGroup", call["GroupId"])
    vpc = read(call, "Vpc", call["VpcId"])
    if group["GroupName"] == "default":
        raise AwsError("InvalidParameterValue", "A default security group cannot be associated with other VPCs.")
    held = group.get("associations", [])
    if vpc.key == group["VpcId"] or any(a["VpcId"] == vpc.key for a in held):
        raise AwsError(
            "InvalidParameterValue",
            f"The security group {group.key} is already associated with {vpc.key}.",
        )
    group["associations"] = [*held, {"VpcId": vpc.key, "VpcOwnerId": vpc["OwnerId"]}]
    call.keep("SecurityGroup", group)
    return {"State": "associating"}


def disassociate_security_group_vpc(call: Call) -> Document:
    group = read(call, "SecurityGroup", call["GroupId"])
    kept = [a for a in group.get("associations", ()) if a["VpcId"] != call["VpcId"]]
    if len(kept) == len(group.get("associations", ())):
        raise AwsError(
            "InvalidSecurityGroupVpcAssociation.NotFound",
            f"The security group {group.key} is not associated with {call['VpcId']}.",
        )
    users = call.list("NetworkInterface", Groups__GroupId=group.key)
    if any(interface["VpcId"] == call["VpcId"] for interface in users):
        raise AwsError("DependencyViolation", f"resource {group.key} has a dependent object")
    group["associations"] = kept
    call.keep("SecurityGroup", group)
    return {"State": "disassociating"}


def describe_security_group_vpc_associations(call: Call) -> Document:
    check_page_size(call)
    rows = [
        {"GroupId": group.key, **association, "State": "associated", "GroupOwnerId": group["OwnerId"]}
        for group in call.list("SecurityGroup")
        for association in group.get("associations", ())
    ]
    chosen = [row for row in rows if filters.matching(ASSOCIATION, call.get("Filters"), row)]
    return {"SecurityGroupVpcAssociations": chosen}


def get_security_groups_for_vpc(call: Call) -> Document:
    vpc = read(call, "Vpc", call["VpcId"])
    rows = [
        {
            "Description": group["Description"],
            "GroupName": group["GroupName"],
            "OwnerId": group["OwnerId"],
            "GroupId": group.key,
            "Tags": group.get("Tags", []),
            "PrimaryVpcId": group["VpcId"],
        }
        for group in call.list("SecurityGroup")
        if vpc.key in (group["VpcId"], *(a["VpcId"] for a in group.get("associations", ())))
    ]
    return {"SecurityGroupForVpcs": [row for row in rows if filters.matching(FOR_VPC, call.get("Filters"), row)]}
