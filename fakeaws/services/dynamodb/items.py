"""Items one at a time: put, read, changed and deleted, each under a condition if one is given."""

from __future__ import annotations

import math
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.dynamodb import indexes, keys, updates
from fakeaws.services.dynamodb.conditions import at, holds, shown
from fakeaws.services.dynamodb.expressions import Names, Path, Tree, condition, projection
from fakeaws.services.dynamodb.values import Item, check, invalid, number, size_of_item
from fakeaws.services.dynamodb.values import shown as shown_number

Document = dict[str, Any]
LARGEST = 400 * 1024
LEGACY = (
    "Expected",
    "AttributeUpdates",
    "AttributesToGet",
    "KeyConditions",
    "QueryFilter",
    "ScanFilter",
    "ConditionalOperator",
)


def put_item(call: Call) -> Document:
    """Replaces the whole item."""
    refuse_legacy(call)
    table = keys.read_table(call)
    names = names_of(call.params)
    wanted = condition_of(call.params, names)
    names.refuse_unused()
    item = checked_item(table, call["Item"])
    old = find(call, table, keys.key_of_item(table, item))
    require(wanted, old, call.params)
    keep(call, table, item)
    return {**_returned(call, old, item, ("NONE", "ALL_OLD")), **capacity(call, table, written(old, item))}


def get_item(call: Call) -> Document:
    """An item that is not there is an empty answer."""
    refuse_legacy(call)
    table = keys.read_table(call)
    names = names_of(call.params)
    paths = projection_of(call.params, names)
    names.refuse_unused()
    item = find(call, table, keys.checked(table, call["Key"]))
    units = read_units(size_of_item(item or {}), call.get("ConsistentRead", False))
    answer = capacity(call, table, units)
    return {"Item": shown(item, paths), **answer} if item is not None else answer


def delete_item(call: Call) -> Document:
    """Deleting what is not there succeeds, unless a condition says otherwise."""
    refuse_legacy(call)
    table = keys.read_table(call)
    names = names_of(call.params)
    wanted = condition_of(call.params, names)
    names.refuse_unused()
    key = keys.checked(table, call["Key"])
    old = find(call, table, key)
    require(wanted, old, call.params)
    drop(call, table, key)
    return {**_returned(call, old, None, ("NONE", "ALL_OLD")), **capacity(call, table, written(old, {}))}


def update_item(call: Call) -> Document:
    """Makes the item where there is none."""
    refuse_legacy(call)
    table = keys.read_table(call)
    names = names_of(call.params)
    actions = updates.parse(call["UpdateExpression"], names) if "UpdateExpression" in call else []
    wanted = condition_of(call.params, names)
    names.refuse_unused()
    key = keys.checked(table, call["Key"])
    old = find(call, table, key)
    require(wanted, old, call.params)
    new = changed(table, key, old, actions)
    keep(call, table, new)
    allowed = ("NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW")
    answer = _returned(call, old, new, allowed, [path for _, path, _ in actions])
    return {**answer, **capacity(call, table, written(old, new))}


def changed(table: Document, key: Item, old: Item | None, actions: list[updates.Action]) -> Item:
    """The item after an update; its key cannot change."""
    for _, path, _ in actions:
        if path[0] in key:
            raise invalid(
                f"One or more parameter values were invalid: Cannot update attribute {path[0]}."
                " This attribute is part of the key"
            )
    new = checked_item(table, updates.applied(actions, old if old is not None else key))
    keys.key_of_item(table, new)
    return new


# What the calls on items share


def refuse_legacy(call: Call) -> None:
    """The parameters that expressions replaced in 2014."""
    for name in LEGACY:
        if name in call:
            raise AwsError(
                "NotImplemented", f"fakeaws does not know {name}: use the expression that replaced it.", status=501
            )


def names_of(params: Document) -> Names:
    """The substitutes of a request, which make sense only with an expression."""
    names, values = params.get("ExpressionAttributeNames"), params.get("ExpressionAttributeValues")
    for what, given in (("Names", names), ("Values", values)):
        if given is not None and not given:
            raise invalid(f"ExpressionAttribute{what} must not be empty")
        if given and not any(name.endswith("Expression") for name in params):
            raise invalid(f"ExpressionAttribute{what} can only be specified when using expressions")
    return Names(names, values)


