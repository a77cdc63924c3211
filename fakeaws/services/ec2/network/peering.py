"""VPC peering: requested from one VPC, accepted for the other, in whatever account and region that is.

Either side keeps the connection among its own resources, with its own tags.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import refusal
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.network import routes
from fakeaws.services.ec2.resources import listed, new_id, read, tags_for

Document = dict[str, Any]
WEEK = 7 * 86400
SEEN_AFTER = 7200
SIDES = ("RequesterVpcInfo", "AccepterVpcInfo")
OPTIONS = {
    "AllowDnsResolutionFromRemoteVpc": False,
    "AllowEgressFromLocalClassicLinkToRemoteVpc": False,
    "AllowEgressFromLocalVpcToRemoteClassicLink": False,
}
MESSAGES = {
    "active": "Active",
    "expired": "Expired",
    "deleted": "Deleted",
    "rejected": "Rejected",
}


def create_vpc_peering_connection(call: Call) -> Document:
    """Ranges that overlap, or a VPC that another account does not have, make a connection that has failed."""
    vpc = read(call, "Vpc", call["VpcId"])
    if "PeerVpcId" not in call:
        raise AwsError("MissingParameter", "The request must contain the parameter peerVpcId")
    owner, region = call.get("PeerOwnerId", call.account), call.get("PeerRegion", call.region)
    elsewhere = call.of(account=owner, region=region)
    peer = elsewhere.find("Vpc", call["PeerVpcId"])
    if peer is None and owner == call.account:
        raise refusal(call, "Vpc", "missing", call["PeerVpcId"])
    if peer is not None and peer.key == vpc.key:
        raise AwsError("InvalidParameterValue", "A VPC cannot be peered with itself.")
    if peer is not None:
        _check_new(call, vpc, peer)
    peering = {
        "VpcPeeringConnectionId": new_id(call, "VpcPeeringConnection"),
        "RequesterVpcInfo": _side(vpc, call.account, call.region),
        "AccepterVpcInfo": {"OwnerId": owner, "VpcId": call["PeerVpcId"], "Region": region},
        "ExpirationTime": call.now + WEEK,
        "Tags": tags_for(call, "vpc-peering-connection"),
    }
    if peer is None or _overlap(vpc, peer):
        text = "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range"
        peering |= {"Status": {"Code": "failed", "Message": text}, "passing": [[call.now + SEEN_AFTER, None]]}
    else:
        peering["Status"] = {"Code": "pending-acceptance", "Message": f"Pending Acceptance by {owner}"}
        peering["passing"] = [[call.now + WEEK, "expired"], [call.now + WEEK + SEEN_AFTER, None]]
    _keep(call, peering)
    first = {"Code": "initiating-request", "Message": f"Initiating Request to {owner}"}
    return {"VpcPeeringConnection": {**peering, "Status": first}}


def _check_new(call: Call, vpc: Resource, peer: Resource) -> None:
    for other in call.list("VpcPeeringConnection", RequesterVpcInfo__VpcId=vpc.key):
        if other["AccepterVpcInfo"]["VpcId"] == peer.key and other["Status"]["Code"] in (
            "active",
            "pending-acceptance",
        ):
            raise AwsError(
                "VpcPeeringConnectionAlreadyExists",
                f"A VPC peering connection between {vpc.key} and {peer.key} already exists: {other.key}",
            )


def _side(vpc: Resource, owner: str, region: str) -> Document:
    return {
        "CidrBlock": vpc["CidrBlock"],
        "CidrBlockSet": [{"CidrBlock": a["CidrBlock"]} for a in vpc["CidrBlockAssociationSet"]],
        "OwnerId": owner,
        "PeeringOptions": dict(OPTIONS),
        "VpcId": vpc.key,
        "Region": region,
    }


def _overlap(vpc: Resource, peer: Resource) -> bool:
    own = [IPv4Network(a["CidrBlock"]) for a in vpc["CidrBlockAssociationSet"]]
    theirs = [IPv4Network(a["CidrBlock"]) for a in peer["CidrBlockAssociationSet"]]
    return any(one.overlaps(two) for one in own for two in theirs)


def _places(call: Call, peering: Document) -> Iterator[Call]:
    """Either side's account and region, once each."""
    for place in dict.fromkeys((peering[side]["OwnerId"], peering[side]["Region"]) for side in SIDES):
        yield call.of(account=place[0], region=place[1])


