"""Several items in one call: batches, which are many calls in one, and transactions, which are all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.dynamodb import items, keys, updates
from fakeaws.services.dynamodb.conditions import shown
from fakeaws.services.dynamodb.values import SEVERAL, Item, invalid, size_of_item

Document = dict[str, Any]
Plan = Callable[[], None]


def batch_write_item(call: Call) -> Document:
    """Puts and deletes, without conditions; each item at most once."""
    requests = call["RequestItems"]
    if sum(len(each) for each in requests.values()) > 25:
        raise invalid("Too many items requested for the BatchWriteItem call")
    tables = {name: keys.read_table(call, name) for name in requests}
    work = [_written(table, request) for name, table in tables.items() for request in requests[name]]
    places = [(table.key, keys.place(table, key)) for table, key, _ in work]
    if len(set(places)) != len(places):
        raise invalid("Provided list of item keys contains duplicates")
    units = dict.fromkeys(tables, 0.0)
    for table, key, item in work:
        units[_named(tables, table)] += items.written(items.find(call, table, key), item or {})
        if item is None:
            items.drop(call, table, key)
        else:
            items.keep(call, table, item)
    return {"UnprocessedItems": {}, **_capacities(call, tables, units)}


def _written(table: Resource, request: Document) -> tuple[Resource, Item, Item | None]:
    """The table, key and, for a put, the item of one request."""
    if len(request) != 1:
        raise invalid(SEVERAL)
    if "PutRequest" in request:
        item = items.checked_item(table, request["PutRequest"]["Item"])
        return table, keys.key_of_item(table, item), item
    return table, keys.checked(table, request["DeleteRequest"]["Key"]), None


def batch_get_item(call: Call) -> Document:
    """Items that are not there are not in the answer."""
    requests = call["RequestItems"]
    if sum(len(each["Keys"]) for each in requests.values()) > 100:
        raise invalid("Too many items requested for the BatchGetItem call")
    tables = {name: keys.read_table(call, name) for name in requests}
    units = dict.fromkeys(tables, 0.0)
    responses: Document = {}
    for name, table in tables.items():
        request = requests[name]
        names = items.names_of(request)
        paths = items.projection_of(request, names)
        names.refuse_unused()
        wanted = [keys.checked(table, key) for key in request["Keys"]]
        if len({keys.place(table, key) for key in wanted}) != len(wanted):
            raise invalid("Provided list of item keys contains duplicates")
        found = [items.find(call, table, key) for key in wanted]
        consistent = request.get("ConsistentRead", False)
        units[name] = sum(items.read_units(size_of_item(item or {}), consistent) for item in found)
        responses[name] = [shown(item, paths) for item in found if item is not None]
    return {"Responses": responses, "UnprocessedKeys": {}, **_capacities(call, tables, units)}


def _named(tables: dict[str, Resource], table: Resource) -> str:
    return next(name for name, one in tables.items() if one.key == table.key)


def _capacities(call: Call, tables: dict[str, Resource], units: dict[str, float]) -> Document:
    found = [items.capacity(call, table, units[name]) for name, table in tables.items()]
    return {"ConsumedCapacity": [one["ConsumedCapacity"] for one in found]} if any(found) else {}


def transact_get_items(call: Call) -> Document:
    responses = []
    for each in call["TransactItems"]:
        get = each["Get"]
        table = keys.read_table(call, get["TableName"])
        names = items.names_of(get)
        paths = items.projection_of(get, names)
        names.refuse_unused()
        item = items.find(call, table, keys.checked(table, get["Key"]))
        responses.append({"Item": shown(item, paths)} if item is not None else {})
    return {"Responses": responses}


def transact_write_items(call: Call) -> Document:
    """One condition that fails cancels all; the reasons say which."""
    plans: list[Plan] = []
    reasons: list[Document] = []
    seen: set[tuple[str, str]] = set()
    for each in call["TransactItems"]:
        if len(each) != 1:
            raise invalid("TransactItems can only contain one of Check, Put, Update or Delete")
        [(verb, request)] = each.items()
        try:
            plans.append(_planned(call, verb, request, seen))
            reasons.append({"Code": "None"})
        except AwsError as error:
            if error.code != "ConditionalCheckFailedException":
                raise
            reasons.append({"Code": "ConditionalCheckFailed", "Message": error.message, **error.fields})
    if any(reason["Code"] != "None" for reason in reasons):
        codes = ", ".join(reason["Code"] for reason in reasons)
        raise AwsError(
            "TransactionCanceledException",
            f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
            None,
            CancellationReasons=reasons,
        )
    for plan in plans:
        plan()
    return {}


def _planned(call: Call, verb: str, request: Document, seen: set[tuple[str, str]]) -> Plan:
    """What is to be done for one request once all conditions hold."""
    table = keys.read_table(call, request["TableName"])
    names = items.names_of(request)
    actions = updates.parse(request["UpdateExpression"], names) if verb == "Update" else []
    wanted = items.condition_of(request, names)
    names.refuse_unused()
    item = items.checked_item(table, request["Item"]) if verb == "Put" else None
    key = keys.key_of_item(table, item) if item is not None else keys.checked(table, request["Key"])
    place = (table.key, keys.place(table, key))
    if place in seen:
        raise invalid("Transaction request cannot include multiple operations on one item")
    seen.add(place)
    old = items.find(call, table, key)
    items.require(wanted, old, request)
    if verb == "Update":
        item = items.changed(table, key, old, actions)
    if verb == "Delete":
        return lambda: items.drop(call, table, key)
    if item is None:
        return lambda: None
    kept = item
    return lambda: items.keep(call, table, kept)