def condition_of(params: Document, names: Names) -> Tree | None:
    """The condition that a request sets, or None."""
    text = params.get("ConditionExpression")
    return None if text is None else condition("ConditionExpression", text, names)


def projection_of(params: Document, names: Names) -> list[Path] | None:
    """The paths that a request wants to see, or None for all."""
    text = params.get("ProjectionExpression")
    return None if text is None else projection(text, names)


def require(wanted: Tree | None, old: Item | None, params: Document) -> None:
    """Refuse the call where the item as it is does not meet the condition."""
    if wanted is None or holds(wanted, old or {}):
        return
    fields = {"Item": old} if old and params.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" else {}
    raise AwsError("ConditionalCheckFailedException", "The conditional request failed", None, **fields)


def checked_item(table: Document, item: Item) -> Item:
    """The item as it is kept: its values checked, its numbers in their plain form."""
    for value in item.values():
        check(value)
    if size_of_item(item) > LARGEST:
        raise invalid("Item size has exceeded the maximum allowed size")
    return {name: _plain(value) for name, value in item.items()}


def _plain(value: Document) -> Document:
    [(kind, content)] = value.items()
    if kind == "N":
        return {"N": shown_number(number(content))}
    if kind == "NS":
        return {"NS": [shown_number(number(one)) for one in content]}
    if kind == "M":
        return {"M": {name: _plain(inner) for name, inner in content.items()}}
    return {"L": [_plain(inner) for inner in content]} if kind == "L" else value


def find(call: Call, table: Resource, key: Item) -> Item | None:
    """The item with this key, or None."""
    row = call.find("Item", keys.place(table, key), within=table)
    return row["item"] if row is not None else None


def keep(call: Call, table: Resource, item: Item) -> None:
    """Put the item into its place, instead of what may be there."""
    key = {name: item[name] for name in keys.schema(table).values()}
    indexes.note_removed(call, table)
    found = indexes.entries(table, item)
    document = {"key": keys.place(table, key), "item": item}
    call.keep("Item", {**document, indexes.PATH: found} if found else document, within=table)


def drop(call: Call, table: Resource, key: Item) -> None:
    """Take the item with this key away, if there is one."""
    row = call.find("Item", keys.place(table, key), within=table)
    if row is not None:
        call.drop("Item", row)


def _returned(
    call: Call, old: Item | None, new: Item | None, allowed: tuple[str, ...], paths: list[Path] | None = None
) -> Document:
    """The attributes that ReturnValues asks for."""
    wanted = call.get("ReturnValues", "NONE")
    if wanted not in allowed:
        raise invalid(f"Return values set to invalid value: {wanted}")
    which = {"ALL_OLD": old, "ALL_NEW": new, "UPDATED_OLD": old, "UPDATED_NEW": new}.get(wanted)
    if which is None:
        return {}
    found = _updated(which, paths or []) if wanted.startswith("UPDATED") else which
    return {"Attributes": found} if found else {}


def _updated(item: Item, paths: list[Path]) -> Item:
    return shown(item, [path for path in paths if at(item, path) is not None])


def read_units(size: int, consistent: bool) -> float:
    """Half a unit for each 4 KB, or a whole one for a consistent read."""
    return max(1, math.ceil(size / 4096)) * (1.0 if consistent else 0.5)


def written(old: Item | None, new: Item) -> float:
    """A unit for each KB of the larger of the item before and after."""
    return float(max(1, math.ceil(max(size_of_item(old or {}), size_of_item(new)) / 1024)))


def capacity(call: Call, table: Document, units: float) -> Document:
    """What the call consumed, where that is asked for."""
    wanted = call.get("ReturnConsumedCapacity", "NONE")
    if wanted == "NONE":
        return {}
    found: Document = {"TableName": table["TableName"], "CapacityUnits": units}
    if wanted == "INDEXES":
        found["Table"] = {"CapacityUnits": units}
    return {"ConsumedCapacity": found}
