"""Route tables: routes, their targets, and the subnets that follow them."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import refusal
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.account import limit
from fakeaws.services.ec2.resources import check_page_size, described, new_id, read, tags_for

Document = dict[str, Any]
DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
TARGETS = {
    "GatewayId": "InternetGateway",
    "NatGatewayId": "NatGateway",
    "InstanceId": "Instance",
    "NetworkInterfaceId": "NetworkInterface",
    "VpcPeeringConnectionId": "VpcPeeringConnection",
    "TransitGatewayId": "TransitGateway",
    "EgressOnlyInternetGatewayId": "EgressOnlyInternetGateway",
    "VpcEndpointId": "VpcEndpoint",
    "LocalGatewayId": "LocalGateway",
    "CarrierGatewayId": "CarrierGateway",
    "CoreNetworkArn": "",
}
"""The members that name a route's target, and of which type that is."""


def create_route_table(call: Call) -> Document:
    vpc = read(call, "Vpc", call["VpcId"])
    table = make(call, vpc, is_main=False, tags=tags_for(call, "route-table"))
    return {"RouteTable": table, "ClientToken": call.get("ClientToken", "")}


def make(call: Call, vpc: Resource, is_main: bool, tags: list[Document] | None = None) -> Resource:
    """A new route table, with the routes within the VPC."""
    key = new_id(call, "RouteTable")
    document = {
        "Associations": [_association(call, key, None)] if is_main else [],
        "PropagatingVgws": [],
        "RouteTableId": key,
        "Routes": [
            *(local(association["CidrBlock"]) for association in vpc["CidrBlockAssociationSet"]),
            *(local_ipv6(a["Ipv6CidrBlock"]) for a in vpc.get("Ipv6CidrBlockAssociationSet", ())),
        ],
        "Tags": tags or [],
        "VpcId": vpc["VpcId"],
        "OwnerId": call.account,
    }
    return call.keep("RouteTable", document)


def _association(call: Call, table: str, subnet: str | None) -> Document:
    where = {"SubnetId": subnet} if subnet is not None else {}
    return {
        "Main": subnet is None,
        "RouteTableAssociationId": call.make("rtbassoc-0{hex16}"),
        "RouteTableId": table,
        **where,
        "AssociationState": {"State": "associated"},
    }


def local(cidr: str) -> Document:
    """The route that keeps a VPC's own range inside it."""
    return {"DestinationCidrBlock": cidr, "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"}


def local_ipv6(cidr: str) -> Document:
    """As `local`, for a range of IPv6."""
    return {"DestinationIpv6CidrBlock": cidr, "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"}


def is_main(table: Document) -> bool:
    """Whether subnets without a table of their own follow this one."""
    return any(association["Main"] for association in table["Associations"])


def describe_route_tables(call: Call) -> Document:
    check_page_size(call)
    return {"RouteTables": call.page(described(call, "RouteTable", "RouteTableIds"))}


def delete_route_table(call: Call) -> Document:
    """Neither the main table nor one that subnets follow."""
    table = read(call, "RouteTable", call["RouteTableId"])
    if table["Associations"]:
        raise refusal(call, "RouteTable", "holds", table.key)
    call.drop("RouteTable", table)
    return {}


def associate_route_table(call: Call) -> Document:
    table = read(call, "RouteTable", call["RouteTableId"])
    if "SubnetId" not in call:
        return _associate_gateway(call, table)
    subnet = read(call, "Subnet", call["SubnetId"])
    if subnet["VpcId"] != table["VpcId"]:
        raise AwsError(
            "InvalidParameterValue", f"Route table {table.key} and subnet {subnet.key} belong to different networks"
        )
    holder = next(call.list("RouteTable", Associations__SubnetId=subnet.key), None)
    if holder is not None:
        existing = next(a for a in holder["Associations"] if a.get("SubnetId") == subnet.key)
        if holder.key != table.key:
            raise AwsError(
                "Resource.AlreadyAssociated",
                f"the specified association for route table {table.key} conflicts with an existing association",
            )
        return _associated(existing)
    association = _association(call, table.key, subnet.key)
    table["Associations"].append(association)
    call.keep("RouteTable", table)
    return _associated(association)


