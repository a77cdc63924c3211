"""Prefix lists in the route tables of transit gateways: a static route for each of their ranges."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.connectivity.transit_tables import TABLE, target
from fakeaws.services.ec2.network import prefix_lists
from fakeaws.services.ec2.resources import check_page_size, matched, read

Document = dict[str, Any]
REFERENCE = kinds.Kind(
    "ec2",
    "TgwReference",
    {
        "shape": "TransitGatewayPrefixListReference",
        "filters": {
            "attachment.resource-id": "TransitGatewayAttachment.ResourceId",
            "attachment.resource-type": "TransitGatewayAttachment.ResourceType",
            "attachment.transit-gateway-attachment-id": "TransitGatewayAttachment.TransitGatewayAttachmentId",
            "is-blackhole": "Blackhole",
        },
    },
)


def create_transit_gateway_prefix_list_reference(call: Call) -> Document:
    table = read(call, TABLE, call["TransitGatewayRouteTableId"])
    if any(row["list"] == call["PrefixListId"] for row in table.get("references", ())):
        raise AwsError(
            "PrefixListReferenceAlreadyExists", f"{table.key} already has a reference to {call['PrefixListId']}."
        )
    return _put(call, table, "pending")


def _put(call: Call, table: Resource, state: str) -> Document:
    found = prefix_lists.found(call, call["PrefixListId"])
    row = {"list": found["PrefixListId"], **target(call, table)}
    others = [other for other in table.get("references", ()) if other["list"] != row["list"]]
    table["references"] = [*others, row]
    call.keep(TABLE, table)
    return {"TransitGatewayPrefixListReference": {**_shown(call, table, row), "State": state}}


def _shown(call: Call, table: Resource, row: Document) -> Document:
    shown = {
        "TransitGatewayRouteTableId": table.key,
        "PrefixListId": row["list"],
        "PrefixListOwnerId": prefix_lists.found(call, row["list"])["OwnerId"],
        "State": "available",
        "Blackhole": "attachment" not in row,
    }
    attachment = call.find("TransitGatewayAttachment", row.get("attachment", ""))
    if attachment is not None:
        names = ("TransitGatewayAttachmentId", "ResourceType", "ResourceId")
        shown["TransitGatewayAttachment"] = {name: attachment[name] for name in names}
    return shown


def modify_transit_gateway_prefix_list_reference(call: Call) -> Document:
    table, _ = _existing(call)
    return _put(call, table, "modifying")


def delete_transit_gateway_prefix_list_reference(call: Call) -> Document:
    table, row = _existing(call)
    table["references"].remove(row)
    call.keep(TABLE, table)
    return {"TransitGatewayPrefixListReference": {**_shown(call, table, row), "State": "deleting"}}


def _existing(call: Call) -> tuple[Resource, Document]:
    table = read(call, TABLE, call["TransitGatewayRouteTableId"])
    for row in table.get("references", ()):
        if row["list"] == call["PrefixListId"]:
            return table, row
    raise AwsError("InvalidPrefixListReference.NotFound", f"{table.key} has no reference to {call['PrefixListId']}.")


def get_transit_gateway_prefix_list_references(call: Call) -> Document:
    check_page_size(call)
    table = read(call, TABLE, call["TransitGatewayRouteTableId"])
    rows = [_shown(call, table, row) for row in table.get("references", ())]
    return {"TransitGatewayPrefixListReferences": matched(call, REFERENCE, rows)}
