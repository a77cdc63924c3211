"""A world of EC2 resources, at least one of each kind that tests look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fakeaws.cli.calls.local import initialise
from fakeaws.core.pipeline.cloud import Cloud
from tests.conftest import HttpEndpoint, Terminal


class World:
    """Two terminals at one cloud: the command line, and a client over HTTP; and the ids of what is there."""

    def __init__(self, cli: Terminal, http: Terminal) -> None:
        self.terminals = (cli, http)
        self.ids: dict[str, Any] = {}

    def make(self, name: str, command: str, query: str) -> None:
        self.ids[name] = self.terminals[0](f"ec2 {command.format(**self.ids)} --query '{query}'").json

    def do(self, command: str) -> None:
        self.terminals[0](f"ec2 {command.format(**self.ids)}")


RUN = "run-instances --image-id {image} --instance-type t3.micro"
SUBNET = "--subnet-id {subnet} --security-group-ids {group}"
STEPS: list[tuple[str, ...]] = [
    ("default_vpc", "describe-vpcs", "Vpcs[0].VpcId"),
    ("default_subnet", "describe-subnets --filters Name=availability-zone,Values=us-east-1a", "Subnets[0].SubnetId"),
    ("default_table", "describe-route-tables", "RouteTables[0].RouteTableId"),
    ("default_group", "describe-security-groups", "SecurityGroups[0].GroupId"),
    ("options", "describe-dhcp-options", "DhcpOptions[0].DhcpOptionsId"),
    ("vpc", "create-vpc --cidr-block 10.0.0.0/16", "Vpc.VpcId"),
    ("association", "describe-vpcs --vpc-ids {vpc}", "Vpcs[0].CidrBlockAssociationSet[0].AssociationId"),
    (
        "subnet",
        "create-subnet --vpc-id {vpc} --cidr-block 10.0.1.0/24 --availability-zone us-east-1a",
        "Subnet.SubnetId",
    ),
    ("table", "create-route-table --vpc-id {vpc}", "RouteTable.RouteTableId"),
    (
        "main",
        "describe-route-tables --filters Name=vpc-id,Values={vpc} Name=association.main,Values=true",
        "RouteTables[0].Associations[0].RouteTableAssociationId",
    ),
    ("associate-route-table --route-table-id {table} --subnet-id {subnet}",),
    ("acl", "describe-network-acls --filters Name=vpc-id,Values={vpc}", "NetworkAcls[0].NetworkAclId"),
    ("gateway", "create-internet-gateway", "InternetGateway.InternetGatewayId"),
    ("attach-internet-gateway --internet-gateway-id {gateway} --vpc-id {vpc}",),
    ("create-route --route-table-id {table} --destination-cidr-block 0.0.0.0/0 --gateway-id {gateway}",),
    ("loose_gateway", "create-internet-gateway", "InternetGateway.InternetGatewayId"),
    ("group", "create-security-group --group-name web --description x --vpc-id {vpc}", "GroupId"),
    ("authorize-security-group-ingress --group-id {group} --protocol tcp --port 22 --cidr 10.0.0.0/8",),
    ("other_group", "create-security-group --group-name other --description x", "GroupId"),
    ("create-key-pair --key-name lab --key-type ed25519",),
    ("instance", f"{RUN} {SUBNET} --private-ip-address 10.0.1.77 --client-token once", "Instances[0].InstanceId"),
    (
        "interface_used",
        "describe-instances --instance-ids {instance}",
        "Reservations[0].Instances[0].NetworkInterfaces[0].NetworkInterfaceId",
    ),
    (
        "attachment",
        "describe-network-interfaces --network-interface-ids {interface_used}",
        "NetworkInterfaces[0].Attachment.AttachmentId",
    ),
    (
        "root",
        "describe-instances --instance-ids {instance}",
        "Reservations[0].Instances[0].BlockDeviceMappings[0].Ebs.VolumeId",
    ),
    ("protected", f"{RUN} {SUBNET} --disable-api-termination --disable-api-stop", "Instances[0].InstanceId"),
    ("stopped", f"{RUN} {SUBNET}", "Instances[0].InstanceId"),
    ("stop-instances --instance-ids {stopped}",),
    ("terminated", f"{RUN} {SUBNET}", "Instances[0].InstanceId"),
    ("terminate-instances --instance-ids {terminated}",),
    ("spot", f"{RUN} {SUBNET} --instance-market-options MarketType=spot", "Instances[0].InstanceId"),
    ("fixed", "run-instances --image-id {image} --instance-type m5.large", "Instances[0].InstanceId"),
    ("create-launch-template --launch-template-name web --launch-template-data ImageId={image}",),
    ("create-placement-group --group-name here --strategy cluster",),
    ("volume", "create-volume --availability-zone us-east-1a --size 8", "VolumeId"),
    ("far_volume", "create-volume --availability-zone us-east-1b --size 8", "VolumeId"),
    ("attached", "create-volume --availability-zone us-east-1a --size 8", "VolumeId"),
    ("attach-volume --volume-id {attached} --instance-id {instance} --device /dev/sdk",),
    ("snapshot", "create-snapshot --volume-id {volume}", "SnapshotId"),
    ("locked", "create-snapshot --volume-id {volume}", "SnapshotId"),
    ("lock-snapshot --snapshot-id {locked} --lock-mode governance --lock-duration 9",),
    ("own_image", "create-image --instance-id {instance} --name golden", "ImageId"),
    ("image_snapshot", "describe-images --image-ids {own_image}", "Images[0].BlockDeviceMappings[0].Ebs.SnapshotId"),
    ("address", "allocate-address", "AllocationId"),
    ("used_address", "allocate-address", "AllocationId"),
    ("associate-address --allocation-id {used_address} --instance-id {instance}",),
    ("interface", "create-network-interface --subnet-id {subnet}", "NetworkInterface.NetworkInterfaceId"),
    ("far_vpc", "create-vpc --cidr-block 10.5.0.0/16", "Vpc.VpcId"),
    ("far_subnet", "create-subnet --vpc-id {far_vpc} --cidr-block 10.5.1.0/24", "Subnet.SubnetId"),
    ("far_interface", "create-network-interface --subnet-id {far_subnet}", "NetworkInterface.NetworkInterfaceId"),
    (
        "pending",
        "create-vpc-peering-connection --vpc-id {vpc} --peer-vpc-id {default_vpc}",
        "VpcPeeringConnection.VpcPeeringConnectionId",
    ),
    ("same_vpc", "create-vpc --cidr-block 10.0.0.0/16", "Vpc.VpcId"),
    (
        "failed",
        "create-vpc-peering-connection --vpc-id {vpc} --peer-vpc-id {same_vpc}",
        "VpcPeeringConnection.VpcPeeringConnectionId",
    ),
    ("create-vpc-endpoint --vpc-id {vpc} --service-name com.amazonaws.us-east-1.s3 --route-table-ids {table}",),
    (
        "endpoint",
        "create-vpc-endpoint --vpc-id {far_vpc} --service-name com.amazonaws.us-east-1.sqs --vpc-endpoint-type"
        " Interface --subnet-ids {far_subnet}",
        "VpcEndpoint.VpcEndpointId",
    ),
    (
        "managed_interface",
        "describe-vpc-endpoints --vpc-endpoint-ids {endpoint}",
        "VpcEndpoints[0].NetworkInterfaceIds[0]",
    ),
    (
        "list",
        "create-managed-prefix-list --prefix-list-name x --max-entries 2 --address-family IPv4",
        "PrefixList.PrefixListId",
    ),
    (
        "customer_gateway",
        "create-customer-gateway --type ipsec.1 --public-ip 1.2.3.4",
        "CustomerGateway.CustomerGatewayId",
    ),
    ("vpn_gateway", "create-vpn-gateway --type ipsec.1", "VpnGateway.VpnGatewayId"),
    ("attach-vpn-gateway --vpn-gateway-id {vpn_gateway} --vpc-id {vpc}",),
    (
        "vpn",
        "create-vpn-connection --type ipsec.1 --customer-gateway-id {customer_gateway} --vpn-gateway-id {vpn_gateway}",
        "VpnConnection.VpnConnectionId",
    ),
    ("hub", "create-transit-gateway", "TransitGateway.TransitGatewayId"),
    ("hub_table", "describe-transit-gateway-route-tables", "TransitGatewayRouteTables[0].TransitGatewayRouteTableId"),
    (
        "hub_attachment",
        "create-transit-gateway-vpc-attachment --transit-gateway-id {hub} --vpc-id {default_vpc} --subnet-ids"
        " {default_subnet}",
        "TransitGatewayVpcAttachment.TransitGatewayAttachmentId",
    ),
    ("ipam", "create-ipam", "Ipam.IpamId"),
    ("scope", "describe-ipams", "Ipams[0].PrivateDefaultScopeId"),
    ("pool", "create-ipam-pool --ipam-scope-id {scope} --address-family ipv4", "IpamPool.IpamPoolId"),
    ("provision-ipam-pool-cidr --ipam-pool-id {pool} --cidr 10.32.0.0/11",),
    (
        "path",
        "create-network-insights-path --source {instance} --destination {interface} --protocol tcp",
        "NetworkInsightsPath.NetworkInsightsPathId",
    ),
    ("start-network-insights-analysis --network-insights-path-id {path}",),
    ("create-tags --resources {vpc} {subnet} {snapshot} --tags Key=team,Value=red",),
    ("archived", "create-snapshot --volume-id {volume}", "SnapshotId"),
    ("modify-snapshot-tier --snapshot-id {archived} --storage-tier archive",),
    (
        "create-flow-logs --resource-ids {far_vpc} --resource-type VPC --traffic-type ALL --log-destination-type s3"
        " --log-destination arn:aws:s3:::logs",
    ),
    ("enable-fast-snapshot-restores --availability-zones us-east-1a --source-snapshot-ids {locked}",),
    ("modify-volume --volume-id {far_volume} --size 9",),
    ("nat_address", "allocate-address", "AllocationId"),
    ("create-nat-gateway --subnet-id {subnet} --allocation-id {nat_address}",),
    (
        "create-fleet --launch-template-configs"
        " LaunchTemplateSpecification={{LaunchTemplateName=web,Version=1}},Overrides=[{{InstanceType=t3.micro}}]"
        " --target-capacity-specification TotalTargetCapacity=1,DefaultTargetCapacityType=on-demand",
    ),
    ("associate-security-group-vpc --group-id {other_group} --vpc-id {far_vpc}",),
]


def made(home: Path) -> World:
    """The world, in a new cloud at `home`."""
    env = {"FAKEAWS_HOME": str(home), "HOME": str(home.parent), "AWS_PAGER": "", "COLUMNS": "80"}
    initialise(env)
    world = World(Terminal(env), Terminal(env, HttpEndpoint(Cloud(home))))
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    world.ids["image"] = world.terminals[0](f"ssm get-parameter --name {name} --query Parameter.Value").json
    for step in STEPS:
        if len(step) == 1:
            world.do(*step)
        else:
            world.make(*step)
    return world
