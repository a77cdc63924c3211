"""VPC endpoints: routes to S3 and DynamoDB, interfaces for other services, and the list of services."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds
from fakeaws.core.resources.states import begin
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.compute import interfaces
from fakeaws.services.ec2.compute.network_interfaces import groups_of
from fakeaws.services.ec2.connectivity import endpoint_services
from fakeaws.services.ec2.network import prefix_lists
from fakeaws.services.ec2.regions import zones_of
from fakeaws.services.ec2.resources import check_id, listed, matched, new_id, read, tags_for

Document = dict[str, Any]
GATEWAYS = ("dynamodb", "s3")
INTERFACES = [
    "access-analyzer",
    "acm-pca",
    "airflow.api",
    "airflow.env",
    "application-autoscaling",
    "appmesh-envoy-management",
    "apprunner",
    "athena",
    "autoscaling",
    "autoscaling-plans",
    "backup",
    "batch",
    "bedrock",
    "bedrock-runtime",
    "cloudformation",
    "cloudhsmv2",
    "cloudtrail",
    "codeartifact.api",
    "codeartifact.repositories",
    "codebuild",
    "codecommit",
    "codedeploy",
    "codepipeline",
    "config",
    "databrew",
    "dataexchange",
    "datasync",
    "dms",
    "dynamodb",
    "ebs",
    "ec2",
    "ec2messages",
    "ecr.api",
    "ecr.dkr",
    "ecs",
    "ecs-agent",
    "ecs-telemetry",
    "eks",
    "eks-auth",
    "elasticache",
    "elasticbeanstalk",
    "elasticfilesystem",
    "elasticloadbalancing",
    "elasticmapreduce",
    "email-smtp",
    "emr-containers",
    "events",
    "execute-api",
    "fis",
    "fsx",
    "git-codecommit",
    "glue",
    "grafana",
    "guardduty-data",
    "iam",
    "imagebuilder",
    "inspector2",
    "iot.data",
    "kafka",
    "kendra",
    "kinesis-firehose",
    "kinesis-streams",
    "kms",
    "lakeformation",
    "lambda",
    "license-manager",
    "logs",
    "macie2",
    "memory-db",
    "monitoring",
    "mgn",
    "notebook",
    "organizations",
    "pinpoint",
    "polly",
    "ram",
    "rds",
    "rds-data",
    "redshift",
    "redshift-data",
    "rekognition",
    "rolesanywhere",
    "s3",
    "sagemaker.api",
    "sagemaker.runtime",
    "secretsmanager",
    "securityhub",
    "servicecatalog",
    "servicediscovery",
    "sns",
    "sqs",
    "ssm",
    "ssm-contacts",
    "ssmmessages",
    "states",
    "storagegateway",
    "sts",
    "swf",
    "synthetics",
    "textract",
    "transcribe",
    "transfer",
    "translate",
    "verifiedpermissions",
    "wafv2",
    "workspaces",
    "xray",
]
EVERYTHING = json.dumps(
    {"Version": "2008-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}
)
DETAIL = kinds.Kind(
    "ec2", "ServiceDetail", {"shape": "ServiceDetail", "filters": {"service-type": "ServiceType.ServiceType"}}
)


def services(call: Call) -> list[Document]:
    """The services of the region, AWS's and those of the account's endpoint services, as described."""
    rows = [_aws_service(call, name, "Gateway") for name in GATEWAYS]
    rows += [_aws_service(call, name, "Interface") for name in INTERFACES]
    rows += [_offered_service(own) for own in endpoint_services.offered(call)]
    return sorted(rows, key=lambda row: (row["ServiceName"], row["ServiceType"][0]["ServiceType"]))


def _offered_service(own: Document) -> Document:
    shared = ("ServiceName", "ServiceId", "ServiceType", "AvailabilityZones", "BaseEndpointDnsNames", "PrivateDnsName")
    shown = {name: own[name] for name in (*shared, "AcceptanceRequired", "SupportedIpAddressTypes") if name in own}
    if "PrivateDnsNameConfiguration" in own:
        shown["PrivateDnsNameVerificationState"] = own["PrivateDnsNameConfiguration"]["State"]
    return {
        **shown,
        "Owner": own["owner"],
        "VpcEndpointPolicySupported": False,
        "ManagesVpcEndpoints": False,
        "Tags": own["Tags"],
    }


def _aws_service(call: Call, name: str, kind: str) -> Document:
    full = f"com.amazonaws.{call.region}.{name}"
    drawn = hashlib.sha256(f"{full}/{kind}".encode()).hexdigest()[:17]
    host = f"{'.'.join(reversed(name.split('.')))}.{call.region}.amazonaws.com"
    found: Document = {
        "ServiceName": full,
        "ServiceId": f"vpce-svc-{drawn}",
        "ServiceType": [{"ServiceType": kind}],
        "ServiceRegion": call.region,
        "AvailabilityZones": [zone["ZoneName"] for zone in zones_of(call.region)],
        "AvailabilityZoneIds": [zone["ZoneId"] for zone in zones_of(call.region)],
        "Owner": "amazon",
        "BaseEndpointDnsNames": [f"{name}.{call.region}.vpce.amazonaws.com" if kind == "Interface" else host],
        "VpcEndpointPolicySupported": True,
        "AcceptanceRequired": False,
        "ManagesVpcEndpoints": False,
        "Tags": [],
        "SupportedIpAddressTypes": ["ipv4"],
    }
    if kind == "Interface":
        found |= {"PrivateDnsName": host, "PrivateDnsNames": [{"PrivateDnsName": host}]}
        found["PrivateDnsNameVerificationState"] = "verified"
    return found


def describe_vpc_endpoint_services(call: Call) -> Document:
    rows = services(call)
    names = call.get("ServiceNames")
    for name in names or ():
        if all(row["ServiceName"] != name for row in rows):
            raise AwsError("InvalidServiceName", f"The Vpc Endpoint Service '{name}' does not exist")
    rows = matched(call, DETAIL, [row for row in rows if not names or row["ServiceName"] in names])
    return {"ServiceNames": sorted({row["ServiceName"] for row in rows}), "ServiceDetails": rows}


def create_vpc_endpoint(call: Call) -> Document:
    """A gateway puts a route into route tables, an interface has an address in subnets."""
    vpc = read(call, "Vpc", call["VpcId"])
    kind = call.get("VpcEndpointType", "Gateway")
    service = _service(call, kind)
    endpoint = {
        "VpcEndpointId": new_id(call, "VpcEndpoint"),
        "VpcEndpointType": kind,
        "VpcId": vpc.key,
        "ServiceName": service["ServiceName"],
        "ServiceRegion": call.region,
        "PolicyDocument": _policy(call.get("PolicyDocument", EVERYTHING)),
        "RouteTableIds": [],
        "SubnetIds": [],
        "Groups": [],
        "PrivateDnsEnabled": False,
        "RequesterManaged": False,
        "NetworkInterfaceIds": [],
        "DnsEntries": [],
        "CreationTimestamp": call.now,
        "Tags": tags_for(call, "vpc-endpoint"),
        "OwnerId": call.account,
    }
    if kind == "Gateway":
        _make_gateway(call, endpoint)
    else:
        _make_interface(call, endpoint, vpc, service)
    if service["Owner"] != "amazon":
        endpoint_services.connect(call, endpoint, service)
    return {"VpcEndpoint": call.keep("VpcEndpoint", endpoint), "ClientToken": call.get("ClientToken")}


def _service(call: Call, kind: str) -> Document:
    name = call.get("ServiceName")
    if name is None:
        raise AwsError("MissingParameter", "The request must contain the parameter serviceName")
    found = [row for row in services(call) if row["ServiceName"] == name]
    if not found:
        raise AwsError("InvalidServiceName", f"The Vpc Endpoint Service '{name}' does not exist")
    fitting = [row for row in found if row["ServiceType"][0]["ServiceType"] == kind]
    if not fitting:
        kinds = found[0]["ServiceType"][0]["ServiceType"]
        raise AwsError(
            "InvalidParameter", f"The Vpc Endpoint type ({kind}) does not match the service type ({kinds}) of {name}"
        )
    return fitting[0]


def _policy(text: str) -> str:
    try:
        json.loads(text)
    except ValueError as error:
        raise AwsError("InvalidPolicyDocument", "The policy document is not valid JSON.") from error
    return text


def _make_gateway(call: Call, endpoint: Document) -> None:
    if "SubnetIds" in call or "SecurityGroupIds" in call:
        raise AwsError("InvalidParameter", "Endpoint type (Gateway) does not support subnets or security groups.")
    endpoint["State"] = "available"
    for key in call.get("RouteTableIds", ()):
        _add_route(call, endpoint, key)


def _add_route(call: Call, endpoint: Document, key: str) -> None:
    table = read(call, "RouteTable", key)
    if table["VpcId"] != endpoint["VpcId"]:
        raise AwsError("InvalidParameter", f"Route table {key} does not belong to the VPC {endpoint['VpcId']}")
    destination = _prefix_list(call, endpoint)
    if any(route.get("DestinationPrefixListId") == destination for route in table["Routes"]):
        raise AwsError(
            "RouteAlreadyExists", f"route table {key} already has a route with destination-prefix-list-id {destination}"
        )
    route = {"DestinationPrefixListId": destination, "GatewayId": endpoint["VpcEndpointId"]}
    table["Routes"].append({**route, "Origin": "CreateRoute", "State": "active"})
    call.keep("RouteTable", table)
    endpoint["RouteTableIds"].append(key)


def _prefix_list(call: Call, endpoint: Document) -> str:
    rows = prefix_lists.of_aws(call)
    return str(next(row["PrefixListId"] for row in rows if row["PrefixListName"] == endpoint["ServiceName"]))


def _remove_route(call: Call, endpoint: Document, key: str) -> None:
    if key not in endpoint["RouteTableIds"]:
        raise AwsError("InvalidParameter", f"Route table {key} is not associated with {endpoint['VpcEndpointId']}")
    table = call.find("RouteTable", key)
    if table is not None:
        gone = endpoint["VpcEndpointId"]
        table["Routes"] = [route for route in table["Routes"] if route.get("GatewayId") != gone]
        call.keep("RouteTable", table)
    endpoint["RouteTableIds"].remove(key)


def _make_interface(call: Call, endpoint: Document, vpc: Resource, service: Document) -> None:
    if "RouteTableIds" in call:
        raise AwsError("InvalidParameter", "Endpoint type (Interface) does not support route tables.")
    if endpoint["VpcEndpointType"] == "GatewayLoadBalancer" and len(call.get("SubnetIds", ())) != 1:
        raise AwsError("InvalidParameter", "Exactly one subnet must be specified for a Gateway Load Balancer endpoint.")
    is_usable = service.get("PrivateDnsNameVerificationState") == "verified"
    if call.get("PrivateDnsEnabled") and not is_usable:
        raise AwsError(
            "InvalidParameter",
            f"Private DNS can't be enabled because the service {service['ServiceName']} does not"
            " provide a private DNS name.",
        )
    private = call.get("PrivateDnsEnabled", is_usable)
    if private and not (vpc.get("dns_support") and vpc.get("dns_hostnames")):
        if "PrivateDnsEnabled" in call:
            raise AwsError(
                "InvalidParameter",
                "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true"
                f" for {vpc.key}",
            )
        private = False
    endpoint |= {"PrivateDnsEnabled": private, "IpAddressType": call.get("IpAddressType", "ipv4")}
    endpoint["DnsOptions"] = {"DnsRecordIpType": "ipv4", **call.get("DnsOptions", {})}
    for key in call.get("SubnetIds", ()):
        _add_subnet(call, endpoint, key, call.get("SecurityGroupIds", []))
    if endpoint["VpcEndpointType"] == "Interface":
        endpoint["DnsEntries"] = _dns(call, endpoint, service)
    begin(kinds.kind("ec2", "VpcEndpoint"), endpoint, "create", call.now)


def _dns(call: Call, endpoint: Document, service: Document) -> list[Document]:
    base = service["BaseEndpointDnsNames"][0] if service["BaseEndpointDnsNames"] else ""
    name = f"{endpoint['VpcEndpointId']}-{call.make('{alnum8}')}"
    rows = [{"DnsName": f"{name}.{base}", "HostedZoneId": "Z7HUB22UULQXV"}]
    if endpoint["PrivateDnsEnabled"]:
        rows.append({"DnsName": service["PrivateDnsName"], "HostedZoneId": call.make("Z{upper20}")})
    return rows


def _add_subnet(call: Call, endpoint: Document, key: str, groups: list[str]) -> None:
    subnet = read(call, "Subnet", key)
    if subnet["VpcId"] != endpoint["VpcId"]:
        raise AwsError("InvalidParameter", f"Subnet {key} does not belong to the VPC {endpoint['VpcId']}")
    zones = [call.read("Subnet", other)["AvailabilityZone"] for other in endpoint["SubnetIds"]]
    if subnet["AvailabilityZone"] in zones:
        raise AwsError("DuplicateSubnetsInSameZone", "Found another VPC endpoint subnet in the availability zone.")
    if endpoint["VpcEndpointType"] == "Interface":
        endpoint["Groups"] = endpoint["Groups"] or groups_of(call, subnet, groups)
    wanted = {"Description": f"VPC Endpoint Interface {endpoint['VpcEndpointId']}"}
    interface = interfaces.create(call, subnet, endpoint["Groups"], wanted, [])
    kind = "vpc_endpoint" if endpoint["VpcEndpointType"] == "Interface" else "gateway_load_balancer_endpoint"
    interface |= {"InterfaceType": kind, "RequesterManaged": True, "Status": "in-use"}
    interface["RequesterId"] = call.account
    call.keep("NetworkInterface", interface)
    endpoint["SubnetIds"].append(key)
    endpoint["NetworkInterfaceIds"].append(interface["NetworkInterfaceId"])


def _remove_subnet(call: Call, endpoint: Document, key: str) -> None:
    for interface in [call.find("NetworkInterface", one) for one in endpoint["NetworkInterfaceIds"]]:
        if interface is not None and interface["SubnetId"] == key:
            interfaces.release(call, interface.key)
            endpoint["NetworkInterfaceIds"].remove(interface.key)
            endpoint["SubnetIds"].remove(key)
            return
    raise AwsError("InvalidParameter", f"Subnet {key} is not associated with {endpoint['VpcEndpointId']}")


def describe_vpc_endpoints(call: Call) -> Document:
    return listed(call, "VpcEndpoint", "VpcEndpointIds", "VpcEndpoints")


def modify_vpc_endpoint(call: Call) -> Document:
    endpoint = read(call, "VpcEndpoint", call["VpcEndpointId"])
    if call.get("ResetPolicy"):
        endpoint["PolicyDocument"] = EVERYTHING
    if "PolicyDocument" in call:
        endpoint["PolicyDocument"] = _policy(call["PolicyDocument"])
    for key in call.get("AddRouteTableIds", ()):
        _add_route(call, endpoint, key)
    for key in call.get("RemoveRouteTableIds", ()):
        _remove_route(call, endpoint, key)
    _change_groups(call, endpoint)
    for key in call.get("AddSubnetIds", ()):
        _add_subnet(call, endpoint, key, [group["GroupId"] for group in endpoint["Groups"]])
    for key in call.get("RemoveSubnetIds", ()):
        _remove_subnet(call, endpoint, key)
    for name in ("PrivateDnsEnabled", "IpAddressType"):
        endpoint |= {name: call[name]} if name in call else {}
    call.keep("VpcEndpoint", endpoint)
    return {"Return": True}


def _change_groups(call: Call, endpoint: Resource) -> None:
    held = {group["GroupId"]: group for group in endpoint["Groups"]}
    for key in call.get("AddSecurityGroupIds", ()):
        group = read(call, "SecurityGroup", key)
        held[key] = {"GroupId": key, "GroupName": group["GroupName"]}
    for key in call.get("RemoveSecurityGroupIds", ()):
        held.pop(key, None)
    if list(held.values()) == endpoint["Groups"]:
        return
    endpoint["Groups"] = list(held.values())
    for key in endpoint["NetworkInterfaceIds"]:
        interface = call.read("NetworkInterface", key)
        interface["Groups"] = endpoint["Groups"]
        call.keep("NetworkInterface", interface)


def delete_vpc_endpoints(call: Call) -> Document:
    """Those that do not exist are listed apart; the others go, with their routes and interfaces."""
    failed = []
    for key in call["VpcEndpointIds"]:
        check_id(call, "VpcEndpoint", key)
        endpoint = call.find("VpcEndpoint", key)
        if endpoint is None:
            text = f"The Vpc Endpoint Id '{key}' does not exist"
            failed.append({"Error": {"Code": "InvalidVpcEndpoint.NotFound", "Message": text}, "ResourceId": key})
            continue
        for table in list(endpoint["RouteTableIds"]):
            _remove_route(call, endpoint, table)
        for interface in endpoint["NetworkInterfaceIds"]:
            interfaces.release(call, interface)
        endpoint_services.disconnect(call, endpoint)
        call.drop("VpcEndpoint", endpoint)
    return {"Unsuccessful": failed}
