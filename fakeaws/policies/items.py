"""What a call of Amazon DynamoDB does to items: their partition keys and attributes, as condition keys.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fakeaws.policies.context import CallContext

Document = dict[str, Any]
EXPRESSIONS = (
    "ProjectionExpression",
    "ConditionExpression",
    "FilterExpression",
    "KeyConditionExpression",
    "UpdateExpression",
)
EQUALS = re.compile(r"([#\w]+)\s*=\s*(:\w+)")
NAME = re.compile(r"(?<![:#\w.\[])(#?[A-Za-z_]\w*)(?!\w|\s*\()")
WORDS = ("set", "remove", "add", "delete", "and", "or", "not", "between", "in")
READING = ("GetItem", "BatchGetItem", "Query", "Scan")


def leading_keys(context: CallContext) -> list[str] | None:
    """The partition keys of the items that the call reads or writes; None for a scan, which has none."""
    name = _partition_key(context)
    found = [text for each in _requests(context) for text in _keys_of(each, name)] if name else []
    return list(dict.fromkeys(found)) or None


def attributes(context: CallContext) -> list[str] | None:
    """The attributes that the call names, those at the top of items."""
    found = [name for each in _requests(context) for name in _attributes_of(each)]
    return list(dict.fromkeys(found)) or None


def select(context: CallContext) -> list[str] | None:
    """How much a call that reads shows of items: `SPECIFIC_ATTRIBUTES` where it names them."""
    if context.call.operation.name not in READING:
        return None
    given = context.call.get("Select")
    is_all = not any({"ProjectionExpression", "AttributesToGet"} & set(each) for each in _requests(context))
    return [given or ("ALL_ATTRIBUTES" if is_all else "SPECIFIC_ATTRIBUTES")]


def _partition_key(context: CallContext) -> str | None:
    """The attribute that items of the table, or of the index that is asked, are found by."""
    table = context.kept[1] if context.kept is not None else {}
    indexes = [*(table.get("GlobalSecondaryIndexes") or ()), *(table.get("LocalSecondaryIndexes") or ())]
    index = next((each for each in indexes if each.get("IndexName") == context.call.get("IndexName")), None)
    schema = (index or table).get("KeySchema") or ()
    return next((part["AttributeName"] for part in schema if part["KeyType"] == "HASH"), None)


def _requests(context: CallContext) -> Iterator[Document]:
    """What is asked for, an item or a set of items each, of the table that must be allowed."""
    params, table = context.call.params, context.resource.partition("/")[2].partition("/")[0]
    for name, requests in (params.get("RequestItems") or {}).items():
        if name.rpartition("/")[2] == table:
            yield from _batch(requests)
    for each in params.get("TransactItems") or ():
        for request in each.values():
            if str(request.get("TableName")).rpartition("/")[2] == table:
                yield request
    if "TableName" in params:
        yield params


def _batch(requests: Any) -> Iterator[Document]:
    if isinstance(requests, dict):
        yield from ({**requests, "Key": key} for key in requests.get("Keys", ()))
        return
    for each in requests:
        yield from each.values()


def _keys_of(request: Document, name: str) -> Iterator[str]:
    for member in ("Key", "Item"):
        if isinstance(request.get(member), dict) and name in request[member]:
            yield _text(request[member][name])
    values, names = request.get("ExpressionAttributeValues") or {}, request.get("ExpressionAttributeNames") or {}
    for attribute, value in EQUALS.findall(request.get("KeyConditionExpression") or ""):
        if names.get(attribute, attribute) == name and value in values:
            yield _text(values[value])
    for value in (request.get("KeyConditions") or {}).get(name, {}).get("AttributeValueList", ()):
        yield _text(value)


def _attributes_of(request: Document) -> Iterator[str]:
    names = request.get("ExpressionAttributeNames") or {}
    for member in ("Key", "Item", "Expected", "AttributeUpdates", "KeyConditions", "QueryFilter", "ScanFilter"):
        yield from request.get(member) or ()
    yield from request.get("AttributesToGet") or ()
    for member in EXPRESSIONS:
        for name in NAME.findall(request.get(member) or ""):
            if name.lower() not in WORDS:
                yield names.get(name, name)


def _text(value: Any) -> str:
    """A value of an attribute without its type: `{"S": "x"}`."""
    return str(next(iter(value.values()))) if isinstance(value, dict) and value else str(value)
