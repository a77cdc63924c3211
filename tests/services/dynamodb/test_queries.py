"""Query and Scan: they answer what a look at all items would, and read the rows that they answer with."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.store import documents, stored_table
from fakeaws.core.tools.errors import AwsError
from tests.conftest import Terminal

Item = dict[str, Any]
ATTRIBUTES = {"hash": "S", "range": "N", "group": "S", "turn": "B"}
MANY = 400


def _schema(*names: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"), strict=False)]


def _index(name: str, *names: str) -> dict[str, Any]:
    return {"IndexName": name, "KeySchema": _schema(*names), "Projection": {"ProjectionType": "ALL"}}


TABLE: dict[str, Any] = {
    "TableName": "table",
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": kind} for name, kind in ATTRIBUTES.items()],
    "KeySchema": _schema("hash", "range"),
    "BillingMode": "PAY_PER_REQUEST",
    "GlobalSecondaryIndexes": [_index("by-group", "group", "turn"), _index("groups", "group")],
    "LocalSecondaryIndexes": [_index("by-turn", "hash", "turn")],
}


class Held:
    """A table with items, called as the API is."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud

    def __call__(self, operation: str, **params: Any) -> dict[str, Any]:
        return self.cloud.perform("dynamodb", operation, {"TableName": "table", **params})

    def pages(self, operation: str, **params: Any) -> list[Item]:
        """The items of all pages."""
        found: list[Item] = []
        start: dict[str, Any] = {}
        while True:
            answer = self(operation, **params, **start)
            found += answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return found
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def query(self, condition: str, values: dict[str, Any], **params: Any) -> list[Item]:
        names = {f"#{name}": name for name in ATTRIBUTES if f"#{name}" in condition}
        given = {"KeyConditionExpression": condition, "ExpressionAttributeValues": values}
        return self.pages("Query", **given, ExpressionAttributeNames=names, **params)


def _item(number: int) -> Item:
    item: Item = {"hash": {"S": f"h{number % 4}"}, "range": {"N": str(number)}, "text": {"S": "x" * 50}}
    if number % 5:
        item |= {"group": {"S": f"g{number % 20}"}, "turn": {"B": bytes((number % 7,))}}
    return item


@pytest.fixture(scope="module")
def many() -> Held:
    cloud = Cloud(None)
    cloud.perform("dynamodb", "CreateTable", TABLE)
    held = Held(cloud)
    with cloud.database.transaction(write=True):
        for number in range(MANY):
            held("PutItem", Item=_item(number))
    return held


