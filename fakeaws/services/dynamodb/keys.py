"""Keys: what a table's or an index's schema names, and where an item stands by it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.dynamodb.values import EXACT, Item, Value, invalid, kind, number

Document = dict[str, Any]
LONGEST = {"HASH": 2048, "RANGE": 1024}


def read_table(call: Call, name: str | None = None) -> Resource:
    """The table that a call on items names, by name or ARN."""
    given: str = name or call["TableName"]
    table = call.find("Table", given.rpartition("/")[2])
    if table is None or table["TableStatus"] == "CREATING":
        raise AwsError("ResourceNotFoundException", "Requested resource not found")
    return table


def schema(table: Document, index: str | None = None) -> dict[str, str]:
    """`HASH` and, if there is one, `RANGE` → the attribute's name, of the table or one of its indexes."""
    holder = table if index is None else _index(table, index)
    return {part["KeyType"]: part["AttributeName"] for part in holder["KeySchema"]}


def indexes(table: Document) -> list[Document]:
    """The indexes of a table."""
    return [*table.get("GlobalSecondaryIndexes", ()), *table.get("LocalSecondaryIndexes", ())]


def _index(table: Document, name: str) -> Document:
    found: Document | None = next((index for index in indexes(table) if index["IndexName"] == name), None)
    if found is None:
        raise invalid(f"The table does not have the specified index: {name}")
    return found


def projected(table: Document, index: str, item: Item) -> Item:
    """The attributes of an item that an index holds."""
    projection = _index(table, index)["Projection"]
    if projection.get("ProjectionType", "ALL") == "ALL":
        return item
    names = {*schema(table).values(), *schema(table, index).values(), *projection.get("NonKeyAttributes", ())}
    return {name: value for name, value in item.items() if name in names}


def types(table: Document) -> dict[str, str]:
    """Key attribute → its type."""
    return {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]}


def key_of_item(table: Document, item: Item) -> Item:
    """The key within an item that is to be put; refused where it lacks a part or has one of another type."""
    for name in schema(table).values():
        if name not in item:
            raise invalid(f"One or more parameter values were invalid: Missing the key {name} in the item")
    for index in indexes(table):
        _check_types(table, {name: item[name] for name in schema(index).values() if name in item}, index["IndexName"])
    return checked(table, {name: item[name] for name in schema(table).values()})


def _check_types(table: Document, key: Item, index: str) -> None:
    for name, value in key.items():
        wanted = types(table)[name]
        if kind(value) != wanted:
            raise invalid(
                f"One or more parameter values were invalid: Type mismatch for Index Key {name} Expected: {wanted}"
                f" Actual: {kind(value)} IndexName: {index}"
            )
        if not value[wanted]:
            what = "string" if wanted == "S" else "binary"
            raise invalid(
                "One or more parameter values are not valid. A value specified for a secondary index key is not"
                " supported. The AttributeValue for a key attribute cannot contain an empty"
                f" {what} value. IndexName: {index}, IndexKey: {name}"
            )


def checked(table: Document, key: Item) -> Item:
    """A key that names an item: just the attributes of the schema, of the right types, and not empty."""
    parts = schema(table)
    if set(key) != set(parts.values()):
        raise invalid("The provided key element does not match the schema")
    for part, name in parts.items():
        wanted, value = types(table)[name], key[name]
        if kind(value) != wanted:
            raise invalid(
                f"One or more parameter values were invalid: Type mismatch for key {name} expected: {wanted}"
                f" actual: {kind(value)}"
            )
        _check_length(part, name, value)
    return key


def _check_length(part: str, name: str, value: Value) -> None:
    if kind(value) == "N":
        number(value["N"])
        return
    content = value[kind(value)]
    if not content:
        what = "string" if kind(value) == "S" else "binary"
        raise invalid(
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty"
            f" {what} value. Key: {name}"
        )
    if len(content.encode() if isinstance(content, str) else content) > LONGEST[part]:
        which = "hashkey" if part == "HASH" else "rangekey"
        raise invalid(
            f"One or more parameter values were invalid: Size of {which} has exceeded the maximum size limit of"
            f" {LONGEST[part]} bytes"
        )


def place(table: Document, key: Item) -> str:
    """A text that finds the item, and that sorts the items of one hash key by their range key."""
    parts = schema(table)
    return start(parts, key[parts["HASH"]]) + ranged(parts, key)


def start(parts: dict[str, str], value: Value) -> str:
    """How the places of the items of one hash key begin."""
    return f"{hashed(value)} " if "RANGE" in parts else hashed(value)


def hashed(value: Value) -> str:
    """A text for a hash key, without a space."""
    return sortable(value).encode().hex()


def ranged(parts: dict[str, str], item: Item) -> str:
    """A text that sorts as the range key of a schema does; empty where the schema has none."""
    return sortable(item[parts["RANGE"]]) if "RANGE" in parts else ""


def sortable(value: Value) -> str:
    """A text that sorts as the value does among those of its type."""
    name = kind(value)
    if name == "N":
        return _sortable_number(Decimal(value["N"]))
    return str(value["S"]) if name == "S" else bytes(value[name]).hex()


def _sortable_number(found: Decimal) -> str:
    """Sign, exponent and digits; of negative numbers the complements, so that the larger in size comes first."""
    if not found:
        return "1"
    digits = "".join(map(str, found.normalize(EXACT).as_tuple().digits)).ljust(38, "0")
    exponent = found.adjusted() + 500
    if found > 0:
        return f"2{exponent:04d}{digits}"
    return f"0{9999 - exponent:04d}" + "".join(str(9 - int(digit)) for digit in digits)
