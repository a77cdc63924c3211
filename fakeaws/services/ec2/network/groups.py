"""Security groups and their rules."""

from __future__ import annotations

import ipaddress
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import filters
from fakeaws.core.resources.kinds import Kind
from fakeaws.core.resources.naming import arn_for
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import check_page_size, described, new_id, read, tags_for

Document = dict[str, Any]
RANGES = {
    "IpRanges": ("CidrIp", "CidrIpv4"),
    "Ipv6Ranges": ("CidrIpv6", "CidrIpv6"),
    "PrefixListIds": ("PrefixListId", "PrefixListId"),
    "UserIdGroupPairs": ("GroupId", "ReferencedGroupInfo"),
}
"""The lists of a permission that name its sources: the member that tells one from another, and its name in a rule."""
NUMBERS = {"tcp": "tcp", "6": "tcp", "udp": "udp", "17": "udp", "icmp": "icmp", "1": "icmp", "58": "icmpv6"}

RULE = Kind(
    "ec2",
    "SecurityGroupRule",
    {"shape": "SecurityGroupRule", "tags": "Tags", "filters": {"security-group-rule-id": "SecurityGroupRuleId"}},
)


def create_security_group(call: Call) -> Document:
    """A new group lets everything out and nothing in."""
    vpc = read(call, "Vpc", call["VpcId"])["VpcId"] if "VpcId" in call else default_vpc(call)["VpcId"]
    name = call["GroupName"]
    if name.startswith("sg-"):
        raise AwsError("InvalidParameterValue", f"Invalid value '{name}' for groupName. It cannot start with 'sg-'.")
    if by_name(call, vpc, name) is not None:
        raise AwsError("InvalidGroup.Duplicate", f"The security group '{name}' already exists for VPC '{vpc}'")
    key = new_id(call, "SecurityGroup")
    group = {
        "GroupId": key,
        "IpPermissionsEgress": [],
        "VpcId": vpc,
        "SecurityGroupArn": arn_for(call, "SecurityGroup", GroupId=key),
        "OwnerId": call.account,
        "GroupName": name,
        "Description": call["Description"],
        "IpPermissions": [],
        "rules": [],
    }
    tags = tags_for(call, "security-group")
    _add_rules(call, group, [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}], egress=True)
    call.keep("SecurityGroup", {**group, "Tags": tags} if tags else group)
    return {"GroupId": key, "SecurityGroupArn": group["SecurityGroupArn"], **({"Tags": tags} if tags else {})}


