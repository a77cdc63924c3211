"""Whatever is done in whatever order: what EC2 keeps fits together."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.tools.errors import AwsError

LEGAL = {"pending", "running", "stopping", "stopped", "shutting-down", "terminated"}
PICK = st.integers(0, 7)
KINDS = {
    "vpcs": ("DescribeVpcs", "Vpcs", "VpcId", "VpcIds", "vpc-id"),
    "subnets": ("DescribeSubnets", "Subnets", "SubnetId", "SubnetIds", "subnet-id"),
    "tables": ("DescribeRouteTables", "RouteTables", "RouteTableId", "RouteTableIds", "route-table-id"),
    "gateways": (
        "DescribeInternetGateways",
        "InternetGateways",
        "InternetGatewayId",
        "InternetGatewayIds",
        "internet-gateway-id",
    ),
    "groups": ("DescribeSecurityGroups", "SecurityGroups", "GroupId", "GroupIds", "group-id"),
    "volumes": ("DescribeVolumes", "Volumes", "VolumeId", "VolumeIds", "volume-id"),
    "addresses": ("DescribeAddresses", "Addresses", "AllocationId", "AllocationIds", "allocation-id"),
    "interfaces": (
        "DescribeNetworkInterfaces",
        "NetworkInterfaces",
        "NetworkInterfaceId",
        "NetworkInterfaceIds",
        "network-interface-id",
    ),
}


class Networks(RuleBasedStateMachine):
    """Calls in random order; EC2 may refuse any of them."""

    def __init__(self) -> None:
        super().__init__()
        self.cloud = Cloud(None)
        self.seen: dict[str, list[dict[str, Any]]] = {}
        [image] = self.ask("DescribeImages", Filters=[{"Name": "name", "Values": ["al2023-ami-2023*-x86_64"]}])[
            "Images"
        ][:1]
        self.image = image["ImageId"]

    def ask(self, operation: str, **params: Any) -> dict[str, Any]:
        return self.cloud.perform("ec2", operation, params)

    def do(self, operation: str, **params: Any) -> None:
        self.seen.clear()
        with suppress(AwsError):
            self.ask(operation, **params)

    def all(self, kind: str) -> list[dict[str, Any]]:
        """All of a kind, asked for once between two calls that may change something."""
        if kind not in self.seen:
            operation, result, *_ = KINDS[kind]
            self.seen[kind] = list(self.ask(operation)[result])
        return self.seen[kind]

    def one(self, kind: str, pick: int) -> str:
        """The id of one of a kind, or of one that is not there."""
        found = self.all(kind)
        return str(found[pick % len(found)][KINDS[kind][2]]) if found else f"{kind[:3]}-0123456789abcdef0"

    def instances(self) -> list[dict[str, Any]]:
        if "instances" not in self.seen:
            reservations = self.ask("DescribeInstances")["Reservations"]
            self.seen["instances"] = [i for r in reservations for i in r["Instances"]]
        return self.seen["instances"]

    def instance(self, pick: int) -> str:
        found = self.instances()
        return str(found[pick % len(found)]["InstanceId"]) if found else "i-0123456789abcdef0"

    @rule(number=st.integers(0, 3))
    def create_vpc(self, number: int) -> None:
        self.do("CreateVpc", CidrBlock=f"10.{number}.0.0/16")

    @rule(pick=PICK, number=st.integers(0, 3), third=st.integers(0, 3))
    def create_subnet(self, pick: int, number: int, third: int) -> None:
        self.do("CreateSubnet", VpcId=self.one("vpcs", pick), CidrBlock=f"10.{number}.{third}.0/28")

    @rule(pick=PICK)
    def create_table(self, pick: int) -> None:
        self.do("CreateRouteTable", VpcId=self.one("vpcs", pick))

    @rule(table=PICK, subnet=PICK)
    def associate_table(self, table: int, subnet: int) -> None:
        self.do("AssociateRouteTable", RouteTableId=self.one("tables", table), SubnetId=self.one("subnets", subnet))

    @rule(table=PICK, gateway=PICK)
    def create_route(self, table: int, gateway: int) -> None:
        ends = {"RouteTableId": self.one("tables", table), "GatewayId": self.one("gateways", gateway)}
        self.do("CreateRoute", DestinationCidrBlock="0.0.0.0/0", **ends)

    @rule(vpc=PICK, gateway=PICK)
    def attach_gateway(self, vpc: int, gateway: int) -> None:
        self.do("CreateInternetGateway")
        self.do("AttachInternetGateway", VpcId=self.one("vpcs", vpc), InternetGatewayId=self.one("gateways", gateway))

    @rule(vpc=PICK, gateway=PICK)
    def detach_gateway(self, vpc: int, gateway: int) -> None:
        self.do("DetachInternetGateway", VpcId=self.one("vpcs", vpc), InternetGatewayId=self.one("gateways", gateway))

    @rule(vpc=PICK, name=st.sampled_from("ab"))
    def create_group(self, vpc: int, name: str) -> None:
        self.do("CreateSecurityGroup", VpcId=self.one("vpcs", vpc), GroupName=name, Description=name)

    @rule(one=PICK, two=PICK)
    def refer(self, one: int, two: int) -> None:
        pair = [{"GroupId": self.one("groups", two)}]
        permission = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": pair}
        self.do("AuthorizeSecurityGroupIngress", GroupId=self.one("groups", one), IpPermissions=[permission])

    @rule(subnet=PICK, count=st.integers(1, 4))
    def launch(self, subnet: int, count: int) -> None:
        where = {"SubnetId": self.one("subnets", subnet), "MinCount": count, "MaxCount": count}
        self.do("RunInstances", ImageId=self.image, InstanceType="t3.micro", **where)

    @rule(pick=PICK, what=st.sampled_from(("Start", "Stop", "Terminate")))
    def turn(self, pick: int, what: str) -> None:
        self.do(f"{what}Instances", InstanceIds=[self.instance(pick)])

    @rule(subnet=PICK, more=st.integers(0, 3))
    def create_interface(self, subnet: int, more: int) -> None:
        extra = {"SecondaryPrivateIpAddressCount": more} if more else {}
        self.do("CreateNetworkInterface", SubnetId=self.one("subnets", subnet), **extra)

    @rule(instance=PICK, interface=PICK)
    def attach_interface(self, instance: int, interface: int) -> None:
        ends = {"InstanceId": self.instance(instance), "NetworkInterfaceId": self.one("interfaces", interface)}
        self.do("AttachNetworkInterface", DeviceIndex=1, **ends)

    @rule(instance=PICK)
    def move_address(self, instance: int) -> None:
        self.do("AllocateAddress")
        self.do("AssociateAddress", AllocationId=self.one("addresses", instance), InstanceId=self.instance(instance))

    @rule(pick=PICK, instance=PICK)
    def attach_volume(self, pick: int, instance: int) -> None:
        self.do("CreateVolume", Size=1, AvailabilityZone="us-east-1a")
        ends = {"VolumeId": self.one("volumes", pick), "InstanceId": self.instance(instance)}
        self.do("AttachVolume", Device="/dev/sdf", **ends)

    @rule(pick=PICK)
    def detach_volume(self, pick: int) -> None:
        self.do("DetachVolume", VolumeId=self.one("volumes", pick))

    @rule(kind=st.sampled_from(("vpcs", "subnets", "tables", "gateways", "groups", "volumes", "interfaces")), pick=PICK)
    def delete(self, kind: str, pick: int) -> None:
        name = KINDS[kind][1].removesuffix("s")
        self.do(f"Delete{name}", **{KINDS[kind][2]: self.one(kind, pick)})

    @rule(pick=PICK)
    def release(self, pick: int) -> None:
        self.do("ReleaseAddress", AllocationId=self.one("addresses", pick))

    @invariant()
    def what_is_referred_to_is_there(self) -> None:
        vpcs = {vpc["VpcId"] for vpc in self.all("vpcs")}
        subnets = {subnet["SubnetId"]: subnet for subnet in self.all("subnets")}
        groups = {group["GroupId"]: group for group in self.all("groups")}
        interfaces = {i["NetworkInterfaceId"]: i for i in self.all("interfaces")}
        for kind in ("subnets", "tables", "groups", "interfaces"):
            assert all(one["VpcId"] in vpcs for one in self.all(kind))
        for table in self.all("tables"):
            assert all(a["Main"] or a["SubnetId"] in subnets for a in table["Associations"])
        for gateway in self.all("gateways"):
            assert all(attachment["VpcId"] in vpcs for attachment in gateway["Attachments"])
        for group in groups.values():
            assert all(pair["GroupId"] in groups for p in group["IpPermissions"] for pair in p["UserIdGroupPairs"])
        live = {i["InstanceId"]: i for i in self.instances()}
        for interface in interfaces.values():
            assert interface["SubnetId"] in subnets
            assert all(group["GroupId"] in groups for group in interface["Groups"])
            assert interface.get("Attachment", {}).get("InstanceId") in (None, *live)
        for instance in live.values():
            assert instance["State"]["Name"] in LEGAL
            assert all(seen["NetworkInterfaceId"] in interfaces for seen in instance["NetworkInterfaces"])
        volumes = {volume["VolumeId"]: volume for volume in self.all("volumes")}
        for volume in volumes.values():
            assert (volume["State"] == "in-use") == bool(volume["Attachments"])
            assert all(attachment["InstanceId"] in live for attachment in volume["Attachments"])
        for instance in live.values():
            assert all(m["Ebs"]["VolumeId"] in volumes for m in instance["BlockDeviceMappings"])

    @invariant()
    def addresses_and_interfaces_agree(self) -> None:
        places = [p for i in self.all("interfaces") for p in i["PrivateIpAddresses"] if "Association" in p]
        shown = {p["Association"]["AssociationId"] for p in places if "AllocationId" in p["Association"]}
        told = {a["AssociationId"]: a for a in self.all("addresses") if "AssociationId" in a}
        assert shown == set(told)
        holders = {
            i["NetworkInterfaceId"]: i.get("Attachment", {}).get("InstanceId", "") for i in self.all("interfaces")
        }
        assert all(a["InstanceId"] == holders[a["NetworkInterfaceId"]] for a in told.values())

    @invariant()
    def addresses_are_unique_within_their_subnets_and_counted(self) -> None:
        used: dict[str, list[str]] = {}
        for interface in self.all("interfaces"):
            places = [place["PrivateIpAddress"] for place in interface["PrivateIpAddresses"]]
            used.setdefault(interface["SubnetId"], []).extend(places)
        for subnet in self.all("subnets"):
            network, taken = IPv4Network(subnet["CidrBlock"]), used.get(subnet["SubnetId"], [])
            assert len(set(taken)) == len(taken)
            assert all(IPv4Address(address) in network for address in taken)
            assert subnet["AvailableIpAddressCount"] == network.num_addresses - 5 - len(taken)

    def teardown(self) -> None:
        """In the end, described by id is as described by filter."""
        for kind, (operation, result, member, ids, name) in KINDS.items():
            for found in self.all(kind):
                key = found[member]
                by_filter = self.ask(operation, Filters=[{"Name": name, "Values": [key]}])[result]
                assert self.ask(operation, **{ids: [key]})[result] == by_filter == [found]


USUAL = settings(
    max_examples=5, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
TestNetworks = Networks.TestCase
TestNetworks.settings = USUAL


@pytest.mark.full
class TestManyNetworks(Networks.TestCase):  # type: ignore[misc]
    """Other sequences each time."""

    settings = settings(USUAL, max_examples=200, derandomize=False)
