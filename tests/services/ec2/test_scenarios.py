"""What tutorials build: networks, fleets of machines, disks and images, from beginning to end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import Terminal


class Shell:
    """`ec2(...)` runs a command of EC2 and answers with what `--query` finds."""

    def __init__(self, aws: Terminal) -> None:
        self.aws = aws

    def __call__(self, command: str, query: str = "") -> Any:
        printed = self.aws(f"ec2 {command}" + (f" --query '{query}'" if query else ""))
        return printed.json if printed.strip() else None

    def vpc(self, cidr: str) -> str:
        return str(self(f"create-vpc --cidr-block {cidr}", "Vpc.VpcId"))

    def subnet(self, vpc: str, cidr: str) -> str:
        return str(self(f"create-subnet --vpc-id {vpc} --cidr-block {cidr}", "Subnet.SubnetId"))

    def table(self, vpc: str) -> str:
        return str(self(f"describe-route-tables --filters Name=vpc-id,Values={vpc}", "RouteTables[0].RouteTableId"))

    def group(self, vpc: str, name: str) -> str:
        return str(self(f"create-security-group --vpc-id {vpc} --group-name {name} --description {name}", "GroupId"))

    def launch(self, image: str, subnet: str, group: str = "") -> str:
        more = f" --security-group-ids {group}" if group else ""
        command = f"run-instances --image-id {image} --instance-type t3.micro --subnet-id {subnet}{more}"
        return str(self(command, "Instances[0].InstanceId"))

    def gateway(self, vpc: str) -> str:
        key = str(self("create-internet-gateway", "InternetGateway.InternetGatewayId"))
        self(f"attach-internet-gateway --internet-gateway-id {key} --vpc-id {vpc}")
        return key

    def analysis(self, source: str, target: str, port: int = 22) -> Any:
        ends = f"--source {source} --destination {target} --protocol tcp --destination-port {port}"
        path = self(f"create-network-insights-path {ends}", "NetworkInsightsPath.NetworkInsightsPathId")
        start = f"start-network-insights-analysis --network-insights-path-id {path}"
        key = self(start, "NetworkInsightsAnalysis.NetworkInsightsAnalysisId")
        show = f"describe-network-insights-analyses --network-insights-analysis-ids {key}"
        return self(show, "NetworkInsightsAnalyses[0]")


@pytest.fixture
def ec2(aws: Terminal) -> Shell:
    return Shell(aws)


def _passed(analysis: Any) -> list[str]:
    return [row["Component"]["Id"].rpartition("-")[0] for row in analysis["ForwardPathComponents"]]


def test_public_and_private_subnets_with_nat_and_bastion(ec2: Shell, image: str) -> None:
    vpc = ec2.vpc("10.0.0.0/16")
    public, private = ec2.subnet(vpc, "10.0.1.0/24"), ec2.subnet(vpc, "10.0.2.0/24")
    gateway = ec2.gateway(vpc)
    ec2(f"modify-subnet-attribute --subnet-id {public} --map-public-ip-on-launch")
    tables = [ec2(f"create-route-table --vpc-id {vpc}", "RouteTable.RouteTableId") for _ in range(2)]
    for table, subnet in zip(tables, (public, private), strict=True):
        ec2(f"associate-route-table --route-table-id {table} --subnet-id {subnet}")
    ec2(f"create-route --route-table-id {tables[0]} --destination-cidr-block 0.0.0.0/0 --gateway-id {gateway}")
    address = ec2("allocate-address --domain vpc", "AllocationId")
    nat = ec2(f"create-nat-gateway --subnet-id {public} --allocation-id {address}", "NatGateway.NatGatewayId")
    ec2(f"create-route --route-table-id {tables[1]} --destination-cidr-block 0.0.0.0/0 --nat-gateway-id {nat}")
    outside, inside = ec2.group(vpc, "bastion"), ec2.group(vpc, "app")
    ec2(f"authorize-security-group-ingress --group-id {outside} --protocol tcp --port 22 --cidr 0.0.0.0/0")
    ec2(f"authorize-security-group-ingress --group-id {inside} --protocol tcp --port 22 --source-group {outside}")
    bastion, app = ec2.launch(image, public, outside), ec2.launch(image, private, inside)
    assert ec2(f"describe-instances --instance-ids {bastion}", "Reservations[].Instances[].PublicIpAddress")
    assert ec2(f"describe-instances --instance-ids {app}", "Reservations[].Instances[].PublicIpAddress") == []
    assert ec2.analysis(gateway, bastion)["NetworkPathFound"] is True
    [blocked] = ec2.analysis(gateway, app)["Explanations"]
    assert blocked["ExplanationCode"] == "IGW_PUBLIC_IP_ASSOCIATION_FOR_INGRESS"
    assert ec2.analysis(bastion, app)["NetworkPathFound"] is True
    [blocked] = ec2.analysis(app, bastion, 80)["Explanations"]
    assert (blocked["ExplanationCode"], blocked["Direction"]) == ("ENI_SG_RULES_MISMATCH", "ingress")
    out = ec2.analysis(app, gateway, 443)
    assert out["NetworkPathFound"] is True
    assert _passed(out)[-5:] == ["rtb", "nat", "acl", "rtb", "igw"]


def test_two_tiers_that_are_peered(ec2: Shell, image: str) -> None:
    web, data = ec2.vpc("10.1.0.0/16"), ec2.vpc("10.2.0.0/16")
    subnets = ec2.subnet(web, "10.1.1.0/24"), ec2.subnet(data, "10.2.1.0/24")
    request = f"create-vpc-peering-connection --vpc-id {web} --peer-vpc-id {data}"
    peering = ec2(request, "VpcPeeringConnection.VpcPeeringConnectionId")
    table = ec2.table(web)
    route = f"create-route --route-table-id {table} --destination-cidr-block 10.2.0.0/16"
    ec2.aws.refused(f"ec2 {route} --vpc-peering-connection-id {peering}", "InvalidParameterValue")
    ec2(f"accept-vpc-peering-connection --vpc-peering-connection-id {peering}")
    ec2(f"{route} --vpc-peering-connection-id {peering}")
    groups = ec2.group(web, "web"), ec2.group(data, "data")
    ec2(
        f"authorize-security-group-ingress --group-id {groups[1]} --protocol tcp --port 5432 --source-group {groups[0]}"
    )
    one, two = ec2.launch(image, subnets[0], groups[0]), ec2.launch(image, subnets[1], groups[1])
    [blocked] = ec2.analysis(one, two, 5432)["Explanations"]
    assert blocked["ExplanationCode"] == "NO_ROUTE_TO_DESTINATION"
    assert blocked["Vpc"]["Id"] == data
    back = f"create-route --route-table-id {ec2.table(data)} --destination-cidr-block 10.1.0.0/16"
    ec2(f"{back} --vpc-peering-connection-id {peering}")
    assert ec2.analysis(one, two, 5432)["NetworkPathFound"] is True
    [reference] = ec2(f"describe-security-group-references --group-id {groups[0]}", "SecurityGroupReferenceSet")
    assert (reference["ReferencingVpcId"], reference["VpcPeeringConnectionId"]) == (data, peering)
    ec2(f"delete-vpc-peering-connection --vpc-peering-connection-id {peering}")
    [route_left] = ec2(f"describe-route-tables --route-table-ids {table}", "RouteTables[0].Routes[?State==`blackhole`]")
    assert route_left["VpcPeeringConnectionId"] == peering
    [stale] = ec2(f"describe-stale-security-groups --vpc-id {data}", "StaleSecurityGroupSet")
    assert stale["GroupId"] == groups[1]


def test_peering_across_accounts_and_regions(ec2: Shell) -> None:
    mine = ec2.vpc("10.1.0.0/16")
    them = ec2.aws.with_env(AWS_ACCESS_KEY_ID="210987654321", AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="eu-west-1")
    theirs = them("ec2 create-vpc --cidr-block 10.2.0.0/16 --query Vpc.VpcId").json
    where = f"--peer-vpc-id {theirs} --peer-owner-id 210987654321 --peer-region eu-west-1"
    made = ec2(f"create-vpc-peering-connection --vpc-id {mine} {where}", "VpcPeeringConnection")
    accept = f"ec2 accept-vpc-peering-connection --vpc-peering-connection-id {made['VpcPeeringConnectionId']}"
    ec2.aws.refused(accept, "OperationNotPermitted")
    them(accept)
    [seen] = ec2("describe-vpc-peering-connections", "VpcPeeringConnections")
    assert seen["Status"] == {"Code": "active", "Message": "Active"}
    assert (seen["AccepterVpcInfo"]["Region"], seen["AccepterVpcInfo"]["CidrBlock"]) == ("eu-west-1", "10.2.0.0/16")


def test_a_launch_template_with_three_versions(ec2: Shell, image: str) -> None:
    first = json.dumps({"ImageId": image, "InstanceType": "t3.micro", "UserData": "aGVsbG8="})
    key = ec2(
        f"create-launch-template --launch-template-name web --launch-template-data '{first}'",
        "LaunchTemplate.LaunchTemplateId",
    )
    for kind in ("t3.small", "t3.medium"):
        data = json.dumps({"InstanceType": kind})
        more = f"create-launch-template-version --launch-template-id {key} --source-version 1"
        ec2(f"{more} --launch-template-data '{data}'")
    ec2("modify-launch-template --launch-template-name web --default-version 2")
    types = {}
    for version in ("1", "$Default", "$Latest", ""):
        template = "LaunchTemplateName=web" + (f",Version={version}" if version else "")
        types[version] = ec2(f"run-instances --launch-template {template}", "Instances[0].InstanceType")
    assert types == {"1": "t3.micro", "$Default": "t3.small", "$Latest": "t3.medium", "": "t3.small"}
    override = ec2("run-instances --launch-template LaunchTemplateName=web --instance-type t3.nano", "Instances[0]")
    assert (override["InstanceType"], override["ImageId"]) == ("t3.nano", image)
    attribute = f"describe-instance-attribute --instance-id {override['InstanceId']} --attribute userData"
    assert ec2(attribute, "UserData.Value") == "aGVsbG8="
    shown = ec2("describe-launch-template-versions --launch-template-name web", "LaunchTemplateVersions[]")
    assert [(v["VersionNumber"], v["DefaultVersion"]) for v in shown] == [(3, False), (2, True), (1, False)]
    gone = ec2(f"delete-launch-template-versions --launch-template-id {key} --versions 1 2")
    assert [v["VersionNumber"] for v in gone["SuccessfullyDeletedLaunchTemplateVersions"]] == [1]
    assert [v["VersionNumber"] for v in gone["UnsuccessfullyDeletedLaunchTemplateVersions"]] == [2]


def test_an_image_of_an_instance_is_copied_to_another_region(ec2: Shell, instance: str) -> None:
    image = ec2(f"create-image --instance-id {instance} --name golden", "ImageId")
    [made] = ec2("describe-images --owners self", "Images")
    assert (made["ImageId"], made["State"], made["SourceInstanceId"]) == (image, "available", instance)
    copy = "copy-image --region eu-west-1 --source-region us-east-1 --name golden-eu"
    copied = ec2(f"{copy} --source-image-id {image}", "ImageId")
    [there] = ec2("describe-images --owners self --region eu-west-1", "Images")
    assert (there["ImageId"], there["SourceImageId"], there["SourceImageRegion"]) == (copied, image, "us-east-1")
    snapshot = there["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    assert ec2(f"describe-snapshots --region eu-west-1 --snapshot-ids {snapshot}", "Snapshots[0].State") == "completed"
    launch = f"run-instances --region eu-west-1 --instance-type t3.micro --image-id {copied}"
    assert ec2(launch, "Instances[0].ImageId") == copied
    ec2.aws.refused(f"ec2 delete-snapshot --region eu-west-1 --snapshot-id {snapshot}", "InvalidSnapshot.InUse")
    ec2(f"deregister-image --region eu-west-1 --image-id {copied}")
    ec2(f"delete-snapshot --region eu-west-1 --snapshot-id {snapshot}")


def test_a_volume_is_grown_snapshotted_and_restored(ec2: Shell, instance: str) -> None:
    zone = ec2(
        f"describe-instances --instance-ids {instance}", "Reservations[0].Instances[0].Placement.AvailabilityZone"
    )
    volume = ec2(f"create-volume --availability-zone {zone} --size 10 --volume-type gp2", "VolumeId")
    ec2(f"attach-volume --volume-id {volume} --instance-id {instance} --device /dev/sdf")
    ec2.aws.refused(f"ec2 delete-volume --volume-id {volume}", "VolumeInUse")
    change = ec2(f"modify-volume --volume-id {volume} --size 20 --volume-type gp3 --iops 4000", "VolumeModification")
    assert (change["OriginalSize"], change["TargetSize"], change["ModificationState"]) == (10, 20, "modifying")
    [done] = ec2(f"describe-volumes-modifications --volume-ids {volume}", "VolumesModifications")
    assert (done["ModificationState"], done["Progress"]) == ("completed", 100)
    snapshot = ec2(f"create-snapshot --volume-id {volume}", "SnapshotId")
    restored = ec2(f"create-volume --availability-zone {zone} --snapshot-id {snapshot}")
    assert (restored["Size"], restored["SnapshotId"]) == (20, snapshot)
    ec2(f"detach-volume --volume-id {volume}")
    ec2(f"delete-volume --volume-id {volume}")
    mapped = ec2(f"describe-instances --instance-ids {instance}", "Reservations[0].Instances[0].BlockDeviceMappings[]")
    assert len(mapped) == 1


def test_groups_that_refer_to_each_other_have_an_order_of_deletion(ec2: Shell) -> None:
    vpc = ec2.vpc("10.0.0.0/16")
    web, data = ec2.group(vpc, "web"), ec2.group(vpc, "data")
    allow = "authorize-security-group-ingress --protocol tcp --port 80"
    ec2(f"{allow} --group-id {web} --source-group {data}")
    ec2(f"{allow} --group-id {data} --source-group {web}")
    for group in (web, data):
        ec2.aws.refused(f"ec2 delete-security-group --group-id {group}", "DependencyViolation")
    ec2(f"revoke-security-group-ingress --group-id {web} --protocol tcp --port 80 --source-group {data}")
    ec2.aws.refused(f"ec2 delete-security-group --group-id {web}", "DependencyViolation")
    ec2(f"delete-security-group --group-id {data}")
    ec2(f"delete-security-group --group-id {web}")


def test_an_acl_that_blocks_is_found(ec2: Shell, image: str) -> None:
    vpc = ec2.vpc("10.0.0.0/16")
    one, two = ec2.subnet(vpc, "10.0.1.0/24"), ec2.subnet(vpc, "10.0.2.0/24")
    group = ec2.group(vpc, "all")
    ec2(f"authorize-security-group-ingress --group-id {group} --protocol -1 --cidr 10.0.0.0/16")
    source, target = ec2.launch(image, one, group), ec2.launch(image, two, group)
    assert ec2.analysis(source, target)["NetworkPathFound"] is True
    acl = ec2(f"describe-network-acls --filters Name=vpc-id,Values={vpc}", "NetworkAcls[0].NetworkAclId")
    rule = f"--network-acl-id {acl} --rule-number 50 --protocol tcp --cidr-block 10.0.1.0/24"
    ec2(f"create-network-acl-entry {rule} --ingress --port-range From=22,To=22 --rule-action deny")
    analysis = ec2.analysis(source, target)
    assert analysis["NetworkPathFound"] is False
    [blocked] = analysis["Explanations"]
    assert (blocked["ExplanationCode"], blocked["Direction"], blocked["Acl"]["Id"]) == (
        "SUBNET_ACL_RESTRICTION",
        "ingress",
        acl,
    )
    assert blocked["AclRule"]["RuleNumber"] == 50
    assert ec2.analysis(source, target, 80)["NetworkPathFound"] is True
    ec2(f"create-network-acl-entry {rule} --egress --port-range From=1024,To=65535 --rule-action deny")
    assert ec2.analysis(source, target, 80)["Explanations"][0]["Direction"] == "egress"


def test_a_transit_gateway_between_three_networks(ec2: Shell, image: str) -> None:
    hub = ec2("create-transit-gateway", "TransitGateway.TransitGatewayId")
    machines, attachments = [], []
    for number in (1, 2, 3):
        vpc = ec2.vpc(f"10.{number}.0.0/16")
        subnet = ec2.subnet(vpc, f"10.{number}.1.0/24")
        attach = (
            f"create-transit-gateway-vpc-attachment --transit-gateway-id {hub} --vpc-id {vpc} --subnet-ids {subnet}"
        )
        attachments.append(ec2(attach, "TransitGatewayVpcAttachment.TransitGatewayAttachmentId"))
        route = f"create-route --route-table-id {ec2.table(vpc)} --destination-cidr-block 10.0.0.0/8"
        ec2(f"{route} --transit-gateway-id {hub}")
        group = ec2.group(vpc, "all")
        ec2(f"authorize-security-group-ingress --group-id {group} --protocol -1 --cidr 10.0.0.0/8")
        machines.append(ec2.launch(image, subnet, group))
    tables = ec2("describe-transit-gateway-route-tables", "TransitGatewayRouteTables[].TransitGatewayRouteTableId")
    search = f"search-transit-gateway-routes --transit-gateway-route-table-id {tables[0]}"
    found = ec2(f"{search} --filters Name=type,Values=propagated", "Routes[].DestinationCidrBlock")
    assert found == ["10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"]
    analysis = ec2.analysis(machines[0], machines[2])
    assert analysis["NetworkPathFound"] is True
    assert _passed(analysis)[5:9] == ["tgw-attach", "tgw", "tgw-rtb", "tgw-attach"]
    static = f"create-transit-gateway-route --transit-gateway-route-table-id {tables[0]} --blackhole"
    ec2(f"{static} --destination-cidr-block 10.3.1.0/24")
    [blocked] = ec2.analysis(machines[0], machines[2])["Explanations"]
    assert blocked["TransitGatewayRouteTableRoute"]["State"] == "blackhole"
    ec2.aws.refused(f"ec2 delete-transit-gateway --transit-gateway-id {hub}", "IncorrectState")
    for key in attachments:
        ec2(f"delete-transit-gateway-vpc-attachment --transit-gateway-attachment-id {key}")
    assert ec2(f"delete-transit-gateway --transit-gateway-id {hub}", "TransitGateway.State") == "deleting"


def test_a_pool_hands_out_the_range_of_a_network(ec2: Shell) -> None:
    regions = "--operating-regions RegionName=us-east-1 RegionName=eu-west-1"
    scope = ec2(f"create-ipam {regions}", "Ipam.PrivateDefaultScopeId")
    create = f"create-ipam-pool --ipam-scope-id {scope} --address-family ipv4"
    top = ec2(create, "IpamPool.IpamPoolId")
    ec2(f"provision-ipam-pool-cidr --ipam-pool-id {top} --cidr 10.0.0.0/8")
    pool = ec2(f"{create} --source-ipam-pool-id {top} --locale us-east-1", "IpamPool.IpamPoolId")
    given = ec2(f"provision-ipam-pool-cidr --ipam-pool-id {pool} --netmask-length 12", "IpamPoolCidr")
    assert (given["Cidr"], given["State"]) == ("10.0.0.0/12", "pending-provision")
    make = f"create-vpc --ipv4-ipam-pool-id {pool} --ipv4-netmask-length 16"
    vpcs = [ec2(make, "Vpc.[VpcId,CidrBlock]") for _ in range(2)]
    assert [cidr for _, cidr in vpcs] == ["10.0.0.0/16", "10.1.0.0/16"]
    allocations = ec2(f"get-ipam-pool-allocations --ipam-pool-id {pool}", "IpamPoolAllocations[].ResourceId")
    assert set(allocations) == {key for key, _ in vpcs}
    managed = ec2(
        f"get-ipam-resource-cidrs --ipam-scope-id {scope}", "IpamResourceCidrs[?ManagementState==`managed`].ResourceId"
    )
    assert set(managed) == set(allocations)
    ec2.aws.refused(f"ec2 delete-ipam-pool --ipam-pool-id {pool}", "DependencyViolation")
    ec2(f"delete-vpc --vpc-id {vpcs[0][0]}")
    assert ec2(make, "Vpc.CidrBlock") == "10.0.0.0/16"


def test_protection_keeps_an_instance(ec2: Shell, instance: str) -> None:
    modify = f"modify-instance-attribute --instance-id {instance}"
    ec2(f"{modify} --disable-api-termination")
    ec2(f"{modify} --disable-api-stop")
    ec2.aws.refused(f"ec2 terminate-instances --instance-ids {instance}", "OperationNotPermitted")
    ec2.aws.refused(f"ec2 stop-instances --instance-ids {instance}", "OperationNotPermitted")
    ec2(f"{modify} --no-disable-api-termination")
    ec2(f"terminate-instances --instance-ids {instance}")


def test_a_network_is_torn_down_from_the_inside_out(ec2: Shell, image: str) -> None:
    vpc = ec2.vpc("10.0.0.0/16")
    subnet = ec2.subnet(vpc, "10.0.1.0/24")
    gateway, group = ec2.gateway(vpc), ec2.group(vpc, "web")
    endpoint = ec2(
        f"create-vpc-endpoint --vpc-id {vpc} --service-name com.amazonaws.us-east-1.sqs --vpc-endpoint-type Interface"
        f" --subnet-ids {subnet} --security-group-ids {group}",
        "VpcEndpoint.VpcEndpointId",
    )
    machine = ec2.launch(image, subnet, group)
    interface = ec2(f"create-network-interface --subnet-id {subnet}", "NetworkInterface.NetworkInterfaceId")
    order = [
        f"terminate-instances --instance-ids {machine}",
        f"delete-vpc-endpoints --vpc-endpoint-ids {endpoint}",
        f"delete-network-interface --network-interface-id {interface}",
        f"delete-subnet --subnet-id {subnet}",
        f"delete-security-group --group-id {group}",
        f"detach-internet-gateway --internet-gateway-id {gateway} --vpc-id {vpc}",
        f"delete-internet-gateway --internet-gateway-id {gateway}",
    ]
    for step in order[:6]:
        ec2.aws.refused(f"ec2 delete-vpc --vpc-id {vpc}", "DependencyViolation")
        ec2(step)
    ec2(order[6])
    ec2(f"delete-vpc --vpc-id {vpc}")
