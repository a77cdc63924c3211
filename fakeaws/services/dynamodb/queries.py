"""Query and Scan: items in the order of their keys, a page of at most a megabyte at a time."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.request import between, span
from fakeaws.core.store.tables import Resource
from fakeaws.services.dynamodb import indexes, keys
from fakeaws.services.dynamodb.conditions import holds, shown
from fakeaws.services.dynamodb.expressions import Names, Path, Tree, condition
from fakeaws.services.dynamodb.items import capacity, names_of, projection_of, read_units, refuse_legacy
from fakeaws.services.dynamodb.values import Item, Value, check, invalid, kind, size_of_item

Document = dict[str, Any]
PAGE_BYTES = 1024 * 1024
END = "\U0010ffff" * 257
"""Behind all range keys, which are of at most 1,024 bytes."""
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
    begin = keys.start(schema, hashed) if index is None else indexes.start(table, schema, hashed)
    first, last = _bounds(tree, schema)
    rows = _rows(call, table, schema, begin + first, begin + last)
    return reading.page(row["item"] for row in rows if holds(tree, row["item"]))


def scan(call: Call) -> Document:
    """All items, or those of one of several segments that can be read side by side."""
    refuse_legacy(call)
    table = keys.read_table(call)
    index = call.get("IndexName")
    schema = keys.schema(table, index)
    names = names_of(call.params)
    reading = Reading(call, table, names)
    wanted = _segment(call)
    begin = "" if index is None else indexes.start(table, schema)
    rows = _rows(call, table, schema, begin, begin + END, wanted)
    return reading.page(row["item"] for row in rows)


def _segment(call: Call) -> Callable[[str], bool] | None:
    """Whether an item, by its key, is of the segment that is asked for; None where that is the whole table."""
    total = call.get("TotalSegments")
    if ("Segment" in call) != (total is not None):
        raise invalid(
            "The TotalSegments parameter is required but was not present in the request when Segment parameter"
            " is present"
        )
    if total is None:
        return None
    segment = call["Segment"]
    if segment >= total:
        raise invalid(
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment:"
            f" {segment} is not less than TotalSegments: {total}"
        )
    return lambda key: zlib.crc32(key.partition(" ")[0].encode()) % total == segment


def _rows(
    call: Call,
    table: Resource,
    schema: dict[str, str],
    first: str,
    last: str,
    wanted: Callable[[str], bool] | None = None,
) -> Iterator[Resource]:
    """The rows whose key, or entry in an index, is from `first` to `last`, behind the one that the last page ended
    with. Rows are read as they are asked for."""
    backward, start = call.get("ScanIndexForward") is False, _start_key(call, table, schema)
    place = None if start is None else keys.place(table, start)
    if "IndexName" not in call:
        return span(call, "Item", table, first, last, place, backward=backward, wanted=wanted)
    indexes.complete(call, table)
    position = None if start is None or place is None else (indexes.entry(table, schema, start), place)
    rows = between(call, "Item", indexes.PATH, first, last, table, position, backward)
    return (row for row in rows if wanted is None or wanted(row.key))


def _start_key(call: Call, table: Resource, schema: dict[str, str]) -> Item | None:
    start: Item | None = call.get("ExclusiveStartKey")
    if start is None:
        return None
    for value in start.values():
        check(value)
    types, names = keys.types(table), {*keys.schema(table).values(), *schema.values()}
    if any(name not in start or kind(start[name]) != types[name] for name in names):
        raise invalid("The provided starting key is invalid: The provided key element does not match the schema")
    return start


def _bounds(tree: Tree, schema: dict[str, str]) -> tuple[str, str]:
    """Between which texts the range keys are that a key condition asks for, and perhaps a few that it does not."""
    if "RANGE" not in schema:
        return "", ""
    parts = tree[1:] if tree[0] == "and" else (tree,)
    part = next((part for part in parts if part[1][1][0] == schema["RANGE"]), None)
    if part is None or any(operand[0] != "value" for operand in part[2:]):
        return "", END
    values = [keys.sortable(operand[1]) for operand in part[2:]]
    if part[0] == "begins_with":
        return values[0], values[0] + END
    low = "" if part[0] in ("<", "<=") else values[0]
    return low, END if part[0] in (">", ">=") else values[-1]


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
    if part[0] == "begins_with" and wanted == "N":
        raise invalid(
            "Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function:"
            " begins_with, operand type: N"
        )
    for operand in part[2:]:
        if operand[0] == "value" and kind(operand[1]) != wanted:
            raise invalid(
                "One or more parameter values were invalid: Condition parameter type does not match schema type"
            )
