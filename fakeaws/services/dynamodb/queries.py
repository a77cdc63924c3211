"""Query and Scan: items in the order of their keys, a page of at most a megabyte at a time."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from fakeaws.core.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.services.dynamodb import keys
from fakeaws.services.dynamodb.conditions import holds, shown
from fakeaws.services.dynamodb.expressions import Names, Path, Tree, condition
from fakeaws.services.dynamodb.items import capacity, names_of, projection_of, read_units, refuse_legacy
from fakeaws.services.dynamodb.values import Item, Value, invalid, kind, size_of_item

Document = dict[str, Any]
PAGE_BYTES = 1024 * 1024
RANGES = ("=", "<", "<=", ">", ">=", "between", "begins_with")


def query(call: Call) -> Document:
    """The items of one hash key, or of one hash key of an index."""
    refuse_legacy(call)
    table = keys.read_table(call)
    index = call.get("IndexName")
    schema = keys.schema(table, index)
    names = names_of(call.params)
    if "KeyConditionExpression" not in call:
        raise invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
    hashed, tree = _key_condition(call["KeyConditionExpression"], names, table, schema)
    reading = Reading(call, table, names)
    found = _of_hash(call, table, index, schema, hashed)
    matching = (item for item in found if holds(tree, item))
    forward = call.get("ScanIndexForward", True)
    ordered: Iterable[Item] = matching
    if index is not None or not forward:
        ordered = sorted(matching, key=lambda item: _order(table, schema, item), reverse=not forward)
    return reading.page(_after(call, table, schema, ordered))


def scan(call: Call) -> Document:
    """All items, or those of one of several segments that can be read side by side."""
    refuse_legacy(call)
    table = keys.read_table(call)
    index = call.get("IndexName")
    schema = keys.schema(table, index)
    names = names_of(call.params)
    reading = Reading(call, table, names)
    rows = (row for row in call.list("Item", within=table) if _is_in_segment(call, row))
    items = (row["item"] for row in rows if all(name in row["item"] for name in schema.values()))
    return reading.page(_after(call, table, keys.schema(table), items))


def _is_in_segment(call: Call, row: Resource) -> bool:
    total = call.get("TotalSegments")
    if ("Segment" in call) != (total is not None):
        raise invalid(
            "The TotalSegments parameter is required but was not present in the request when Segment parameter"
            " is present"
        )
    if total is None:
        return True
    if call["Segment"] >= total:
        raise invalid(
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment:"
            f" {call['Segment']} is not less than TotalSegments: {total}"
        )
    return zlib.crc32(row.key.partition(" ")[0].encode()) % int(total) == int(call["Segment"])


def _of_hash(call: Call, table: Resource, index: str | None, schema: dict[str, str], hashed: Value) -> Iterator[Item]:
    """The items whose hash key, of the table or of an index, has a value."""
    if index is None:
        start = keys.sortable(hashed).encode().hex()
        for row in call.list("Item", within=table, prefix=start):
            if row.key.partition(" ")[0] == start:
                yield row["item"]
        return
    wanted = keys.sortable(hashed)
    for row in call.list("Item", within=table):
        item = row["item"]
        held = item.get(schema["HASH"])
        if held is not None and keys.sortable(held) == wanted and all(name in item for name in schema.values()):
            yield item


def _order(table: Document, schema: dict[str, str], item: Item) -> tuple[str, str]:
    ranged = keys.sortable(item[schema["RANGE"]]) if "RANGE" in schema else ""
    return ranged, keys.place(table, {name: item[name] for name in keys.schema(table).values()})


def _after(call: Call, table: Document, schema: dict[str, str], items: Iterable[Item]) -> Iterator[Item]:
    """The items behind the one that the last page ended with."""
    start = call.get("ExclusiveStartKey")
    if start is None:
        yield from items
        return
    own = keys.schema(table).values()
    if not {*own, *schema.values()} <= set(start):
        raise invalid("The provided starting key is invalid: The provided key element does not match the schema")
    last = keys.place(table, {name: start[name] for name in own})
    backward = call.get("ScanIndexForward") is False
    bound = _order(table, schema, start)
    is_query = call.operation.name == "Query"
    for item in items:
        place = keys.place(table, {name: item[name] for name in own})
        here = _order(table, schema, item) if is_query else ("", place)
        there = bound if is_query else ("", last)
        if (here < there) if backward else (here > there):
            yield item


class Reading:
    """One Query or Scan: what it filters and shows, and where its page ends."""

    def __init__(self, call: Call, table: Resource, names: Names) -> None:
        self.call = call
        self.table = table
        self.index: str | None = call.get("IndexName")
        text = call.get("FilterExpression")
        self.filter: Tree | None = None if text is None else condition("FilterExpression", text, names)
        self.paths: list[Path] | None = projection_of(call.params, names)
        names.refuse_unused()
        self.select: str = call.get("Select", "")
        if self.select == "SPECIFIC_ATTRIBUTES" and self.paths is None:
            raise invalid(
                "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES"
            )
        if self.paths is not None and self.select not in ("", "SPECIFIC_ATTRIBUTES"):
            raise invalid(f"Cannot specify the ProjectionExpression when choosing to get {self.select}")

    def page(self, items: Iterator[Item]) -> Document:
        """Limit counts what is looked at, before the filter."""
        limit = self.call.get("Limit")
        found: list[Item] = []
        scanned, size = 0, 0
        last: Item | None = None
        more = False
        for item in items:
            if (limit is not None and scanned == limit) or size >= PAGE_BYTES:
                more = True
                break
            scanned += 1
            size += size_of_item(item)
            last = item
            if self.filter is None or holds(self.filter, item):
                found.append(item)
        units = read_units(size, self.call.get("ConsistentRead", False))
        answer: Document = {} if self.select == "COUNT" else {"Items": [self._shown(item) for item in found]}
        answer |= {"Count": len(found), "ScannedCount": scanned}
        if last is not None and (more or scanned == limit):
            answer["LastEvaluatedKey"] = self._key(last)
        return {**answer, **capacity(self.call, self.table, units)}

    def _shown(self, item: Item) -> Item:
        if self.index is not None and self.select != "ALL_ATTRIBUTES":
            item = keys.projected(self.table, self.index, item)
        return shown(item, self.paths)

    def _key(self, item: Item) -> Item:
        names = [*keys.schema(self.table).values(), *keys.schema(self.table, self.index).values()]
        return {name: item[name] for name in names}


def _key_condition(text: str, names: Names, table: Document, schema: dict[str, str]) -> tuple[Value, Tree]:
    """The value of the hash key, and the whole condition."""
    tree = condition("KeyConditionExpression", text, names)
    parts = [tree[1], tree[2]] if tree[0] == "and" else [tree]
    hashed: Value | None = None
    for part in parts:
        if part[0] not in RANGES or part[1][0] != "path" or len(part[1][1]) != 1:
            raise invalid(f"Invalid operator used in KeyConditionExpression: {part[0].upper()}")
        name = part[1][1][0]
        if name == schema["HASH"] and part[0] == "=" and part[2][0] == "value":
            hashed = part[2][1]
        elif name == schema["HASH"]:
            raise invalid("Query key condition not supported")
        elif name != schema.get("RANGE"):
            raise invalid(f"Query condition missed key schema element: {schema['HASH']}")
        _check_operands(part, keys.types(table)[name], name)
    if hashed is None:
        raise invalid(f"Query condition missed key schema element: {schema['HASH']}")
    return hashed, tree


def _check_operands(part: Tree, wanted: str, name: str) -> None:
    for operand in part[2:]:
        if operand[0] == "value" and kind(operand[1]) != wanted:
            raise invalid(
                "One or more parameter values were invalid: Condition parameter type does not match schema type"
            )