def _associate_gateway(call: Call, table: Resource) -> Document:
    """A table for what comes in through an internet or virtual private gateway."""
    if "GatewayId" not in call:
        raise AwsError("MissingParameter", "The request must contain the parameter subnetId or gatewayId")
    _gateway(call, table, call["GatewayId"])
    association = _association(call, table.key, None) | {"Main": False, "GatewayId": call["GatewayId"]}
    table["Associations"].append(association)
    call.keep("RouteTable", table)
    return _associated(association)


def _associated(association: Document) -> Document:
    return {
        "AssociationId": association["RouteTableAssociationId"],
        "AssociationState": {"State": "associated"},
    }


def disassociate_route_table(call: Call) -> Document:
    """The subnet follows the main table again; the main table's own association cannot go."""
    table, association = _by_association(call, call["AssociationId"])
    if association["Main"]:
        raise AwsError(
            "InvalidParameterValue", f"cannot disassociate the main route table association {call['AssociationId']}"
        )
    table["Associations"].remove(association)
    call.keep("RouteTable", table)
    return {}


def replace_route_table_association(call: Call) -> Document:
    """Also how another table becomes the main one."""
    old, association = _by_association(call, call["AssociationId"])
    new = read(call, "RouteTable", call["RouteTableId"])
    if new["VpcId"] != old["VpcId"]:
        raise AwsError(
            "InvalidParameterValue",
            f"Route table {new.key} and association {call['AssociationId']} belong to different networks",
        )
    old["Associations"].remove(association)
    call.keep("RouteTable", old)
    new = read(call, "RouteTable", new.key)
    fresh = _association(call, new.key, association.get("SubnetId"))
    new["Associations"].append(fresh)
    call.keep("RouteTable", new)
    return {"NewAssociationId": fresh["RouteTableAssociationId"], "AssociationState": {"State": "associated"}}


def _by_association(call: Call, key: str) -> tuple[Resource, Document]:
    table = next(call.list("RouteTable", Associations__RouteTableAssociationId=key), None)
    if table is None:
        raise AwsError("InvalidAssociationID.NotFound", f"The association ID '{key}' does not exist")
    return table, next(a for a in table["Associations"] if a["RouteTableAssociationId"] == key)


def create_route(call: Call) -> Document:
    """A second route to the same destination is refused; replace-route changes one."""
    table = read(call, "RouteTable", call["RouteTableId"])
    member, destination = _destination(call)
    if _find(table, member, destination) is not None:
        raise AwsError("RouteAlreadyExists", f"The route identified by {destination} already exists.")
    if len(table["Routes"]) >= limit(call, "L-93826ACB"):
        raise AwsError(
            "RouteLimitExceeded", f"The maximum number of routes has been reached for route table {table.key}."
        )
    table["Routes"].append({member: destination, **_target(call, table), "Origin": "CreateRoute", "State": "active"})
    call.keep("RouteTable", table)
    return {"Return": True}


def replace_route(call: Call) -> Document:
    table = read(call, "RouteTable", call["RouteTableId"])
    member, destination = _destination(call)
    route = _existing(table, member, destination)
    table["Routes"].remove(route)
    target = {"GatewayId": "local"} if call.get("LocalTarget") else _target(call, table)
    table["Routes"].append({member: destination, **target, "Origin": route["Origin"], "State": "active"})
    call.keep("RouteTable", table)
    return {}


def delete_route(call: Call) -> Document:
    table = read(call, "RouteTable", call["RouteTableId"])
    member, destination = _destination(call)
    route = _existing(table, member, destination)
    if route.get("GatewayId") == "local":
        raise AwsError("InvalidParameterValue", f"cannot remove local route {destination} in route table {table.key}")
    table["Routes"].remove(route)
    call.keep("RouteTable", table)
    return {}


def _destination(call: Call) -> tuple[str, str]:
    """The member that names the destination, and the destination as EC2 keeps it."""
    member = next((name for name in DESTINATIONS if name in call), None)
    if member is None:
        raise AwsError(
            "MissingParameter",
            "The request must contain the parameter destinationCidrBlock or destinationIpv6CidrBlock",
        )
    text = call[member]
    if member == "DestinationPrefixListId":
        from fakeaws.services.ec2.network.prefix_lists import found

        found(call, text)
        return member, text
    network = IPv4Network if member == "DestinationCidrBlock" else IPv6Network
    try:
        return member, str(network(text, strict=False))
    except ValueError as error:
        name = member[:1].lower() + member[1:]
        raise AwsError(
            "InvalidParameterValue", f"Value ({text}) for parameter {name} is invalid. This is not a valid CIDR block."
        ) from error


