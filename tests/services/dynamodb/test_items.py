"""Items: put, read, changed under conditions, queried in order, all or nothing in transactions."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.dynamodb.keys import sortable
from tests.conftest import Terminal

TABLE = {
    "TableName": "Music",
    "AttributeDefinitions": [
        {"AttributeName": "Artist", "AttributeType": "S"},
        {"AttributeName": "Song", "AttributeType": "N"},
        {"AttributeName": "Genre", "AttributeType": "S"},
    ],
    "KeySchema": [
        {"AttributeName": "Artist", "KeyType": "HASH"},
        {"AttributeName": "Song", "KeyType": "RANGE"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by-genre",
            "KeySchema": [{"AttributeName": "Genre", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
}


class Music:
    """A table, called as the API is; values are written plainly."""

    def __init__(self) -> None:
        self.cloud = Cloud(None)
        self.cloud.perform("dynamodb", "CreateTable", TABLE)

    def __call__(self, operation: str, **params: Any) -> dict[str, Any]:
        return self.cloud.perform("dynamodb", operation, {"TableName": "Music", **params})

    def put(self, song: int, **more: Any) -> None:
        self("PutItem", Item={"Artist": {"S": "a"}, "Song": {"N": str(song)}, **more})

    def get(self, song: int) -> Any:
        return self("GetItem", Key=key(song)).get("Item")

    def refused(self, operation: str, **params: Any) -> tuple[str, str]:
        with pytest.raises(AwsError) as error:
            self(operation, **params)
        return error.value.code, error.value.message


def key(song: int) -> dict[str, Any]:
    return {"Artist": {"S": "a"}, "Song": {"N": str(song)}}


@pytest.fixture
def music() -> Music:
    return Music()


def test_a_session_at_the_terminal(aws: Terminal) -> None:
    aws("dynamodb create-table", CliInputJson=json.dumps(TABLE))
    item = {"Artist": {"S": "No One"}, "Song": {"N": "7.0"}, "Data": {"B": "aGk="}}
    assert aws("dynamodb put-item --table-name Music", Item=json.dumps(item)) == ""
    named = json.dumps({"Artist": {"S": "No One"}, "Song": {"N": "7"}})
    assert aws("dynamodb get-item --table-name Music", Key=named).json == {
        "Item": {"Artist": {"S": "No One"}, "Song": {"N": "7"}, "Data": {"B": "aGk="}}
    }
    values = json.dumps({":a": {"S": "No One"}})
    query = "dynamodb query --table-name Music --key-condition-expression Artist=:a --query Count"
    assert aws(query, ExpressionAttributeValues=values).json == 1
    aws("dynamodb delete-item --table-name Music", Key=named)
    assert aws("dynamodb get-item --table-name Music", Key=named) == ""
    aws.refused(
        "dynamodb get-item --table-name Nothing", "ResourceNotFoundException", "Requested resource not found", Key=named
    )


def test_items_of_one_hash_key_come_in_the_order_of_numbers(music: Music) -> None:
    for song in (100, -5, 2, 0, -40):
        music.put(song)
    ask = {"KeyConditionExpression": "Artist = :a", "ExpressionAttributeValues": {":a": {"S": "a"}}}
    songs = [item["Song"]["N"] for item in music("Query", **ask)["Items"]]
    assert songs == ["-40", "-5", "0", "2", "100"]
    first = music("Query", **ask, Limit=2, ScanIndexForward=False)
    assert [item["Song"]["N"] for item in first["Items"]] == ["100", "2"]
    rest = music("Query", **ask, ScanIndexForward=False, ExclusiveStartKey=first["LastEvaluatedKey"])
    assert [item["Song"]["N"] for item in rest["Items"]] == ["0", "-5", "-40"]
    assert "LastEvaluatedKey" not in rest


def test_an_index_finds_items_by_another_key_and_shows_what_it_projects(music: Music) -> None:
    music.put(1, Genre={"S": "rock"}, Length={"N": "3"})
    music.put(2, Length={"N": "4"})
    ask = {"KeyConditionExpression": "Genre = :g", "ExpressionAttributeValues": {":g": {"S": "rock"}}}
    found = music("Query", IndexName="by-genre", **ask)
    assert found["Items"] == [{**key(1), "Genre": {"S": "rock"}}]
    assert music("Scan", IndexName="by-genre")["Count"] == 1


def test_an_update_is_computed_from_the_item_as_it_was(music: Music) -> None:
    music.put(1, A={"N": "1"}, L={"L": [{"S": "x"}]}, Tags={"SS": ["p", "q"]})
    changed = music(
        "UpdateItem",
        Key=key(1),
        UpdateExpression="SET A = A + :two, B = A, L = list_append(L, :l), C = if_not_exists(C, :two) DELETE Tags :t",
        ExpressionAttributeValues={":two": {"N": "2"}, ":l": {"L": [{"S": "y"}]}, ":t": {"SS": ["p"]}},
        ReturnValues="ALL_NEW",
    )["Attributes"]
    assert (changed["A"], changed["B"], changed["C"]) == ({"N": "3"}, {"N": "1"}, {"N": "2"})
    assert changed["L"] == {"L": [{"S": "x"}, {"S": "y"}]}
    assert changed["Tags"] == {"SS": ["q"]}


def test_a_condition_that_fails_changes_nothing(music: Music) -> None:
    music.put(1, A={"N": "1"})
    refusal = music.refused("PutItem", Item=key(1), ConditionExpression="attribute_not_exists(Artist)")
    assert refusal == ("ConditionalCheckFailedException", "The conditional request failed")
    assert music.get(1)["A"] == {"N": "1"}


CONDITIONS = [
    ("A = :one", True),
    ("A <> :one", False),
    ("A BETWEEN :one AND :two", True),
    ("A IN (:two, :one)", True),
    ("NOT A < :two", False),
    ("attribute_exists(M.k) AND attribute_not_exists(M.z)", True),
    ("attribute_type(M, :map)", True),
    ("begins_with(S, :h)", True),
    ("contains(S, :h) OR A = :two", True),
    ("contains(Tags, :h)", False),
    ("size(S) = :two", False),
    ("Absent = :one", False),
    ("Absent <> :one", True),
]


@pytest.mark.parametrize(("text", "holds"), CONDITIONS)
def test_conditions_mean_what_they_say(music: Music, text: str, holds: bool) -> None:
    music.put(1, A={"N": "1.0"}, S={"S": "hello"}, M={"M": {"k": {"NULL": True}}}, Tags={"SS": ["x"]})
    values = {":one": {"N": "1"}, ":two": {"N": "2"}, ":map": {"S": "M"}, ":h": {"S": "he"}}
    used = {name: value for name, value in values.items() if name in text}
    ask = {"ExpressionAttributeValues": used} if used else {}
    assert music("Scan", FilterExpression=text, **ask)["Count"] == int(holds)


REFUSALS = [
    ("PutItem", {"Item": {"Artist": {"S": "a"}}}, "Missing the key Song in the item"),
    (
        "PutItem",
        {"Item": {"Artist": {"S": "a"}, "Song": {"S": "1"}}},
        "Type mismatch for key Song expected: N actual: S",
    ),
    (
        "PutItem",
        {"Item": {"Artist": {"S": ""}, "Song": {"N": "1"}}},
        "cannot contain an empty string value. Key: Artist",
    ),
    ("PutItem", {"Item": {**key(1), "X": {"N": "many"}}}, "cannot be converted to a numeric value: many"),
    ("PutItem", {"Item": {**key(1), "X": {"N": "1_0"}}}, "cannot be converted to a numeric value: 1_0"),
    ("PutItem", {"Item": {**key(1), "X": {"N": " 1"}}}, "cannot be converted to a numeric value:  1"),
    ("PutItem", {"Item": {**key(1), "X": {"SS": ["a", "a"]}}}, "Input collection [a, a] contains duplicates."),
    ("GetItem", {"Key": {"Artist": {"S": "a"}}}, "The provided key element does not match the schema"),
    (
        "UpdateItem",
        {"Key": key(1), "UpdateExpression": "SET status = A"},
        "Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: status",
    ),
    (
        "UpdateItem",
        {"Key": key(1), "UpdateExpression": "SET #x = A"},
        "An expression attribute name used in the document path is not defined; attribute name: #x",
    ),
    (
        "UpdateItem",
        {"Key": key(1), "UpdateExpression": "SET A = Absent"},
        "refers to an attribute that does not exist",
    ),
    ("UpdateItem", {"Key": key(1), "UpdateExpression": "REMOVE Song"}, "This attribute is part of the key"),
    ("UpdateItem", {"Key": key(1), "UpdateExpression": "REMOVE A, A.B"}, "Two document paths overlap with each other"),
    ("UpdateItem", {"Key": key(1), "UpdateExpression": "SET A"}, 'Syntax error; token: "<EOF>"'),
    (
        "Query",
        {"KeyConditionExpression": "Song = :s", "ExpressionAttributeValues": {":s": {"N": "1"}}},
        "Query condition missed key schema element: Artist",
    ),
    (
        "Scan",
        {"FilterExpression": "attribute_exists(A)", "ExpressionAttributeValues": {":s": {"N": "1"}}},
        "Value provided in ExpressionAttributeValues unused in expressions: keys: {:s}",
    ),
    ("Scan", {"IndexName": "by-name"}, "The table does not have the specified index: by-name"),
]


@pytest.mark.parametrize(("operation", "params", "text"), REFUSALS)
def test_what_cannot_be_is_refused(music: Music, operation: str, params: dict[str, Any], text: str) -> None:
    code, message = music.refused(operation, **params)
    assert code == "ValidationException"
    assert text in message


def test_a_transaction_is_all_or_nothing_and_says_what_failed(music: Music) -> None:
    music.put(1)
    put = {"Put": {"TableName": "Music", "Item": key(2)}}
    check = {"TableName": "Music", "Key": key(1), "ConditionExpression": "attribute_not_exists(Artist)"}
    with pytest.raises(AwsError) as error:
        music.cloud.perform("dynamodb", "TransactWriteItems", {"TransactItems": [put, {"ConditionCheck": check}]})
    assert error.value.code == "TransactionCanceledException"
    assert "[None, ConditionalCheckFailed]" in error.value.message
    assert music.get(2) is None
    music.cloud.perform("dynamodb", "TransactWriteItems", {"TransactItems": [put]})
    assert music.get(2) == key(2)


def test_a_batch_writes_and_reads_many(music: Music) -> None:
    puts = [{"PutRequest": {"Item": key(number)}} for number in range(25)]
    music.cloud.perform("dynamodb", "BatchWriteItem", {"RequestItems": {"Music": puts}})
    wanted = {"RequestItems": {"Music": {"Keys": [key(number) for number in range(30)]}}}
    assert len(music.cloud.perform("dynamodb", "BatchGetItem", wanted)["Responses"]["Music"]) == 25
    with pytest.raises(AwsError, match="contains duplicates"):
        music.cloud.perform("dynamodb", "BatchWriteItem", {"RequestItems": {"Music": [puts[0], puts[0]]}})


def test_a_deleted_table_takes_its_items_with_it(music: Music) -> None:
    music.put(1)
    music.cloud.perform("dynamodb", "DeleteTable", {"TableName": "Music"})
    music.cloud.perform("dynamodb", "CreateTable", TABLE)
    assert music("Scan")["Count"] == 0


numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=6)


@given(numbers, numbers)
def test_numbers_sort_as_texts_as_they_do_as_numbers(one: Decimal, other: Decimal) -> None:
    texts = sortable({"N": str(one)}), sortable({"N": str(other)})
    assert (texts[0] < texts[1], texts[0] == texts[1]) == (one < other, one == other)


LONGEST = "12345678901234567890123456789012345678"


@pytest.mark.parametrize("number", [LONGEST, f"-0.{LONGEST}", f"{LONGEST[:-1]}.9", f"{LONGEST}E+80"])
def test_all_38_digits_of_a_number_are_kept_and_told_apart(music: Music, number: str) -> None:
    wanted = format(Decimal(number), "f")
    other = wanted[:-1] + "7" if "E" not in number else "0"
    for one in (wanted, other):
        music("PutItem", Item={"Artist": {"S": "a"}, "Song": {"N": one}, "heard": {"N": one}})
    assert music("GetItem", Key={"Artist": {"S": "a"}, "Song": {"N": number}})["Item"]["heard"]["N"] == wanted
    assert music("Scan")["Count"] == 2


def test_sums_are_exact_and_more_than_38_digits_are_refused(music: Music) -> None:
    music.put(1, heard={"N": LONGEST})
    values = {"ExpressionAttributeValues": {":n": {"N": "1"}}}
    music("UpdateItem", Key=key(1), UpdateExpression="SET heard = heard + :n", **values)
    music("UpdateItem", Key=key(1), UpdateExpression="ADD heard :n", **values)
    assert music.get(1)["heard"] == {"N": LONGEST[:-2] + "80"}
    values = {"ExpressionAttributeValues": {":n": {"N": "0.1"}}}
    refused = music.refused("UpdateItem", Key=key(1), UpdateExpression="ADD heard :n", **values)
    assert refused == ("ValidationException", "Attempting to store more than 38 significant digits in a Number")
    assert music.refused("PutItem", Item={**key(2), "heard": {"N": LONGEST + "1"}})[0] == "ValidationException"
    assert music.refused("PutItem", Item={**key(2), "heard": {"N": "1E+99999999"}})[0] == "ValidationException"


def test_elements_of_large_sets_are_looked_up(music: Music) -> None:
    words = [f"{number:x}" for number in range(20_000)]
    music.put(1, words={"SS": words})
    values = {"ExpressionAttributeValues": {":more": {"SS": [*words[1:], "new"]}}}
    started = time.process_time()
    music("UpdateItem", Key=key(1), UpdateExpression="ADD words :more", **values)
    assert len(music.get(1)["words"]["SS"]) == 20_001
    music("UpdateItem", Key=key(1), UpdateExpression="DELETE words :more", **values)
    assert music.get(1)["words"] == {"SS": ["0"]}
    assert time.process_time() - started < 10


def test_a_value_of_no_type_is_refused_wherever_a_key_is_given(music: Music) -> None:
    empty = {**key(1), "Song": {}}
    text = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
    for operation in ("GetItem", "DeleteItem"):
        assert music.refused(operation, Key=empty) == ("ValidationException", text)
    with pytest.raises(AwsError, match="is empty"):
        music.cloud.perform("dynamodb", "BatchGetItem", {"RequestItems": {"Music": {"Keys": [empty]}}})
