"""VPC Block Public Access: whether internet gateways pass traffic at all, and for whom they do all the same."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds
from fakeaws.core.resources.states import begin
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import keep_setting, listed, new_id, read, setting, tags_for

Document = dict[str, Any]
KIND = "VpcBlockPublicAccessExclusion"
NAME = "block-public-access"
LEFT = {"allow-bidirectional": "off", "allow-egress": "block-ingress"}
"""What is still blocked of what is excluded."""


def describe_vpc_block_public_access_options(call: Call) -> Document:
    held = setting(call, NAME)
    options = {
        "AwsAccountId": call.account,
        "AwsRegion": call.region,
        "State": "update-complete" if "mode" in held else "default-state",
        "InternetGatewayBlockMode": held.get("mode", "off"),
        "ManagedBy": "account",
        "ExclusionsAllowed": "allowed",
        "LastUpdateTimestamp": held.get("at"),
    }
    return {"VpcBlockPublicAccessOptions": options}


def modify_vpc_block_public_access_options(call: Call) -> Document:
    keep_setting(call, NAME, mode=call["InternetGatewayBlockMode"], at=call.now)
    answer = describe_vpc_block_public_access_options(call)
    answer["VpcBlockPublicAccessOptions"]["State"] = "update-in-progress"
    return answer


def create_vpc_block_public_access_exclusion(call: Call) -> Document:
    """Of a VPC, or of a subnet."""
    given = [name for name in ("VpcId", "SubnetId") if name in call]
    if len(given) != 1:
        raise AwsError(
            "InvalidParameterCombination" if given else "MissingParameter",
            "Exactly one of VpcId and SubnetId must be specified.",
        )
    kind = given[0].removesuffix("Id")
    resource = read(call, kind, call[given[0]])
    exclusion = {
        "ExclusionId": new_id(call, KIND),
        "InternetGatewayExclusionMode": call["InternetGatewayExclusionMode"],
        "ResourceArn": call.make(
            "arn:{partition}:ec2:{region}:{account}:{word}/{key}", word=kind.lower(), key=resource.key
        ),
        "CreationTimestamp": call.now,
        "LastUpdateTimestamp": call.now,
        "Tags": tags_for(call, "vpc-block-public-access-exclusion"),
        "of": resource.key,
    }
    begin(kinds.kind("ec2", KIND), exclusion, "create", call.now)
    return {KIND: call.keep(KIND, exclusion)}


def describe_vpc_block_public_access_exclusions(call: Call) -> Document:
    return listed(call, KIND, "ExclusionIds", "VpcBlockPublicAccessExclusions")


def modify_vpc_block_public_access_exclusion(call: Call) -> Document:
    exclusion = read(call, KIND, call["ExclusionId"])
    mode = call["InternetGatewayExclusionMode"]
    kept = call.keep(KIND, exclusion | {"InternetGatewayExclusionMode": mode, "LastUpdateTimestamp": call.now})
    return {KIND: {**kept, "State": "update-in-progress"}}


def delete_vpc_block_public_access_exclusion(call: Call) -> Document:
    exclusion = read(call, KIND, call["ExclusionId"])
    call.drop(KIND, exclusion)
    return {KIND: {**exclusion, "State": "delete-in-progress", "DeletionTimestamp": call.now}}


def shown(call: Call, rows: list[Any], *ids: str) -> list[Any]:
    """VPCs or subnets with what is blocked of them; `ids` are the members by which an exclusion may name them."""
    mode = setting(call, NAME).get("mode", "off")
    if mode == "off":
        return rows
    left = {exclusion["of"]: LEFT[exclusion["InternetGatewayExclusionMode"]] for exclusion in call.list(KIND)}
    return [
        {
            **row,
            "BlockPublicAccessStates": {
                "InternetGatewayBlockMode": next((left[row[name]] for name in ids if row[name] in left), mode)
            },
        }
        for row in rows
    ]