def make_default(call: Call, vpc: str) -> None:
    """The group that every VPC has: its members reach each other, and everything outside."""
    key = new_id(call, "SecurityGroup")
    group = {
        "GroupId": key,
        "VpcId": vpc,
        "SecurityGroupArn": arn_for(call, "SecurityGroup", GroupId=key),
        "OwnerId": call.account,
        "GroupName": "default",
        "Description": "default VPC security group",
        "rules": [],
    }
    call.keep("SecurityGroup", group)
    _add_rules(call, group, [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": key}]}], egress=False)
    _add_rules(call, group, [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}], egress=True)
    call.keep("SecurityGroup", group)


def describe_security_groups(call: Call) -> Document:
    check_page_size(call)
    found = described(call, "SecurityGroup", "GroupIds")
    names = call.get("GroupNames")
    if names:
        vpc = default_vpc(call)["VpcId"]
        for name in names:
            if by_name(call, vpc, name) is None:
                raise AwsError(
                    "InvalidGroup.NotFound", f"The security group '{name}' does not exist in default VPC '{vpc}'"
                )
        found = (group for group in found if group["GroupName"] in names and group["VpcId"] == vpc)
    return {"SecurityGroups": call.page(found)}


def delete_security_group(call: Call) -> Document:
    group = named(call)
    key = group["GroupId"]
    if group["GroupName"] == "default":
        raise AwsError("CannotDelete", f'the specified group: "{key}" name: "default" cannot be deleted by a user')
    users = next(call.list("NetworkInterface", Groups__GroupId=key), None)
    referring = [
        other
        for path in ("IpPermissions__UserIdGroupPairs__GroupId", "IpPermissionsEgress__UserIdGroupPairs__GroupId")
        for other in call.list("SecurityGroup", **{path: key})
        if other["GroupId"] != key
    ]
    if users is not None or any(other["VpcId"] == group["VpcId"] for other in referring) or group.get("associations"):
        raise AwsError("DependencyViolation", f"resource {key} has a dependent object")
    call.drop("SecurityGroup", group)
    return {"Return": True, "GroupId": key}


def authorize_security_group_ingress(call: Call) -> Document:
    return _authorize(call, egress=False)


def authorize_security_group_egress(call: Call) -> Document:
    return _authorize(call, egress=True)


def _authorize(call: Call, egress: bool) -> Document:
    group = named(call)
    rules = _add_rules(call, group, permissions_of(call, group), egress)
    tags = tags_for(call, "security-group-rule")
    for rule in rules:
        rule["Tags"] = tags
    call.keep("SecurityGroup", group)
    return {"Return": True, "SecurityGroupRules": rules}


def revoke_security_group_ingress(call: Call) -> Document:
    return _revoke(call, egress=False)


def revoke_security_group_egress(call: Call) -> Document:
    return _revoke(call, egress=True)


def _revoke(call: Call, egress: bool) -> Document:
    """Rules go by their ids, or by saying again what was authorised."""
    group = named(call)
    if "SecurityGroupRuleIds" in call:
        going = [_rule_by_id(group, key, egress) for key in call["SecurityGroupRuleIds"]]
    else:
        going = [
            _rule_like(group, rule)
            for permission in permissions_of(call, group)
            for rule in rules_of(call, group, permission, egress)
        ]
    group["rules"] = [rule for rule in group["rules"] if rule not in going]
    lay_out(group)
    call.keep("SecurityGroup", group)
    return {"Return": True, "RevokedSecurityGroupRules": [_revoked(rule) for rule in going]}


def _revoked(rule: Document) -> Document:
    shown = {name: v for name, v in rule.items() if name not in ("Tags", "GroupOwnerId", "ReferencedGroupInfo")}
    peer = rule.get("ReferencedGroupInfo")
    return {**shown, "ReferencedGroupId": peer["GroupId"]} if peer else shown


def _rule_by_id(group: Document, key: str, egress: bool) -> Document:
    for rule in group["rules"]:
        if rule["SecurityGroupRuleId"] == key and rule["IsEgress"] == egress:
            return dict(rule)
    raise AwsError("InvalidSecurityGroupRuleId.NotFound", f"The security group rule ID '{key}' does not exist")


def _rule_like(group: Document, wanted: Document) -> Document:
    for rule in group["rules"]:
        if essence(rule) == essence(wanted):
            return dict(rule)
    raise AwsError("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")


def describe_security_group_rules(call: Call) -> Document:
    check_page_size(call)
    rules = [rule for group in call.list("SecurityGroup") for rule in group.get("rules", ())]
    ids = call.get("SecurityGroupRuleIds")
    for key in ids or ():
        if all(rule["SecurityGroupRuleId"] != key for rule in rules):
            raise AwsError("InvalidSecurityGroupRuleId.NotFound", f"The security group rule ID '{key}' does not exist")
    shown = [rule for rule in rules if not ids or rule["SecurityGroupRuleId"] in ids]
    return {"SecurityGroupRules": [r for r in shown if filters.matching(RULE, call.get("Filters"), r)]}


def default_vpc(call: Call) -> Resource:
    """The region's default VPC, or EC2's refusal where it was deleted."""
    found = next((vpc for vpc in call.list("Vpc") if vpc["IsDefault"]), None)
    if found is None:
        raise AwsError("VPCIdNotSpecified", "No default VPC for this user")
    return found


def by_name(call: Call, vpc: str, name: str) -> Resource | None:
    """The group of a VPC with this name."""
    return next((group for group in call.list("SecurityGroup", VpcId=vpc) if group["GroupName"] == name), None)


def named(call: Call) -> Resource:
    """The group that the parameters name by id, or by its name in the default VPC."""
    if "GroupId" in call:
        return read(call, "SecurityGroup", call["GroupId"])
    if "GroupName" not in call:
        raise AwsError("MissingParameter", "The request must contain the parameter groupName or groupId")
    vpc = default_vpc(call)["VpcId"]
    found = by_name(call, vpc, call["GroupName"])
    if found is None:
        raise AwsError(
            "InvalidGroup.NotFound", f"The security group '{call['GroupName']}' does not exist in default VPC '{vpc}'"
        )
    return found


def permissions_of(call: Call, group: Document) -> list[Document]:
    """The permissions of the parameters, of which a single one may be spelled out in parameters of its own."""
    given: list[Document] = call.get("IpPermissions", [])
    single = {name: call[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in call}
    if "CidrIp" in call:
        single["IpRanges"] = [{"CidrIp": call["CidrIp"]}]
    if "SourceSecurityGroupName" in call:
        source = by_name(call, group["VpcId"], call["SourceSecurityGroupName"])
        if source is None:
            name = call["SourceSecurityGroupName"]
            raise AwsError("InvalidGroup.NotFound", f"The security group '{name}' does not exist")
        single |= {"UserIdGroupPairs": [{"GroupId": source["GroupId"]}]}
        single = {"IpProtocol": "-1", **single}
    found = [*given, single] if single else given
    if not found:
        raise AwsError("MissingParameter", "The request must contain the parameter ipPermissions")
    return found


def _add_rules(call: Call, group: Document, permissions: list[Document], egress: bool) -> list[Document]:
    """Add the rules of some permissions to a group that is then to be kept; answers with the rules."""
    added: list[Document] = []
    for permission in permissions:
        for rule in rules_of(call, group, permission, egress):
            if any(essence(rule) == essence(other) for other in group["rules"]):
                raise AwsError("InvalidPermission.Duplicate", _duplicate(rule))
            group["rules"].append(rule)
            added.append(rule)
    _check_limit(call, group, egress)
    lay_out(group)
    return added


def _check_limit(call: Call, group: Document, egress: bool) -> None:
    from fakeaws.services.ec2.account import limit

    if sum(rule["IsEgress"] == egress for rule in group["rules"]) > limit(call, "L-0EA8095F"):
        raise AwsError(
            "RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached."
        )


def _duplicate(rule: Document) -> str:
    peer = rule.get("CidrIpv4") or rule.get("CidrIpv6") or rule.get("PrefixListId")
    peer = peer or rule["ReferencedGroupInfo"]["GroupId"]
    protocol = rule["IpProtocol"].upper() if rule["IpProtocol"] != "-1" else "ALL"
    ports = "" if protocol == "ALL" else f", from port: {rule['FromPort']}, to port: {rule['ToPort']}"
    return f'the specified rule "peer: {peer}, {protocol}{ports}, ALLOW" already exists'


def rules_of(call: Call, group: Document, permission: Document, egress: bool) -> list[Document]:
    """A rule for each source that a permission names."""
    head = _ports(permission)
    rules: list[Document] = []
    for member, (essence, name) in RANGES.items():
        for source in permission.get(member, ()):
            rule = {
                "SecurityGroupRuleId": call.make("sgr-0{hex16}"),
                "GroupId": group["GroupId"],
                "GroupOwnerId": call.account,
                "IsEgress": egress,
                **head,
            }
            rule[name] = (
                _peer(call, group, source) if member == "UserIdGroupPairs" else _checked(member, source[essence])
            )
            if "Description" in source:
                rule["Description"] = source["Description"]
            rules.append(rule)
    if not rules:
        raise AwsError("MissingParameter", "Either 'cidrIp' or 'groups' must be specified")
    return rules


def _ports(permission: Document) -> Document:
    protocol = NUMBERS.get(str(permission.get("IpProtocol", "")).lower(), str(permission.get("IpProtocol", "")))
    if protocol == "":
        raise AwsError("MissingParameter", "The request must contain the parameter ipProtocol")
    if protocol == "-1":
        return {"IpProtocol": "-1", "FromPort": -1, "ToPort": -1}
    if not (protocol in ("tcp", "udp", "icmp", "icmpv6") or (protocol.isdecimal() and int(protocol) < 256)):
        raise AwsError("InvalidParameterValue", f"Invalid value '{protocol}' for IP protocol. Unknown protocol.")
    first, last = permission.get("FromPort", -1), permission.get("ToPort", -1)
    if protocol in ("tcp", "udp"):
        if "FromPort" not in permission or "ToPort" not in permission:
            raise AwsError("InvalidParameterValue", "Must specify both from and to ports with TCP/UDP.")
        if not (-1 <= first <= 65535 and -1 <= last <= 65535):
            raise AwsError("InvalidParameterValue", f"Invalid TCP/UDP port range ({first}:{last})")
        if first > last:
            raise AwsError("InvalidParameterValue", f"Invalid TCP/UDP port range ({first}:{last})")
    return {"IpProtocol": protocol, "FromPort": first, "ToPort": last}


def _peer(call: Call, group: Document, source: Document) -> Document:
    """The group that a rule refers to: of the same VPC, or of one that is peered with it."""
    if "GroupId" not in source:
        name = source.get("GroupName", "")
        other = by_name(call, group["VpcId"], name)
        if other is None:
            raise AwsError("InvalidGroup.NotFound", f"The security group '{name}' does not exist")
        return {"GroupId": other["GroupId"], "UserId": other["OwnerId"]}
    elsewhere = call.of(account=source["UserId"]) if source.get("UserId", call.account) != call.account else call
    other = read(elsewhere, "SecurityGroup", source["GroupId"])
    peer = {"GroupId": other["GroupId"], "UserId": other["OwnerId"]}
    if other["VpcId"] == group["VpcId"]:
        return peer
    peering = next((p for p in _peerings(call, group["VpcId"]) if other["VpcId"] in _vpcs(p)), None)
    if peering is None:
        raise AwsError("InvalidGroup.NotFound", "You have specified two resources that belong to different networks.")
    return {**peer, "VpcId": other["VpcId"], "VpcPeeringConnectionId": peering.key, "PeeringStatus": "active"}


def _peerings(call: Call, vpc: str) -> list[Resource]:
    """The active peering connections of a VPC."""
    found = [
        *call.list("VpcPeeringConnection", RequesterVpcInfo__VpcId=vpc),
        *call.list("VpcPeeringConnection", AccepterVpcInfo__VpcId=vpc),
    ]
    return [peering for peering in found if peering["Status"]["Code"] == "active"]


def _vpcs(peering: Document) -> tuple[str, str]:
    return peering["RequesterVpcInfo"]["VpcId"], peering["AccepterVpcInfo"]["VpcId"]


def _checked(member: str, cidr: str) -> str:
    """A CIDR as EC2 keeps it: with its host bits cleared."""
    if member == "PrefixListIds":
        return cidr
    try:
        network = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        network = None
    if network is None or "/" not in cidr or (network.version == 6) != (member == "Ipv6Ranges"):
        raise AwsError("InvalidParameterValue", f"CIDR block {cidr} is malformed")
    return str(network)


def essence(rule: Document) -> tuple[Any, ...]:
    """What makes two rules the same."""
    info = rule.get("ReferencedGroupInfo", {}).get("GroupId")
    names = ("IsEgress", "IpProtocol", "FromPort", "ToPort", "CidrIpv4", "CidrIpv6", "PrefixListId")
    return (*(rule.get(name) for name in names), info)


def lay_out(group: Document) -> None:
    """Write the group's permissions, which gather its rules by protocol and ports."""
    for egress, member in ((False, "IpPermissions"), (True, "IpPermissionsEgress")):
        gathered: dict[tuple[Any, ...], Document] = {}
        for rule in group["rules"]:
            if rule["IsEgress"] == egress:
                _gather(gathered, rule)
        group[member] = list(gathered.values())


def _gather(gathered: dict[tuple[Any, ...], Document], rule: Document) -> None:
    head = (rule["IpProtocol"], rule["FromPort"], rule["ToPort"])
    permission = gathered.get(head)
    if permission is None:
        permission = {"IpProtocol": head[0]}
        if head[0] != "-1":
            permission |= {"FromPort": head[1], "ToPort": head[2]}
        permission |= {"UserIdGroupPairs": [], "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": []}
        gathered[head] = permission
    for member, (essence, name) in RANGES.items():
        if name in rule and (member != "IpRanges" or "CidrIpv4" in rule):
            source = {"Description": rule["Description"]} if "Description" in rule else {}
            peer = dict(rule[name]) if member == "UserIdGroupPairs" else {essence: rule[name]}
            permission[member].append({**source, **peer})
