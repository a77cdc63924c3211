"""Tables: found by key, looked up by value, listed in key order from a position."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakeaws.core.store.database import Busy, Database, WriteNeeded
from fakeaws.core.store.tables import Table

HERE = ("123456789012", "us-east-1")


@pytest.fixture
def database() -> Database:
    return Database(None)


def test_a_resource_is_found_by_key_in_its_own_scope(database: Database) -> None:
    table = Table(database, "ec2.Vpc")
    with database.transaction(write=True):
        table.keep(HERE, "", "vpc-1", {"VpcId": "vpc-1"})
    assert table.find(HERE, "vpc-1") == {"VpcId": "vpc-1"}
    assert table.find(("123456789012", "eu-west-1"), "vpc-1") is None
    found = table.anywhere("vpc-1")
    assert found is not None
    assert found.scope == HERE


def test_lookups_follow_what_is_kept(database: Database) -> None:
    table = Table(database, "ec2.Subnet", ["VpcId", "Tags.Key"])
    with database.transaction(write=True):
        one = table.keep(HERE, "", "a", {"VpcId": "v1", "Tags": [{"Key": "x"}, {"Key": "y"}]})
        table.keep(HERE, "", "b", {"VpcId": "v1"})
        assert [r.key for r in table.having(HERE, "VpcId", ["v1"])] == ["a", "b"]
        assert [r.key for r in table.having(HERE, "Tags.Key", ["y", "x"])] == ["a"]
        table.keep(HERE, "", "a", {"VpcId": "v2"})
        assert [r.key for r in table.having(HERE, "VpcId", ["v1"])] == ["b"]
        assert list(table.having(HERE, "Tags.Key", ["x"])) == []
        table.drop(one)
        assert list(table.having(HERE, "VpcId", ["v2"])) == []


def test_a_list_goes_on_after_a_position(database: Database) -> None:
    table = Table(database, "sqs.Message")
    with database.transaction(write=True):
        for parent in ("q1", "q2"):
            for key in ("1", "2", "3"):
                table.keep(HERE, parent, key, {})
    assert [(r.parent, r.key) for r in table.list(HERE, after=("q1", "2"))] == [
        ("q1", "3"),
        ("q2", "1"),
        ("q2", "2"),
        ("q2", "3"),
    ]
    assert [r.key for r in table.list(HERE, parent="q2")] == ["1", "2", "3"]
    assert table.count(HERE) == 6


def test_bytes_come_back_as_they_were_kept(database: Database) -> None:
    table = Table(database, "kms.Key")
    with database.transaction(write=True):
        table.keep(HERE, "", "k", {"Blob": b"\x00\xff", "Text": "$blob"})
    assert table.find(HERE, "k") == {"Blob": b"\x00\xff", "Text": "$blob"}


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    table = Table(database, "ec2.Vpc")

    def fail() -> None:
        with database.transaction(write=True):
            table.keep(HERE, "", "vpc-1", {})
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        fail()
    assert table.find(HERE, "vpc-1") is None
    with database.transaction(write=True):
        table.keep(HERE, "", "vpc-1", {})
    assert table.find(HERE, "vpc-1") is not None


def test_a_call_within_a_call_that_is_refused_leaves_nothing_of_itself(database: Database) -> None:
    table = Table(database, "ec2.Vpc")
    with database.transaction(write=True):
        table.keep(HERE, "", "outer", {})
        with pytest.raises(KeyError), database.transaction(write=True):  # noqa: PT012
            table.keep(HERE, "", "inner", {})
            raise KeyError
    assert [r.key for r in table.list(HERE)] == ["outer"]


def test_a_reading_transaction_cannot_write(database: Database) -> None:
    with pytest.raises(WriteNeeded), database.transaction(write=False):
        Table(database, "ec2.Vpc").keep(HERE, "", "v", {})


def test_events_come_out_in_their_order_when_they_are_due(database: Database) -> None:
    with database.transaction(write=True):
        database.schedule(20.0, {"n": 2})
        database.schedule(10.0, {"n": 1})
        assert database.next_due(9.0) is None
        first = database.next_due(30.0)
        assert first is not None
        assert first[1:] == (10.0, {"n": 1})
        database.done(first[0])
        second = database.next_due(30.0)
        assert second is not None
        assert second[2] == {"n": 2}


def test_who_must_not_wait_is_told_that_others_are_busy(tmp_path: Path) -> None:
    mine, other = Database(str(tmp_path / "cloud.db")), Database(str(tmp_path / "cloud.db"))
    with other.transaction(write=True), mine.at_once():
        with pytest.raises(Busy), mine.transaction(write=True):
            pass
        with mine.transaction(write=False):
            assert mine.note("clock") is None
    with mine.at_once(), mine.transaction(write=True):
        mine.keep_note("clock", {})
    assert mine.may_wait


def test_a_span_is_read_from_either_end_and_no_further_than_it_is_used(database: Database) -> None:
    table = Table(database, "dynamodb.Item")
    with database.transaction(write=True):
        for key in ("a", "b 1", "b 2", "b 3", "c"):
            table.keep(HERE, "t", key, {})
        table.keep(HERE, "u", "b 2", {})
    assert [r.key for r in table.span(HERE, "t", "b ", "b !")] == []
    assert [r.key for r in table.span(HERE, "t", "b ", "b 9")] == ["b 1", "b 2", "b 3"]
    assert [r.key for r in table.span(HERE, "t", "b ", "b 9", after="b 1")] == ["b 2", "b 3"]
    assert [r.key for r in table.span(HERE, "t", "b ", "b 9", after="b 3", backward=True)] == ["b 2", "b 1"]
    assert [r.key for r in table.span(HERE, "t", "", "z", wanted=lambda key: key != "b 2")] == ["a", "b 1", "b 3", "c"]
    assert list(Table(database, "dynamodb.Backup").span(HERE, "t", "", "z")) == []


def test_values_are_read_from_either_end_after_a_position(database: Database) -> None:
    table = Table(database, "dynamodb.Item", ["places"])
    with database.transaction(write=True):
        for key, place in (("1", "x"), ("2", "x"), ("3", "y"), ("4", "z")):
            table.keep(HERE, "t", key, {"places": [place]})
    assert [r.key for r in table.between(HERE, "places", "x", "y")] == ["1", "2", "3"]
    assert [r.key for r in table.between(HERE, "places", "x", "z", ("x", "t", "1"))] == ["2", "3", "4"]
    assert [r.key for r in table.between(HERE, "places", "x", "z", ("y", "t", "3"), True)] == ["2", "1"]