def _keep(call: Call, peering: Document) -> None:
    """Keep the connection on both sides; tags stay those of each."""
    for elsewhere in _places(call, peering):
        own = elsewhere.find("VpcPeeringConnection", peering["VpcPeeringConnectionId"])
        here = (elsewhere.account, elsewhere.region) == (call.account, call.region)
        theirs: Document = own if own is not None else {}
        tags = peering.get("Tags", []) if here else theirs.get("Tags", [])
        elsewhere.keep("VpcPeeringConnection", {**peering, "Tags": tags})


def describe_vpc_peering_connections(call: Call) -> Document:
    answer = listed(call, "VpcPeeringConnection", "VpcPeeringConnectionIds", "VpcPeeringConnections")
    for peering in answer["VpcPeeringConnections"]:
        code = peering["Status"]["Code"]
        peering["Status"]["Message"] = MESSAGES.get(code, peering["Status"]["Message"])
    return answer


def accept_vpc_peering_connection(call: Call) -> Document:
    """Only for the accepter's account, in its region, and within a week."""
    peering = read(call, "VpcPeeringConnection", call["VpcPeeringConnectionId"])
    theirs = peering["AccepterVpcInfo"]
    if theirs["OwnerId"] != call.account:
        raise AwsError("OperationNotPermitted", f"User {call.account} cannot accept peering {peering.key}")
    if theirs["Region"] != call.region:
        raise AwsError(
            "OperationNotPermitted",
            f"Incorrect region ({call.region}) specified for this request. VPC peering connection {peering.key} must be"
            f" accepted in region {theirs['Region']}",
        )
    _require_pending(peering, "accepted")
    vpc = read(call, "Vpc", theirs["VpcId"])
    peering["AccepterVpcInfo"] = _side(vpc, call.account, call.region)
    peering["Status"] = {"Code": "active", "Message": "Active"}
    for name in ("passing", "ExpirationTime"):
        peering.pop(name, None)
    _keep(call, peering)
    _routes(call, peering, "active")
    return {"VpcPeeringConnection": {**peering, "Status": {"Code": "provisioning", "Message": "Provisioning"}}}


def _require_pending(peering: Resource, what: str) -> None:
    if peering["Status"]["Code"] != "pending-acceptance":
        raise AwsError(
            "InvalidStateTransition",
            f"Invalid state transition for {peering.key}, it is {peering['Status']['Code']} and cannot be {what}.",
        )


def reject_vpc_peering_connection(call: Call) -> Document:
    peering = read(call, "VpcPeeringConnection", call["VpcPeeringConnectionId"])
    if peering["AccepterVpcInfo"]["OwnerId"] != call.account:
        raise AwsError("OperationNotPermitted", f"User {call.account} cannot reject peering {peering.key}")
    _require_pending(peering, "rejected")
    _end(call, peering, "rejected")
    return {"Return": True}


def delete_vpc_peering_connection(call: Call) -> Document:
    """By either side; the routes through it lead nowhere then."""
    peering = read(call, "VpcPeeringConnection", call["VpcPeeringConnectionId"])
    if peering["Status"]["Code"] not in ("active", "pending-acceptance", "deleted"):
        raise AwsError(
            "InvalidStateTransition",
            f"Invalid state transition for {peering.key}, attempted to transition from {peering['Status']['Code']} to"
            " deleting",
        )
    _end(call, peering, "deleted")
    _routes(call, peering, "blackhole")
    return {"Return": True}


def _end(call: Call, peering: Resource, state: str) -> None:
    peering["Status"] = {"Code": state, "Message": f"{MESSAGES[state]} by {call.account}"}
    peering["passing"] = [[call.now + SEEN_AFTER, None]]
    peering.pop("ExpirationTime", None)
    _keep(call, peering)


def _routes(call: Call, peering: Resource, state: str) -> None:
    for elsewhere in _places(call, peering):
        routes.target_is(elsewhere, "VpcPeeringConnectionId", peering.key, state)


def modify_vpc_peering_connection_options(call: Call) -> Document:
    """Each side sets its own; both, where both are the account's."""
    peering = read(call, "VpcPeeringConnection", call["VpcPeeringConnectionId"])
    if peering["Status"]["Code"] != "active":
        raise AwsError(
            "OperationNotPermitted",
            f"VPC peering connection {peering.key} is not in the active state and its options cannot be modified.",
        )
    answer = {}
    for side in SIDES:
        name = side.replace("VpcInfo", "PeeringConnectionOptions")
        if name not in call:
            continue
        if peering[side]["OwnerId"] != call.account:
            raise AwsError("OperationNotPermitted", f"User {call.account} cannot modify options of the other side.")
        peering[side]["PeeringOptions"] |= call[name]
        answer[name] = peering[side]["PeeringOptions"]
    _keep(call, peering)
    return answer
