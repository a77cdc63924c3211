"""Load balancers: where they stand, and what is set of them."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import declared, kinds
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]
KINDS = {"application": "app", "network": "net", "gateway": "gwy"}
USUAL = {
    "application": {
        "access_logs.s3.enabled": "false",
        "access_logs.s3.bucket": "",
        "access_logs.s3.prefix": "",
        "idle_timeout.timeout_seconds": "60",
        "deletion_protection.enabled": "false",
        "routing.http2.enabled": "true",
        "routing.http.drop_invalid_header_fields.enabled": "false",
        "routing.http.xff_client_port.enabled": "false",
        "routing.http.preserve_host_header.enabled": "false",
        "routing.http.xff_header_processing.mode": "append",
        "load_balancing.cross_zone.enabled": "true",
        "routing.http.desync_mitigation_mode": "defensive",
        "client_keep_alive.seconds": "3600",
        "waf.fail_open.enabled": "false",
        "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
        "zonal_shift.config.enabled": "false",
        "connection_logs.s3.enabled": "false",
        "connection_logs.s3.bucket": "",
        "connection_logs.s3.prefix": "",
    },
    "network": {
        "access_logs.s3.enabled": "false",
        "access_logs.s3.bucket": "",
        "access_logs.s3.prefix": "",
        "deletion_protection.enabled": "false",
        "load_balancing.cross_zone.enabled": "false",
        "dns_record.client_routing_policy": "any_availability_zone",
        "zonal_shift.config.enabled": "false",
    },
    "gateway": {"deletion_protection.enabled": "false", "load_balancing.cross_zone.enabled": "false"},
}
"""The attributes of balancers, and how they are set before anybody changes them."""


def balancer_of(call: Call, arn: str | None = None) -> Resource:
    return call.read("LoadBalancer", arn if arn is not None else call["LoadBalancerArn"])


def create_load_balancer(call: Call) -> Document:
    """One of application kind stands in two zones at least."""
    name, kind = call["Name"], call.get("Type", "application")
    for row in call.list("LoadBalancer", LoadBalancerName=name):
        text = f"A load balancer with the same name '{row['LoadBalancerName']}' exists, but with different settings"
        raise AwsError("DuplicateLoadBalancerName", text)
    zones, vpc = _zones(call, kind)
    scheme = call.get("Scheme", "internet-facing")
    inner = "internal-" if scheme == "internal" else ""
    host = "elb.{region}" if kind == "network" else "{region}.elb"
    arn = "arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/{short}/{name}/{hex16}"
    made = {
        "LoadBalancerArn": call.make(arn, short=KINDS[kind], name=name),
        "LoadBalancerName": name,
        "DNSName": call.make(inner + "{name}-{digits10}." + host + ".amazonaws.com", name=name),
        "CanonicalHostedZoneId": "Z26RNL4JYFTOTI" if kind == "network" else "Z35SXDOTRQ7X7K",
        "Scheme": scheme,
        "VpcId": vpc,
        "Type": kind,
        "AvailabilityZones": zones,
        "IpAddressType": call.get("IpAddressType", "ipv4"),
        "_tags": call.get("Tags", []),
        "attributes": dict(USUAL[kind]),
    }
    if kind == "application" or "SecurityGroups" in call:
        made["SecurityGroups"] = _groups(call, call.get("SecurityGroups"), vpc)
    return {"LoadBalancers": [declared.make(call, kinds.kind("elbv2", "LoadBalancer"), made, "", {"verb": "put"})]}


def _zones(call: Call, kind: str) -> tuple[list[Document], str]:
    ids = call.get("Subnets") or [one.get("SubnetId", "") for one in call.get("SubnetMappings", ())]
    if not ids:
        raise AwsError("ValidationError", "You must specify either subnets or subnet mappings")
    try:
        found = call.perform("ec2", "DescribeSubnets", {"SubnetIds": ids})["Subnets"]
    except AwsError as error:
        raise AwsError("SubnetNotFound", error.message) from error
    if kind == "application" and len({one["AvailabilityZone"] for one in found}) < 2:
        text = "At least two subnets in two different Availability Zones must be specified"
        raise AwsError("ValidationError", text)
    if len({one["VpcId"] for one in found}) > 1:
        raise AwsError("InvalidConfigurationRequest", "The subnets must be in the same VPC")
    rows = [{"ZoneName": one["AvailabilityZone"], "SubnetId": one["SubnetId"]} for one in found]
    return [{**row, "LoadBalancerAddresses": []} for row in rows], found[0]["VpcId"]


def _groups(call: Call, ids: list[str] | None, vpc: str) -> list[str]:
    """The security groups that are named, else the VPC's default one."""
    if not ids:
        params = {"Filters": [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]}
        return [one["GroupId"] for one in call.perform("ec2", "DescribeSecurityGroups", params)["SecurityGroups"]]
    try:
        call.perform("ec2", "DescribeSecurityGroups", {"GroupIds": ids})
    except AwsError as error:
        raise AwsError("InvalidConfigurationRequest", f"One or more security groups are invalid: {ids}") from error
    return ids


def set_security_groups(call: Call) -> Document:
    row = balancer_of(call)
    row["SecurityGroups"] = _groups(call, call["SecurityGroups"], row["VpcId"])
    return {"SecurityGroupIds": call.keep("LoadBalancer", row)["SecurityGroups"]}


def set_subnets(call: Call) -> Document:
    row = balancer_of(call)
    row["AvailabilityZones"], _ = _zones(call, row["Type"])
    call.keep("LoadBalancer", row)
    return {"AvailabilityZones": row["AvailabilityZones"], "IpAddressType": row["IpAddressType"]}


def set_ip_address_type(call: Call) -> Document:
    row = balancer_of(call)
    row["IpAddressType"] = call["IpAddressType"]
    call.keep("LoadBalancer", row)
    return {"IpAddressType": row["IpAddressType"]}


def describe_load_balancer_attributes(call: Call) -> Document:
    return {"Attributes": listed(balancer_of(call)["attributes"])}


def modify_load_balancer_attributes(call: Call) -> Document:
    row = balancer_of(call)
    row["attributes"] = changed(row["attributes"], call["Attributes"])
    return {"Attributes": listed(call.keep("LoadBalancer", row)["attributes"])}


def listed(attributes: dict[str, str]) -> list[Document]:
    """Attributes as they are shown."""
    return [{"Key": key, "Value": value} for key, value in attributes.items()]


def changed(held: dict[str, str], given: list[Document]) -> dict[str, str]:
    """Attributes after some were set; ValidationError for keys that there are not."""
    for one in given:
        if one.get("Key") not in held:
            raise AwsError("ValidationError", f"Load balancer attribute key '{one.get('Key')}' is not recognized")
    return {**held, **{one["Key"]: one.get("Value", "") for one in given}}


def delete_load_balancer(call: Call) -> Document:
    """With its listeners and rules; one that is not there is no error."""
    row = call.find("LoadBalancer", call["LoadBalancerArn"])
    if row is None:
        return {}
    if row["attributes"]["deletion_protection.enabled"] == "true":
        text = f"Load balancer '{row.key}' cannot be deleted because deletion protection is enabled"
        raise AwsError("OperationNotPermitted", text)
    for listener in list(call.list("Listener")):
        if listener["LoadBalancerArn"] == row.key:
            call.perform("elbv2", "DeleteListener", {"ListenerArn": listener.key})
    call.drop("LoadBalancer", row)
    return {}
