"""EC2 Instance Connect endpoints: a way to instances without public addresses, through an interface in a subnet."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds
from fakeaws.core.resources.naming import arn_for
from fakeaws.core.resources.states import begin
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.compute import interfaces
from fakeaws.services.ec2.compute.network_interfaces import groups_of
from fakeaws.services.ec2.resources import listed, new_id, read, tags_for

Document = dict[str, Any]
KIND = "InstanceConnectEndpoint"
LIMIT = 5


def create_instance_connect_endpoint(call: Call) -> Document:
    """One a VPC, five a region."""
    subnet = read(call, "Subnet", call["SubnetId"])
    held = list(call.list(KIND))
    if any(other["VpcId"] == subnet["VpcId"] for other in held):
        raise AwsError(
            "VpcConnectEndpointLimitExceeded",
            f"The maximum number of Instance Connect Endpoints for VPC {subnet['VpcId']} has been reached.",
        )
    if len(held) >= LIMIT:
        raise AwsError("ConnectEndpointLimitExceeded", "The maximum number of endpoints has been reached.")
    key = new_id(call, KIND)
    groups = groups_of(call, subnet, call.get("SecurityGroupIds", []))
    wanted = {"Description": f"EC2 Instance Connect Endpoint {key}"}
    interface = interfaces.create(call, subnet, groups, wanted, []) | {"RequesterManaged": True}
    interface["InterfaceType"] = "ec2_instance_connect_endpoint"
    call.keep("NetworkInterface", interface)
    name = f"{key}.{call.make('{hex8}')}.ec2-instance-connect-endpoint.{call.region}.amazonaws.com"
    endpoint = {
        "OwnerId": call.account,
        "InstanceConnectEndpointId": key,
        "InstanceConnectEndpointArn": arn_for(call, "InstanceConnectEndpoint", InstanceConnectEndpointId=key),
        "StateMessage": "",
        "DnsName": name,
        "NetworkInterfaceIds": [interface["NetworkInterfaceId"]],
        "VpcId": subnet["VpcId"],
        "AvailabilityZone": subnet["AvailabilityZone"],
        "AvailabilityZoneId": subnet["AvailabilityZoneId"],
        "CreatedAt": call.now,
        "SubnetId": subnet.key,
        "PreserveClientIp": call.get("PreserveClientIp", False),
        "SecurityGroupIds": [group["GroupId"] for group in groups],
        "IpAddressType": call.get("IpAddressType", "ipv4"),
        "Tags": tags_for(call, "instance-connect-endpoint"),
    }
    begin(kinds.kind("ec2", KIND), endpoint, "create", call.now)
    return {"InstanceConnectEndpoint": call.keep(KIND, endpoint), "ClientToken": call.get("ClientToken")}


def describe_instance_connect_endpoints(call: Call) -> Document:
    return listed(call, KIND, "InstanceConnectEndpointIds", "InstanceConnectEndpoints")


def modify_instance_connect_endpoint(call: Call) -> Document:
    endpoint = read(call, KIND, call["InstanceConnectEndpointId"])
    endpoint |= {name: call[name] for name in ("PreserveClientIp", "IpAddressType") if name in call}
    if "SecurityGroupIds" in call:
        groups = groups_of(call, read(call, "Subnet", endpoint["SubnetId"]), call["SecurityGroupIds"])
        endpoint["SecurityGroupIds"] = [group["GroupId"] for group in groups]
        for key in endpoint["NetworkInterfaceIds"]:
            call.keep("NetworkInterface", call.read("NetworkInterface", key) | {"Groups": groups})
    call.keep(KIND, endpoint)
    return {"Return": True}


def delete_instance_connect_endpoint(call: Call) -> Document:
    """Its interface goes with it."""
    endpoint = read(call, KIND, call["InstanceConnectEndpointId"])
    for key in endpoint["NetworkInterfaceIds"]:
        interfaces.release(call, key)
    call.drop(KIND, endpoint)
    return {"InstanceConnectEndpoint": {**endpoint, "State": "delete-in-progress"}}