def _find(table: Document, member: str, destination: str) -> Document | None:
    return next((route for route in table["Routes"] if route.get(member) == destination), None)


def _existing(table: Resource, member: str, destination: str) -> Document:
    found = _find(table, member, destination)
    if found is None:
        raise AwsError(
            "InvalidRoute.NotFound", f"no route with destination-cidr-block {destination} in route table {table.key}"
        )
    return found


def _target(call: Call, table: Document) -> Document:
    """The target that the parameters name: there must be one, and it must be there."""
    named = {member: call[member] for member in TARGETS if member in call}
    if len(named) != 1:
        raise AwsError(
            "InvalidParameterCombination" if named else "MissingParameter",
            "The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId,"
            " vpcPeeringConnectionId, egressOnlyInternetGatewayId, transitGatewayId or instanceId",
        )
    [(member, key)] = named.items()
    if member == "GatewayId":
        return _gateway(call, table, key)
    if member == "InstanceId":
        interface = read(call, "Instance", key)["NetworkInterfaces"][0]["NetworkInterfaceId"]
        return {"InstanceId": key, "InstanceOwnerId": call.account, "NetworkInterfaceId": interface}
    if TARGETS[member]:
        _check_target(call, table, member, call.read(TARGETS[member], key))
    return named


def _check_target(call: Call, table: Document, member: str, target: Resource) -> None:
    """A target must be up, and reach the table's network."""
    vpc = table["VpcId"]
    if member == "VpcPeeringConnectionId":
        if target["Status"]["Code"] != "active":
            raise AwsError("InvalidParameterValue", f"VPC peering connection {target.key} is not active.")
        if vpc not in (target["RequesterVpcInfo"]["VpcId"], target["AccepterVpcInfo"]["VpcId"]):
            _refuse_network(table, f"vpc peering connection {target.key}")
    elif member == "TransitGatewayId":
        attached = call.list("TransitGatewayAttachment", VpcId=vpc)
        if all(a["TransitGatewayId"] != target.key or a["State"] != "available" for a in attached):
            raise AwsError("InvalidTransitGatewayID.NotFound", f"The transitGateway ID '{target.key}' does not exist.")
    elif member in ("NatGatewayId", "NetworkInterfaceId") and target["VpcId"] != vpc:
        _refuse_network(table, f"{'NAT gateway' if member == 'NatGatewayId' else 'interface'} {target.key}")


def _refuse_network(table: Document, what: str) -> None:
    raise AwsError(
        "InvalidParameterValue", f"route table {table['RouteTableId']} and {what} belong to different networks"
    )


def _gateway(call: Call, table: Document, key: str) -> Document:
    if key == "local":
        return {"GatewayId": key}
    if key.startswith("vgw-"):
        vgw = read(call, "VpnGateway", key)
        if all(attachment["VpcId"] != table["VpcId"] for attachment in vgw.get("VpcAttachments", ())):
            raise AwsError(
                "InvalidParameterValue",
                f"route table {table['RouteTableId']} and network gateway {key} belong to different networks",
            )
        return {"GatewayId": key}
    if key.startswith("vpce-"):
        raise AwsError("InvalidParameterValue", f"Gateway endpoint {key} gets its routes by modify-vpc-endpoint.")
    gateway = call.find("InternetGateway", key)
    if gateway is None:
        raise AwsError("InvalidGatewayID.NotFound", f"The gateway ID '{key}' does not exist")
    if all(attachment["VpcId"] != table["VpcId"] for attachment in gateway["Attachments"]):
        raise AwsError(
            "InvalidParameterValue",
            f"route table {table['RouteTableId']} and network gateway {key} belong to different networks",
        )
    return {"GatewayId": key}


def target_is(call: Call, member: str, key: str, state: str) -> None:
    """A target went or came back: its routes are a `blackhole`, or `active` again."""
    for table in list(call.list("RouteTable", **{f"Routes__{member}": key})):
        for route in table["Routes"]:
            if route.get(member) == key:
                route["State"] = state
        call.keep("RouteTable", table)