@contextmanager
def _counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The documents of the store that are read meanwhile."""
    seen: list[str] = []
    decode = documents.decode
    with monkeypatch.context() as patched:
        patched.setattr(stored_table, "decode", lambda text, *more: (seen.append(text), decode(text, *more))[1])
        yield seen


H1, G7 = {":h": {"S": "h1"}}, {":g": {"S": "g7"}}
BY_GROUP = "#group = :g"


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("Query", {"KeyConditionExpression": "#hash = :h", "Limit": 5}),
        ("Query", {"KeyConditionExpression": "#hash = :h", "Limit": 5, "ScanIndexForward": False}),
        ("Query", {"KeyConditionExpression": "#hash = :h AND #range BETWEEN :a AND :b"}),
        ("Query", {"KeyConditionExpression": "#hash = :h AND #range = :a"}),
        ("Query", {"KeyConditionExpression": BY_GROUP, "IndexName": "by-group", "Limit": 5}),
        ("Query", {"KeyConditionExpression": BY_GROUP, "IndexName": "groups", "Limit": 5, "ScanIndexForward": False}),
        ("Query", {"KeyConditionExpression": BY_GROUP + " AND #turn = :t", "IndexName": "by-group"}),
        ("Query", {"KeyConditionExpression": BY_GROUP + " AND begins_with(#turn, :t)", "IndexName": "by-group"}),
        ("Scan", {"Limit": 5}),
        ("Scan", {"Limit": 5, "IndexName": "by-group"}),
        ("Scan", {"Limit": 5, "Segment": 1, "TotalSegments": 4}),
    ],
)
def test_a_page_reads_what_it_answers_with(
    many: Held, monkeypatch: pytest.MonkeyPatch, operation: str, params: dict[str, Any]
) -> None:
    text = params.get("KeyConditionExpression", "")
    every = {":h": {"S": "h1"}, ":g": {"S": "g7"}, ":a": {"N": "201"}, ":b": {"N": "217"}, ":t": {"B": b"\x03"}}
    if text:
        names = {f"#{name}": name for name in ATTRIBUTES if f"#{name}" in text}
        values = {name: value for name, value in every.items() if name in text}
        params = {**params, "ExpressionAttributeNames": names, "ExpressionAttributeValues": values}
    with _counted(monkeypatch) as read:
        page = many(operation, **params)
        assert 0 < page["Count"] <= 5
        assert len(read) <= page["Count"] + 3
    start = page.get("LastEvaluatedKey")
    if start is not None:
        with _counted(monkeypatch) as read:
            page = many(operation, **params, ExclusiveStartKey=start)
            assert 0 < page["Count"] <= 5
            assert len(read) <= page["Count"] + 3


NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1000, max_value=1000).map(
    lambda number: format(number, "f")
) | st.sampled_from(
    ["0", "-0.0", "1E-130", "-1E-130", "9.9999999999999999999999999999999999999E+125", "1E+38", "-1E+38"]
)
OPERATORS = ["=", "<", "<=", ">", ">="]


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    rows=st.lists(st.tuples(st.sampled_from("ab"), NUMBERS, st.binary(max_size=2) | st.none()), max_size=12),
    operator=st.sampled_from(OPERATORS),
    bound=NUMBERS,
    forward=st.booleans(),
    limit=st.integers(1, 4),
)
def test_a_condition_on_numbers_finds_what_comparing_them_would(
    rows: list[tuple[str, str, bytes | None]], operator: str, bound: str, forward: bool, limit: int
) -> None:
    cloud = Cloud(None)
    cloud.perform("dynamodb", "CreateTable", TABLE)
    held = Held(cloud)
    kept: dict[tuple[str, Decimal], bytes | None] = {}
    for hashed, number, turn in rows:
        turned = {"group": {"S": hashed}, "turn": {"B": turn}} if turn else {}
        held("PutItem", Item={"hash": {"S": hashed}, "range": {"N": number}, **turned})
        kept[hashed, Decimal(number)] = turn or None
    tests = {"=": "__eq__", "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}
    numbers = [n for h, n in kept if h == "a" and getattr(n, tests[operator])(Decimal(bound))]
    values = {":h": {"S": "a"}, ":n": {"N": bound}}
    found = held.query(f"#hash = :h AND #range {operator} :n", values, ScanIndexForward=forward, Limit=limit)
    assert [Decimal(item["range"]["N"]) for item in found] == sorted(numbers, reverse=not forward)
    in_order = sorted((turn, n) for (h, n), turn in kept.items() if h == "a" and turn)
    params = {"IndexName": "by-group", "ScanIndexForward": forward, "Limit": limit}
    found = held.query("#group = :g", {":g": {"S": "a"}}, **params)
    shown = [(item["turn"]["B"], Decimal(item["range"]["N"])) for item in found]
    assert shown == (in_order if forward else in_order[::-1])


def test_the_hash_key_of_a_table_without_range_keys_is_compared_whole(cloud: Cloud) -> None:
    cloud.perform(
        "dynamodb",
        "CreateTable",
        {
            "TableName": "table",
            "AttributeDefinitions": TABLE["AttributeDefinitions"][:1],
            "KeySchema": _schema("hash"),
            "BillingMode": "PAY_PER_REQUEST",
        },
    )
    held = Held(cloud)
    for name in ("a", "ab", "a b"):
        held("PutItem", Item={"hash": {"S": name}})
    assert held.query("#hash = :h", {":h": {"S": "a"}}) == [{"hash": {"S": "a"}}]


def test_segments_share_a_table_out_and_an_index_holds_those_that_have_its_keys(many: Held) -> None:
    parts = [many.pages("Scan", Segment=part, TotalSegments=3, Limit=7) for part in range(3)]
    assert sorted(int(item["range"]["N"]) for part in parts for item in part) == list(range(MANY))
    found = many.pages("Scan", IndexName="by-group", Limit=7)
    assert sorted(int(item["range"]["N"]) for item in found) == [n for n in range(MANY) if n % 5]


def test_begins_with_finds_what_begins_so(many: Held) -> None:
    found = many.query(BY_GROUP + " AND begins_with(#turn, :t)", {**G7, ":t": {"B": b"\x02"}}, IndexName="by-group")
    assert {(item["group"]["S"], item["turn"]["B"]) for item in found} == {("g7", b"\x02")}
    with pytest.raises(AwsError, match="operator or function: begins_with, operand type: N"):
        many.query("#hash = :h AND begins_with(#range, :n)", {**H1, ":n": {"N": "1"}})


@pytest.mark.parametrize(
    "start",
    [
        {"hash": {"S": "h1"}},
        {"hash": {"S": "h1"}, "range": {"S": "1"}},
        {"hash": {"S": "h1"}, "range": {"N": "1"}, "group": {"S": "g1"}, "turn": {"S": "1"}},
    ],
)
def test_a_page_begins_behind_a_key_of_the_index(many: Held, start: Item) -> None:
    with pytest.raises(AwsError, match="The provided starting key is invalid"):
        many("Scan", IndexName="by-group", ExclusiveStartKey=start)


def test_a_page_does_not_begin_behind_what_is_no_key(many: Held) -> None:
    start: Item = {"hash": {}, "range": {"N": "1"}}
    with pytest.raises(AwsError, match="Supplied AttributeValue is empty"):
        many("Scan", ExclusiveStartKey=start)


@pytest.mark.parametrize(("name", "value", "what"), [("group", {"S": ""}, "string"), ("turn", {"B": b""}, "binary")])
def test_the_key_of_an_index_is_not_empty(many: Held, name: str, value: Item, what: str) -> None:
    with pytest.raises(AwsError, match=f"cannot contain an empty {what} value. IndexName: by-group, IndexKey: {name}"):
        many("PutItem", Item={**_item(1), name: value})


@pytest.mark.sqlite
def test_items_that_an_older_version_stored_are_found_by_an_index(home: Path) -> None:
    cloud = Cloud(home)
    cloud.perform("dynamodb", "CreateTable", TABLE)
    held = Held(cloud)
    for number in range(1, 4):
        held("PutItem", Item=_item(number))
    cloud.close()
    with sqlite3.connect(home / "cloud.db") as older:
        older.execute("UPDATE \"dynamodb.Item\" SET document = json_remove(document, '$.places')")
        older.execute("UPDATE \"dynamodb.Table\" SET document = json_remove(document, '$.entered')")
        older.execute("DELETE FROM entry WHERE kind = 'dynamodb.Item'")
    older.close()
    held = Held(Cloud(home))
    held("PutItem", Item=_item(21))
    found = held.query(BY_GROUP, {":g": {"S": "g1"}}, IndexName="groups")
    assert [item["range"]["N"] for item in found] == ["1", "21"]


def test_an_item_that_changes_is_found_where_it_is_now(cloud: Cloud) -> None:
    cloud.perform("dynamodb", "CreateTable", TABLE)
    held = Held(cloud)
    held("PutItem", Item=_item(1))
    key = {name: _item(1)[name] for name in ("hash", "range")}
    change = {"UpdateExpression": "SET #group = :g", "ExpressionAttributeNames": {"#group": "group"}}
    held("UpdateItem", Key=key, **change, ExpressionAttributeValues={":g": {"S": "new"}})
    assert held.query(BY_GROUP, {":g": {"S": "g1"}}, IndexName="groups") == []
    assert len(held.query(BY_GROUP, {":g": {"S": "new"}}, IndexName="groups")) == 1
    held("DeleteItem", Key=key)
    assert held.query(BY_GROUP, {":g": {"S": "new"}}, IndexName="groups") == []


def test_a_query_of_an_index_page_by_page(aws: Terminal) -> None:
    aws(
        "dynamodb create-table --table-name songs --billing-mode PAY_PER_REQUEST"
        " --attribute-definitions AttributeName=song,AttributeType=S AttributeName=genre,AttributeType=S"
        " --key-schema AttributeName=song,KeyType=HASH --global-secondary-indexes"
        " IndexName=by-genre,KeySchema=[{AttributeName=genre,KeyType=HASH}],Projection={ProjectionType=KEYS_ONLY}"
    )
    for song in ("ebb", "flow", "tide"):
        aws(f"dynamodb put-item --table-name songs --item song={{S={song}}},genre={{S=sea}}")
    query = "dynamodb query --table-name songs --index-name by-genre --key-condition-expression genre=:g"
    query += " --expression-attribute-values :g={S=sea} --page-size 1 --query Items[].song.S --output text"
    assert sorted(aws(query).split()) == ["ebb", "flow", "tide"]
