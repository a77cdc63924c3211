"""Route tables of transit gateways: whose traffic they route, whose routes they learn, and static routes."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import filters, kinds
from fakeaws.core.resources.states import begin
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.network import prefix_lists
from fakeaws.services.ec2.resources import listed, matched, new_id, read, tags_for

Document = dict[str, Any]
ROUTE = kinds.Kind(
    "ec2",
    "TgwRoute",
    {
        "shape": "TransitGatewayRoute",
        "filters": {
            "attachment.transit-gateway-attachment-id": "TransitGatewayAttachments.TransitGatewayAttachmentId",
            "attachment.resource-id": "TransitGatewayAttachments.ResourceId",
            "attachment.resource-type": "TransitGatewayAttachments.ResourceType",
            "prefix-list-id": "PrefixListId",
        },
    },
)
ASSOCIATION = kinds.Kind("ec2", "TgwAssociation", {"shape": "TransitGatewayRouteTableAssociation"})
PROPAGATION = kinds.Kind("ec2", "TgwPropagation", {"shape": "TransitGatewayRouteTablePropagation"})
TABLE = "TransitGatewayRouteTable"


def make(call: Call, gateway: str, tags: list[Document], association: bool, propagation: bool) -> Resource:
    """Keep a new table."""
    table = {
        "TransitGatewayRouteTableId": new_id(call, TABLE),
        "TransitGatewayId": gateway,
        "DefaultAssociationRouteTable": association,
        "DefaultPropagationRouteTable": propagation,
        "CreationTime": call.now,
        "Tags": tags,
        "routes": [],
    }
    begin(kinds.kind("ec2", TABLE), table, "create", call.now)
    return call.keep(TABLE, table)


def create_transit_gateway_route_table(call: Call) -> Document:
    gateway = read(call, "TransitGateway", call["TransitGatewayId"])
    made = make(call, gateway.key, tags_for(call, "transit-gateway-route-table"), False, False)
    return {"TransitGatewayRouteTable": made}


def describe_transit_gateway_route_tables(call: Call) -> Document:
    return listed(call, TABLE, "TransitGatewayRouteTableIds", "TransitGatewayRouteTables")


def delete_transit_gateway_route_table(call: Call) -> Document:
    """Neither one that attachments are associated with, nor a default one."""
    table = read(call, TABLE, call["TransitGatewayRouteTableId"])
    if table["DefaultAssociationRouteTable"] or table["DefaultPropagationRouteTable"]:
        raise AwsError("IncorrectState", f"Cannot delete default route table {table.key}.")
    if any(_associated(attachment, table.key) for attachment in _attachments(call, table)):
        raise AwsError("IncorrectState", f"{table.key} has associated attachments.")
    for attachment in list(_attachments(call, table)):
        if table.key in attachment["propagations"]:
            attachment["propagations"].remove(table.key)
            call.keep("TransitGatewayAttachment", attachment)
    call.drop(TABLE, table)
    return {"TransitGatewayRouteTable": {**table, "State": "deleting"}}


def _attachments(call: Call, table: Document) -> Iterator[Resource]:
    return call.list("TransitGatewayAttachment", TransitGatewayId=table["TransitGatewayId"])


def _associated(attachment: Document, table: str) -> bool:
    return bool(attachment.get("Association", {}).get("TransitGatewayRouteTableId") == table)


def _pair(call: Call) -> tuple[Resource, Resource]:
    """The table and the attachment of a call, which must be of one gateway."""
    table = read(call, TABLE, call["TransitGatewayRouteTableId"])
    attachment = read(call, "TransitGatewayAttachment", call["TransitGatewayAttachmentId"])
    if attachment["TransitGatewayId"] != table["TransitGatewayId"]:
        raise AwsError(
            "InvalidParameterValue", f"{attachment.key} and {table.key} belong to different transit gateways."
        )
    if attachment["State"] != "available":
        raise AwsError("IncorrectState", f"{attachment.key} is in invalid state.")
    return table, attachment


def _seen(attachment: Resource) -> Document:
    return {
        "TransitGatewayAttachmentId": attachment.key,
        "ResourceId": attachment["ResourceId"],
        "ResourceType": attachment["ResourceType"],
    }


def associate_transit_gateway_route_table(call: Call) -> Document:
    """An attachment follows one table."""
    table, attachment = _pair(call)
    if "Association" in attachment:
        held = attachment["Association"]["TransitGatewayRouteTableId"]
        raise AwsError(
            "Resource.AlreadyAssociated",
            f"Transit Gateway Attachment {attachment.key} is already associated to a route table: {held}.",
        )
    attachment["Association"] = {"TransitGatewayRouteTableId": table.key, "State": "associated"}
    call.keep("TransitGatewayAttachment", attachment)
    row = {"TransitGatewayRouteTableId": table.key, **_seen(attachment), "State": "associating"}
    return {"Association": row}


def disassociate_transit_gateway_route_table(call: Call) -> Document:
    table, attachment = _pair(call)
    if not _associated(attachment, table.key):
        raise AwsError("InvalidAssociation.NotFound", f"{attachment.key} is not associated with {table.key}.")
    del attachment["Association"]
    call.keep("TransitGatewayAttachment", attachment)
    row = {"TransitGatewayRouteTableId": table.key, **_seen(attachment), "State": "disassociating"}
    return {"Association": row}


def get_transit_gateway_route_table_associations(call: Call) -> Document:
    table = read(call, TABLE, call["TransitGatewayRouteTableId"])
    rows = [{**_seen(a), "State": "associated"} for a in _attachments(call, table) if _associated(a, table.key)]
    return {"Associations": matched(call, ASSOCIATION, rows)}


def enable_transit_gateway_route_table_propagation(call: Call) -> Document:
    table, attachment = _pair(call)
    if attachment["ResourceType"] == "peering":
        raise AwsError("InvalidParameterValue", "Peering attachments do not propagate routes.")
    if table.key in attachment["propagations"]:
        raise AwsError(
            "TransitGatewayRouteTablePropagation.Duplicate",
            f"Propagation for attachment {attachment.key} on route table {table.key} already exists.",
        )
    attachment["propagations"].append(table.key)
    call.keep("TransitGatewayAttachment", attachment)
    return {"Propagation": {**_seen(attachment), "TransitGatewayRouteTableId": table.key, "State": "enabled"}}


def disable_transit_gateway_route_table_propagation(call: Call) -> Document:
    table, attachment = _pair(call)
    if table.key not in attachment["propagations"]:
        raise AwsError(
            "TransitGatewayRouteTablePropagation.NotFound",
            f"Propagation for attachment {attachment.key} on route table {table.key} does not exist.",
        )
    attachment["propagations"].remove(table.key)
    call.keep("TransitGatewayAttachment", attachment)
    return {"Propagation": {**_seen(attachment), "TransitGatewayRouteTableId": table.key, "State": "disabled"}}


def get_transit_gateway_route_table_propagations(call: Call) -> Document:
    table = read(call, TABLE, call["TransitGatewayRouteTableId"])
    found = [a for a in _attachments(call, table) if table.key in a["propagations"]]
    rows = [{**_seen(a), "State": "enabled"} for a in found]
    return {"TransitGatewayRouteTablePropagations": matched(call, PROPAGATION, rows)}


def get_transit_gateway_attachment_propagations(call: Call) -> Document:
    attachment = read(call, "TransitGatewayAttachment", call["TransitGatewayAttachmentId"])
    rows = [{"TransitGatewayRouteTableId": key, "State": "enabled"} for key in attachment["propagations"]]
    return {"TransitGatewayAttachmentPropagations": rows}


def _cidr(text: str) -> str:
    try:
        return str(ip_network(text))
    except ValueError as error:
        raise AwsError(
            "InvalidParameterValue",
            f"Value ({text}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.",
        ) from error


def target(call: Call, table: Resource) -> Document:
    """A static route leads to an attachment, or nowhere."""
    if call.get("Blackhole"):
        return {"blackhole": True}
    if "TransitGatewayAttachmentId" not in call:
        raise AwsError(
            "MissingParameter", "The request must contain the parameter TransitGatewayAttachmentId or Blackhole"
        )
    _, attachment = _pair(call)
    return {"attachment": attachment.key}


def create_transit_gateway_route(call: Call) -> Document:
    table = read(call, TABLE, call["TransitGatewayRouteTableId"])
    cidr = _cidr(call["DestinationCidrBlock"])
    if any(route["cidr"] == cidr for route in table["routes"]):
        raise AwsError("RouteAlreadyExists", f"Route {cidr} already exists in Transit Gateway Route Table {table.key}.")
    return _put(call, table, cidr)


def _put(call: Call, table: Resource, cidr: str) -> Document:
    route = {"cidr": cidr, **target(call, table)}
    table["routes"] = [*(r for r in table["routes"] if r["cidr"] != cidr), route]
    call.keep(TABLE, table)
    return {"Route": _static(call, route)}


def replace_transit_gateway_route(call: Call) -> Document:
    table = read(call, TABLE, call["TransitGatewayRouteTableId"])
    _existing(table, call["DestinationCidrBlock"])
    return _put(call, table, _cidr(call["DestinationCidrBlock"]))


def _existing(table: Resource, cidr: str) -> Document:
    for route in table["routes"]:
        if route["cidr"] == cidr:
            found: Document = route
            return found
    raise AwsError("InvalidRoute.NotFound", f"Route {cidr} does not exist in Transit Gateway Route Table {table.key}.")


def delete_transit_gateway_route(call: Call) -> Document:
    table = read(call, TABLE, call["TransitGatewayRouteTableId"])
    route = _existing(table, call["DestinationCidrBlock"])
    table["routes"].remove(route)
    call.keep(TABLE, table)
    return {"Route": {**_static(call, route), "State": "deleted"}}


def _static(call: Call, route: Document) -> Document:
    found = {"DestinationCidrBlock": route["cidr"], "Type": "static"}
    attachment = call.find("TransitGatewayAttachment", route.get("attachment", ""))
    if attachment is None:
        return {**found, "State": "blackhole"}
    state = "active" if attachment["State"] == "available" else "blackhole"
    return {**found, "TransitGatewayAttachments": [_seen(attachment)], "State": state}


def all_routes(call: Call, table: Resource) -> list[Document]:
    """The static routes of a table, and what attachments propagate; to one destination the static one counts."""
    found = {route["cidr"]: _static(call, route) for route in table["routes"]}
    for reference in table.get("references", ()):
        for cidr in prefix_lists.cidrs(call, reference["list"]):
            found.setdefault(cidr, {**_static(call, {**reference, "cidr": cidr}), "PrefixListId": reference["list"]})
    for attachment in _attachments(call, table):
        if table.key not in attachment["propagations"] or attachment["State"] != "available":
            continue
        for cidr in _propagated(call, attachment):
            row = {"DestinationCidrBlock": cidr, "TransitGatewayAttachments": [_seen(attachment)]}
            found.setdefault(cidr, {**row, "Type": "propagated", "State": "active"})
    return [found[cidr] for cidr in sorted(found, key=lambda cidr: (ip_network(cidr).version, ip_network(cidr)))]


def _propagated(call: Call, attachment: Resource) -> list[str]:
    if attachment["ResourceType"] == "connect":
        return []
    if attachment["ResourceType"] == "vpc":
        vpc = call.find("Vpc", attachment["ResourceId"])
        return [a["CidrBlock"] for a in vpc["CidrBlockAssociationSet"]] if vpc is not None else []
    connection = call.find("VpnConnection", attachment["ResourceId"])
    return [route["DestinationCidrBlock"] for route in connection["Routes"]] if connection is not None else []


def search_transit_gateway_routes(call: Call) -> Document:
    """At least one filter; `route-search.*` compares ranges."""
    table = read(call, TABLE, call["TransitGatewayRouteTableId"])
    rows = all_routes(call, table)
    plain = []
    for given in call["Filters"]:
        name, _, how = given.get("Name", "").partition(".")
        if name == "route-search":
            rows = _searched(rows, how, given.get("Values", []))
        else:
            plain.append(given)
    rows = [row for row in rows if filters.matching(ROUTE, plain, row)]
    most = call.get("MaxResults", 1000)
    return {"Routes": rows[:most], "AdditionalRoutesAvailable": len(rows) > most}


def _searched(rows: list[Document], how: str, values: list[str]) -> list[Document]:
    wanted: list[Any] = [ip_network(value, strict=False) for value in values]
    pairs: list[tuple[Document, Any]] = [(row, ip_network(row["DestinationCidrBlock"])) for row in rows]
    pairs = [(row, net) for row, net in pairs if any(net.version == w.version for w in wanted)]
    if how == "exact-match":
        return [row for row, net in pairs if net in wanted]
    if how == "subnet-of-match":
        return [row for row, net in pairs if any(net.subnet_of(w) for w in wanted)]
    covering = [(row, net) for row, net in pairs if any(w.subnet_of(net) for w in wanted)]
    if how == "supernet-of-match":
        return [row for row, _ in covering]
    if how != "longest-prefix-match":
        raise AwsError("InvalidParameterValue", f"The filter 'route-search.{how}' is invalid")
    longest = max((net.prefixlen for _, net in covering), default=0)
    return [row for row, net in covering if net.prefixlen == longest]
