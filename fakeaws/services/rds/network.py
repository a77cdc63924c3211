"""Where databases stand: subnet groups over EC2's subnets, and security groups."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]


def create_db_subnet_group(call: Call) -> Document:
    if call["DBSubnetGroupName"].lower() == "default":
        raise AwsError("InvalidParameterValue", "DB subnet group name default is reserved")
    call.params["DBSubnetGroupName"] = call["DBSubnetGroupName"].lower()
    call.params |= _covered(call, call["SubnetIds"])
    return call.declared()


def modify_db_subnet_group(call: Call) -> Document:
    group = call.read("DBSubnetGroup", call["DBSubnetGroupName"].lower())
    group.update(_covered(call, call["SubnetIds"]))
    if "DBSubnetGroupDescription" in call:
        group["DBSubnetGroupDescription"] = call["DBSubnetGroupDescription"]
    return {"DBSubnetGroup": call.keep("DBSubnetGroup", group)}


def _covered(call: Call, ids: list[str]) -> Document:
    """The VPC and the subnets of a group, which have to be of two zones at least."""
    try:
        found = call.perform("ec2", "DescribeSubnets", {"SubnetIds": ids})["Subnets"]
    except AwsError as error:
        raise AwsError("InvalidSubnet", error.message) from error
    zones = sorted({subnet["AvailabilityZone"] for subnet in found})
    if len(zones) < 2:
        raise AwsError(
            "DBSubnetGroupDoesNotCoverEnoughAZs",
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. "
            f"Current AZ coverage: {', '.join(zones)}. Add subnets to cover at least 2 AZs.",
        )
    if len({subnet["VpcId"] for subnet in found}) > 1:
        raise AwsError("InvalidParameterValue", "The subnets of a DB subnet group must be in one VPC")
    return {"VpcId": found[0]["VpcId"], "Subnets": [_subnet(one) for one in found], "SupportedNetworkTypes": ["IPV4"]}


def _subnet(found: Document) -> Document:
    return {
        "SubnetIdentifier": found["SubnetId"],
        "SubnetAvailabilityZone": {"Name": found["AvailabilityZone"]},
        "SubnetOutpost": {},
        "SubnetStatus": "Active",
    }


def subnet_group(call: Call, name: str | None) -> Document:
    """A subnet group as instances show it: the one that is named, else that of the default VPC."""
    if name is not None and name != "default":
        return {**call.read("DBSubnetGroup", name.lower())}
    params = {"Filters": [{"Name": "default-for-az", "Values": ["true"]}]}
    found = call.perform("ec2", "DescribeSubnets", params)["Subnets"]
    if not found:
        raise AwsError("DBSubnetGroupNotFoundFault", "DB subnet group 'default' does not exist.")
    return {
        "DBSubnetGroupName": "default",
        "DBSubnetGroupDescription": "default",
        "VpcId": found[0]["VpcId"],
        "SubnetGroupStatus": "Complete",
        "Subnets": [_subnet(one) for one in found],
    }


def security_groups(call: Call, ids: list[str] | None, vpc: str) -> list[Document]:
    """The VPC's security groups that are named, else its default one, as instances show them."""
    if not ids:
        params = {"Filters": [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]}
        ids = [one["GroupId"] for one in call.perform("ec2", "DescribeSecurityGroups", params)["SecurityGroups"]]
    else:
        _check_groups(call, ids, vpc)
    return [{"VpcSecurityGroupId": one, "Status": "active"} for one in ids]


def _check_groups(call: Call, ids: list[str], vpc: str) -> None:
    try:
        found = call.perform("ec2", "DescribeSecurityGroups", {"GroupIds": ids})["SecurityGroups"]
    except AwsError as error:
        raise AwsError("InvalidParameterValue", f"Invalid security group , groupId= {ids[0]}, groupName=.") from error
    strange = [one for one in found if one["VpcId"] != vpc]
    if strange:
        raise AwsError(
            "InvalidVPCNetworkStateFault",
            "The DB instance and EC2 security group are in different VPCs. "
            f"The DB instance is in {vpc} and the EC2 security group is in {strange[0]['VpcId']}",
        )
