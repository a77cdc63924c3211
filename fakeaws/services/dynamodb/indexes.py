"""Secondary indexes: where an item stands in each, and the entries that queries find it by.

An entry is a text that sorts as the index does: the table, the attributes that the index is by, the hash key and the
range key. Indexes by the same attributes share their entries. A table says in `entered` for which attributes all of its
items have entries: those of an index that it was given later, or of items that an older version of fakeaws stored, are
made by the first query or scan of the index.
"""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.services.dynamodb import keys
from fakeaws.services.dynamodb.values import Item, Value, kind

Document = dict[str, Any]
PATH = "places"
"""The path of the entries in an item's document, which is declared as looked up by."""


def entries(table: Resource, item: Item) -> list[str]:
    """The entries of an item, in those of the table's indexes that have it: those by attributes that it has, of the
    types that the table defines."""
    types = keys.types(table)
    has = {name for name, value in item.items() if types.get(name) == kind(value)}
    schemas = {_by(table, schema): schema for schema in _schemas(table) if has.issuperset(schema.values())}
    return [entry(table, schema, item) for schema in schemas.values()]


def entry(table: Resource, schema: dict[str, str], item: Item) -> str:
    """The entry of an item, or of a key of an index, in the indexes by a schema."""
    return start(table, schema, item[schema["HASH"]]) + keys.ranged(schema, item)


def start(table: Resource, schema: dict[str, str], hashed: Value | None = None) -> str:
    """How the entries of an index begin, all of them or those of one hash key."""
    begin = f"{table.path} {_by(table, schema)} "
    return begin if hashed is None else f"{begin}{keys.hashed(hashed)} "


def _by(table: Document, schema: dict[str, str]) -> str:
    """The attributes that an index is by, and their types: what has another type is not in it."""
    types = keys.types(table)
    return "-".join(types[name] + name.encode().hex() for name in schema.values())


def _schemas(table: Document) -> list[dict[str, str]]:
    return [keys.schema(table, index["IndexName"]) for index in keys.indexes(table)]


def current(table: Document) -> list[str]:
    """What a table's indexes are by, as `entered` has it."""
    return sorted({_by(table, schema) for schema in _schemas(table)})


def note_removed(call: Call, table: Resource) -> None:
    """Items that are written while there is no index have no entries in one that is made later."""
    if not set(table.get("entered", ())) <= set(current(table)):
        table["entered"] = [by for by in table["entered"] if by in current(table)]
        call.keep("Table", table)


def complete(call: Call, table: Resource) -> None:
    """Have all items of a table their entries."""
    if set(current(table)) <= set(table.get("entered", ())):
        return
    for row in list(call.list("Item", within=table)):
        found = entries(table, row["item"])
        if found != row.get(PATH, []):
            call.keep("Item", {**row, PATH: found}, within=table)
    table["entered"] = current(table)
    call.keep("Table", table)
