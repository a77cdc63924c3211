"""Whether a packet gets from one end of a path to the other, over groups, ACLs, routes and gateways; and what stops it.

The forward way is followed hop by hop; then, where it gets through, the answer's way back, since network ACLs and
routes have no memory. The explanation codes are those of the VPC Reachability Analyzer guide.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.services.ec2.connectivity.packet_rules import Packet, acl_rule, group_rule, shown_entry, shown_rule
from fakeaws.services.ec2.network import prefix_lists, public_access
from fakeaws.services.ec2.network.routes import is_main

Document = dict[str, Any]
MOST_HOPS = 8
WORDS = {
    "i": "instance",
    "eni": "network-interface",
    "igw": "internet-gateway",
    "rtb": "route-table",
    "acl": "network-acl",
}
WORDS |= {"sg": "security-group", "pcx": "vpc-peering-connection", "tgw": "transit-gateway", "nat": "natgateway"}
WORDS |= {"vgw": "vpn-gateway", "vpce": "vpc-endpoint", "tgw-rtb": "transit-gateway-route-table"}
WORDS |= {"tgw-attach": "transit-gateway-attachment", "subnet": "subnet", "vpc": "vpc"}


class Blocked(Exception):
    """Something on the way does not let the packet pass."""


class Trace:
    """One analysis: the components that were passed, and the explanations of what blocks."""

    def __init__(self, call: Call, path: Document) -> None:
        self.call = call
        self.path = path
        self.forward: list[Document] = []
        self.back: list[Document] = []
        self.explanations: list[Document] = []
        self._components = self.forward

    def run(self) -> bool:
        """Whether there is a way."""
        try:
            packet, source, target = self._ends()
            self._go(packet, source, target)
            self._components = self.back
            if self.path["Protocol"] == "tcp" and source is not None and target is not None:
                self._go(packet.answer(), target, source)
        except Blocked:
            return False
        return True

    # The ends

    def _ends(self) -> tuple[Packet, Resource | None, Resource | None]:
        """The packet, and the network interfaces at either end, where there is one."""
        source, target = self._interface(self.path.get("Source")), self._interface(self.path.get("Destination"))
        filter_ = self.path.get("FilterAtSource", {})
        origin = self.path.get("SourceIp") or filter_.get("SourceAddress", "").partition("/")[0]
        goal = self.path.get("DestinationIp") or filter_.get("DestinationAddress", "").partition("/")[0]
        port = self.path.get("DestinationPort") or filter_.get("DestinationPortRange", {}).get("FromPort")
        origin = origin or (source["PrivateIpAddress"] if source is not None else "198.51.100.1")
        goal = goal or (target["PrivateIpAddress"] if target is not None else "198.51.100.1")
        if (
            target is None
            and self.path.get("Destination", "").startswith(("i-", "eni-")) is False
            and source is not None
        ):
            target = self._holder(source, goal) if "DestinationIp" in self.path else None
        return Packet(self.path["Protocol"], origin, goal, port), source, target

    def _interface(self, key: str | None) -> Resource | None:
        if key is None:
            return None
        if key.startswith("i-"):
            instance = self.call.read("Instance", key)
            if instance["State"]["Name"] != "running":
                self._block("BAD_STATE", Component=component(self.call, key), State=instance["State"]["Name"])
            return self.call.read("NetworkInterface", instance["NetworkInterfaces"][0]["NetworkInterfaceId"])
        return self.call.find("NetworkInterface", key) if key.startswith("eni-") else None

    def _holder(self, source: Resource, address: str) -> Resource | None:
        found = self.call.list("NetworkInterface", PrivateIpAddresses__PrivateIpAddress=address)
        return next((i for i in found if i["VpcId"] == source["VpcId"]), None)

    # The way

    def _go(self, packet: Packet, source: Resource | None, target: Resource | None) -> None:
        answering = self._components is self.back
        if source is None:
            self._come_in(packet, target)
            return
        self._leave(packet, source, answering)
        if target is not None and target["SubnetId"] == source["SubnetId"]:
            self._arrive(packet, target, answering, crosses=False)
            return
        self._check_acl(packet, source, egress=True)
        table = self._table(source["SubnetId"])
        self._follow(packet, source, target, table, answering, MOST_HOPS)

    def _leave(self, packet: Packet, source: Resource, answering: bool) -> None:
        attached = source.get("Attachment", {}).get("InstanceId")
        if attached:
            self._pass(attached, OutboundHeader=packet.header())
        self._pass(source.key, **self._place(source))
        if not answering:
            self._check_groups(packet, source, egress=True)

    def _arrive(self, packet: Packet, target: Resource, answering: bool, crosses: bool = True) -> None:
        if crosses:
            self._check_acl(packet, target, egress=False)
        if not answering:
            self._check_groups(packet, target, egress=False)
        self._pass(target.key, **self._place(target), InboundHeader=packet.header())
        attached = target.get("Attachment", {}).get("InstanceId")
        if attached:
            self._pass(attached)

    def _come_in(self, packet: Packet, target: Resource | None) -> None:
        """From an internet gateway: only to a public address of its VPC."""
        gateway = self.path["Source"]
        self._pass(gateway, OutboundHeader=packet.header())
        if target is None or not gateway.startswith("igw-"):
            self._block("NO_PATH", Component=component(self.call, gateway))
            return
        held = self.call.read("InternetGateway", gateway)["Attachments"]
        if all(attachment["VpcId"] != target["VpcId"] for attachment in held):
            self._block("BAD_STATE_ATTACHMENT", InternetGateway=component(self.call, gateway))
        self._check_public(target, gateway, "block-bidirectional", "block-ingress")
        if "Association" not in target:
            self._block(
                "IGW_PUBLIC_IP_ASSOCIATION_FOR_INGRESS",
                InternetGateway=component(self.call, gateway),
                NetworkInterface=component(self.call, target.key),
            )
        self._arrive(packet, target, answering=False)
        self._components = self.back
        self._check_acl(packet.answer(), target, egress=True)
        table = self._table(target["SubnetId"])
        self._follow(packet.answer(), target, None, table, True, 1)

    def _table(self, subnet: str) -> Resource:
        own = next(self.call.list("RouteTable", Associations__SubnetId=subnet), None)
        if own is not None:
            return own
        vpc = self.call.read("Subnet", subnet)["VpcId"]
        return next(table for table in self.call.list("RouteTable", VpcId=vpc) if is_main(table))

    def _follow(
        self, packet: Packet, source: Resource, target: Resource | None, table: Resource, answering: bool, hops: int
    ) -> None:
        route = self._route(packet, table)
        if route is None:
            place = {"RouteTable": component(self.call, table.key), "Vpc": component(self.call, table["VpcId"])}
            self._block("NO_ROUTE_TO_DESTINATION", **place, Address=packet.target)
            return
        seen = _shown_route(route)
        if route["State"] == "blackhole":
            self._block("BAD_STATE_ROUTE", RouteTableRoute=seen, RouteTable=component(self.call, table.key))
        self._pass(table.key, RouteTableRoute=seen)
        step = next((name for name in _STEPS if name in route), "")
        _STEPS[step](self, packet, source, target, route[step], answering, hops) if step else self._nowhere(table)

    def _nowhere(self, table: Resource) -> None:
        self._block("NO_PATH", RouteTable=component(self.call, table.key))

    def _route(self, packet: Packet, table: Resource) -> Document | None:
        """The most specific route to the destination."""
        fits = []
        for route in table["Routes"]:
            cidrs = [route["DestinationCidrBlock"]] if "DestinationCidrBlock" in route else []
            if "DestinationPrefixListId" in route:
                cidrs = prefix_lists.cidrs(self.call, route["DestinationPrefixListId"])
            fits += [(IPv4Network(c).prefixlen, route) for c in cidrs if IPv4Address(packet.target) in IPv4Network(c)]
        return max(fits, key=lambda fit: fit[0])[1] if fits else None

    def _gateway(
        self, packet: Packet, source: Resource, target: Resource | None, key: str, answering: bool, hops: int
    ) -> None:
        if key == "local":
            self._local(packet, target, answering, source["VpcId"])
        elif key.startswith("igw-"):
            self._out(packet, source, target, key)
        else:
            self._pass(key)

    def _local(self, packet: Packet, target: Resource | None, answering: bool, vpc: str) -> None:
        if target is None:
            self._block("NO_PATH", Vpc=component(self.call, vpc), Address=packet.target)
        elif target["VpcId"] != vpc:
            self._block("NO_ROUTE_TO_DESTINATION", Vpc=component(self.call, vpc), Address=packet.target)
        else:
            self._arrive(packet, target, answering)

    def _out(self, packet: Packet, source: Resource, target: Resource | None, key: str) -> None:
        """Through an internet gateway: only from a public address, and not to a private one."""
        self._check_public(source, key, "block-bidirectional")
        if "Association" not in source:
            self._block(
                "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
                InternetGateway=component(self.call, key),
                NetworkInterface=component(self.call, source.key),
            )
        if IPv4Address(packet.target).is_private and packet.target != "198.51.100.1":
            self._block("IGW_PRIVATE_IP_ASSOCIATION", InternetGateway=component(self.call, key), Address=packet.target)
        self._pass(key)
        if target is not None and "Association" in target:
            self._arrive(packet, target, self._components is self.back)

    def _check_public(self, interface: Resource, gateway: str, *blocking: str) -> None:
        """Whether VPC Block Public Access lets the interface's subnet use an internet gateway."""
        subnet = self.call.read("Subnet", interface["SubnetId"])
        [seen] = public_access.shown(self.call, [subnet], "SubnetId", "VpcId")
        if seen["BlockPublicAccessStates"]["InternetGatewayBlockMode"] in blocking:
            self._block("VPC_BLOCK_PUBLIC_ACCESS_ENABLED", InternetGateway=component(self.call, gateway))

    def _nat(
        self, packet: Packet, source: Resource, target: Resource | None, key: str, answering: bool, hops: int
    ) -> None:
        gateway = self.call.read("NatGateway", key)
        if gateway["State"] != "available":
            self._block("BAD_STATE", NatGateway=component(self.call, key), State=gateway["State"])
        self._pass(key)
        own = self.call.read("NetworkInterface", gateway["NatGatewayAddresses"][0]["NetworkInterfaceId"])
        self._check_acl(packet, own, egress=True)
        if hops:
            self._follow(packet, own, target, self._table(own["SubnetId"]), answering, hops - 1)

    def _peering(
        self, packet: Packet, source: Resource, target: Resource | None, key: str, answering: bool, hops: int
    ) -> None:
        peering = self.call.read("VpcPeeringConnection", key)
        if peering["Status"]["Code"] != "active":
            self._block("BAD_STATE", VpcPeeringConnection=component(self.call, key), State=peering["Status"]["Code"])
        self._pass(key)
        sides = [peering["RequesterVpcInfo"]["VpcId"], peering["AccepterVpcInfo"]["VpcId"]]
        other = next(vpc for vpc in sides if vpc != source["VpcId"])
        if self.path.get("Destination") == key:
            return
        if target is None or target["VpcId"] != other:
            self._block("NO_PATH", VpcPeeringConnection=component(self.call, key), Vpc=component(self.call, other))
            return
        self._arrive(packet, target, answering)

    def _hub(
        self, packet: Packet, source: Resource, target: Resource | None, key: str, answering: bool, hops: int
    ) -> None:
        """Into a transit gateway by the VPC's attachment, by its route table, out to another attachment."""
        from fakeaws.services.ec2.connectivity.transit_tables import all_routes

        attached = self.call.list("TransitGatewayAttachment", VpcId=source["VpcId"])
        own = next((a for a in attached if a["TransitGatewayId"] == key and a["State"] == "available"), None)
        if own is None:
            self._block("BAD_STATE_ATTACHMENT", TransitGateway=component(self.call, key))
            return
        self._pass(own.key)
        self._pass(key)
        if self.path.get("Destination") in (key, own.key):
            return
        table = own.get("Association", {}).get("TransitGatewayRouteTableId")
        if table is None:
            self._block(
                "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", TransitGatewayAttachment=component(self.call, own.key)
            )
            return
        rows = all_routes(self.call, self.call.read("TransitGatewayRouteTable", table))
        fits = [r for r in rows if IPv4Address(packet.target) in IPv4Network(r["DestinationCidrBlock"])]
        best = max(fits, key=lambda r: IPv4Network(r["DestinationCidrBlock"]).prefixlen, default=None)
        place = {"TransitGatewayRouteTable": component(self.call, table)}
        if best is None:
            self._block("TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", **place, Address=packet.target)
            return
        seen = {"DestinationCidr": best["DestinationCidrBlock"], "State": best["State"], "RouteOrigin": best["Type"]}
        if best["State"] == "blackhole":
            self._block("TGW_BAD_STATE_ATTACHMENT", **place, TransitGatewayRouteTableRoute=seen)
        leaving = best["TransitGatewayAttachments"][0]
        self._pass(table, TransitGatewayRouteTableRoute=seen)
        self._pass(leaving["TransitGatewayAttachmentId"])
        if target is None or target["VpcId"] != leaving["ResourceId"]:
            self._block("NO_PATH", TransitGateway=component(self.call, key), Address=packet.target)
            return
        self._arrive(packet, target, answering)

    def _through(
        self, packet: Packet, source: Resource, target: Resource | None, key: str, answering: bool, hops: int
    ) -> None:
        """A middlebox: its interface must pass on what is not its own."""
        box = self.call.read("NetworkInterface", key)
        if box["SourceDestCheck"]:
            self._block("ENI_SOURCE_DEST_CHECK_RESTRICTION", NetworkInterface=component(self.call, key))
        self._arrive(packet, box, answering)
        self._check_acl(packet, box, egress=True)
        if hops:
            self._follow(packet, box, target, self._table(box["SubnetId"]), answering, hops - 1)

    # What stands in between

    def _check_groups(self, packet: Packet, interface: Resource, egress: bool) -> None:
        groups = [self.call.read("SecurityGroup", group["GroupId"]) for group in interface["Groups"]]
        for group in groups:
            rule = group_rule(self.call, group, packet, egress)
            if rule is not None:
                self._pass(group.key, SecurityGroupRule=shown_rule(rule))
                return
        if groups or interface.get("InterfaceType") == "interface":
            self._block(
                "ENI_SG_RULES_MISMATCH",
                Direction="egress" if egress else "ingress",
                NetworkInterface=component(self.call, interface.key),
                SecurityGroups=[component(self.call, group.key) for group in groups],
                Vpc=component(self.call, interface["VpcId"]),
                PacketField="destination-address",
            )

    def _check_acl(self, packet: Packet, interface: Resource, egress: bool) -> None:
        acl = next(self.call.list("NetworkAcl", Associations__SubnetId=interface["SubnetId"]))
        entry = acl_rule(acl, packet, egress)
        if entry is None or entry["RuleAction"] == "deny":
            self._block(
                "SUBNET_ACL_RESTRICTION",
                Acl=component(self.call, acl.key),
                AclRule=shown_entry(entry) if entry is not None else None,
                Direction="egress" if egress else "ingress",
                Subnet=component(self.call, interface["SubnetId"]),
                Vpc=component(self.call, interface["VpcId"]),
            )
            return
        self._pass(acl.key, AclRule=shown_entry(entry))

    def _place(self, interface: Resource) -> Document:
        return {
            "Subnet": component(self.call, interface["SubnetId"]),
            "Vpc": component(self.call, interface["VpcId"]),
        }

    def _pass(self, key: str, **details: Any) -> None:
        number = len(self._components) + 1
        self._components.append({"SequenceNumber": number, "Component": component(self.call, key), **details})

    def _block(self, code: str, **details: Any) -> None:
        explanation = {name: value for name, value in details.items() if value is not None}
        self.explanations.append({**explanation, "ExplanationCode": code})
        raise Blocked


_STEPS = {
    "NatGatewayId": Trace._nat,
    "VpcPeeringConnectionId": Trace._peering,
    "TransitGatewayId": Trace._hub,
    "NetworkInterfaceId": Trace._through,
    "GatewayId": Trace._gateway,
}
"""By the member that names a route's target: how the way goes on."""


def component(call: Call, key: str) -> Document:
    """A resource as analyses name it."""
    word = WORDS.get(key.rpartition("-")[0], "resource")
    return {"Id": key, "Arn": call.make("arn:{partition}:ec2:{region}:{account}:{word}/{key}", word=word, key=key)}


def _shown_route(route: Document) -> Document:
    names = (
        "GatewayId",
        "NatGatewayId",
        "NetworkInterfaceId",
        "InstanceId",
        "TransitGatewayId",
        "VpcPeeringConnectionId",
    )
    found = {name: route[name] for name in (*names, "DestinationPrefixListId") if name in route}
    if "DestinationCidrBlock" in route:
        found["DestinationCidr"] = route["DestinationCidrBlock"]
    return {**found, "Origin": route["Origin"].lower(), "State": route["State"]}
