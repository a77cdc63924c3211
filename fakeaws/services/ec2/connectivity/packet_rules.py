"""What security groups and network ACLs say about a packet."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.services.ec2.network import prefix_lists

Document = dict[str, Any]
NUMBERS = {"tcp": "6", "udp": "17"}
EPHEMERAL = (1024, 65535)


class Packet:
    """What is sent: protocol, addresses, and the ports of the destination that would do."""

    def __init__(self, protocol: str, source: str, target: str, port: int | None, last: int | None = None) -> None:
        self.protocol = protocol
        self.source = source
        self.target = target
        self.ports = (port, last or port) if port is not None else (0, 65535)

    def answer(self) -> Packet:
        """What comes back, to whatever port the source has chosen."""
        return Packet(self.protocol, self.target, self.source, *EPHEMERAL)

    def header(self) -> Document:
        """The packet as analyses show it."""
        first, last = self.ports
        return {
            "SourceAddresses": [f"{self.source}/32"],
            "SourcePortRanges": [{"From": 0, "To": 65535}],
            "DestinationAddresses": [f"{self.target}/32"],
            "DestinationPortRanges": [{"From": first, "To": last}],
            "Protocol": NUMBERS[self.protocol],
        }


def group_rule(call: Call, group: Resource, packet: Packet, egress: bool) -> Document | None:
    """The rule of a group that lets the packet through."""
    other = packet.target if egress else packet.source
    for rule in group["rules"]:
        fits = rule["IsEgress"] == egress and rule["IpProtocol"] in ("-1", packet.protocol)
        if fits and _has_port(rule, packet) and _names(call, rule, other):
            found: Document = rule
            return found
    return None


def _has_port(rule: Document, packet: Packet) -> bool:
    first, last = packet.ports
    return bool(rule["FromPort"] == -1 or (rule["FromPort"] <= last and first <= rule["ToPort"]))


def _names(call: Call, rule: Document, address: str) -> bool:
    if "CidrIpv4" in rule:
        return IPv4Address(address) in IPv4Network(rule["CidrIpv4"])
    if "PrefixListId" in rule:
        return any(IPv4Address(address) in IPv4Network(c) for c in prefix_lists.cidrs(call, rule["PrefixListId"]))
    wanted = rule.get("ReferencedGroupInfo", {}).get("GroupId")
    holders = call.list("NetworkInterface", PrivateIpAddresses__PrivateIpAddress=address)
    return wanted is not None and any(wanted in (g["GroupId"] for g in holder["Groups"]) for holder in holders)


def acl_rule(acl: Resource, packet: Packet, egress: bool) -> Document | None:
    """The rule of an ACL that decides: the first that fits, for that one of the packet's ports that fares best."""
    other = packet.target if egress else packet.source
    entries = sorted((e for e in acl["Entries"] if e["Egress"] == egress), key=lambda e: int(e["RuleNumber"]))
    fitting: list[Document] = [
        e
        for e in entries
        if "CidrBlock" in e
        and IPv4Address(other) in IPv4Network(e["CidrBlock"])
        and e["Protocol"] in ("-1", NUMBERS[packet.protocol])
    ]
    decided: Document | None = None
    entry: Document | None
    for port in _candidates(fitting, packet):
        entry = next((e for e in fitting if _covers(e, port)), None)
        if entry is not None and entry["RuleAction"] == "allow":
            return entry
        decided = decided or entry
    return decided


def _candidates(entries: list[Document], packet: Packet) -> list[int]:
    """Ports worth trying: where the packet's range begins, and where rules begin and end within it."""
    first, last = packet.ports
    edges = {first}
    for entry in entries:
        if "PortRange" in entry:
            edges |= {entry["PortRange"]["From"], entry["PortRange"]["To"] + 1}
    return sorted(edge for edge in edges if first <= edge <= last)


def _covers(entry: Document, port: int) -> bool:
    span = entry.get("PortRange")
    return span is None or span["From"] <= port <= span["To"]


def shown_entry(entry: Document) -> Document:
    """An ACL's rule as analyses show it."""
    found = {
        "Cidr": entry["CidrBlock"],
        "Egress": entry["Egress"],
        "Protocol": "all" if entry["Protocol"] == "-1" else entry["Protocol"],
        "RuleAction": entry["RuleAction"],
        "RuleNumber": entry["RuleNumber"],
    }
    return found | ({"PortRange": entry["PortRange"]} if "PortRange" in entry else {})


def shown_rule(rule: Document) -> Document:
    """A group's rule as analyses show it."""
    found = {
        "Direction": "egress" if rule["IsEgress"] else "ingress",
        "Protocol": "all" if rule["IpProtocol"] == "-1" else rule["IpProtocol"],
    }
    if rule["FromPort"] != -1:
        found["PortRange"] = {"From": rule["FromPort"], "To": rule["ToPort"]}
    if "CidrIpv4" in rule:
        found["Cidr"] = rule["CidrIpv4"]
    if "PrefixListId" in rule:
        found["PrefixListId"] = rule["PrefixListId"]
    if "ReferencedGroupInfo" in rule:
        found["SecurityGroupId"] = rule["ReferencedGroupInfo"]["GroupId"]
    return found
