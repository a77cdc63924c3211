"""Tables, found by key, looked up by value, listed in key order from a position; and the lists of the cloud's own."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from fakeaws.core.store.interface import Body, Busy, Store, WriteNeeded
from fakeaws.core.store.sqlite.database import Database

HERE = ("123456789012", "us-east-1")


def test_a_resource_is_found_by_key_in_its_own_scope(store: Store) -> None:
    table = store.table("ec2.Vpc")
    with store.transaction(write=True):
        table.keep(HERE, "", "vpc-1", {"VpcId": "vpc-1"})
    assert table.find(HERE, "vpc-1") == {"VpcId": "vpc-1"}
    assert table.find(("123456789012", "eu-west-1"), "vpc-1") is None
    found = table.anywhere("vpc-1")
    assert found is not None
    assert found.scope == HERE


def test_lookups_follow_what_is_stored(store: Store) -> None:
    table = store.table("ec2.Subnet", ["VpcId", "Tags.Key"])
    with store.transaction(write=True):
        one = table.keep(HERE, "", "a", {"VpcId": "v1", "Tags": [{"Key": "x"}, {"Key": "y"}]})
        table.keep(HERE, "", "b", {"VpcId": "v1"})
        assert [r.key for r in table.having(HERE, "VpcId", ["v1"])] == ["a", "b"]
        assert [r.key for r in table.having(HERE, "Tags.Key", ["y", "x"])] == ["a"]
        table.keep(HERE, "", "a", {"VpcId": "v2"})
        assert [r.key for r in table.having(HERE, "VpcId", ["v1"])] == ["b"]
        assert list(table.having(HERE, "Tags.Key", ["x"])) == []
        table.drop(one)
        assert list(table.having(HERE, "VpcId", ["v2"])) == []


def test_a_list_goes_on_after_a_position(store: Store) -> None:
    table = store.table("sqs.Message")
    with store.transaction(write=True):
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


def test_bytes_come_back_as_they_were_stored(store: Store) -> None:
    table = store.table("kms.Key")
    with store.transaction(write=True):
        table.keep(HERE, "", "k", {"Blob": b"\x00\xff", "Text": "$blob"})
    assert table.find(HERE, "k") == {"Blob": b"\x00\xff", "Text": "$blob"}


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    table = store.table("ec2.Vpc")

    def fail() -> None:
        with store.transaction(write=True):
            table.keep(HERE, "", "vpc-1", {})
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        fail()
    assert table.find(HERE, "vpc-1") is None
    with store.transaction(write=True):
        table.keep(HERE, "", "vpc-1", {})
    assert table.find(HERE, "vpc-1") is not None


def test_a_call_within_a_call_that_is_refused_leaves_nothing_of_itself(store: Store) -> None:
    table = store.table("ec2.Vpc")
    with store.transaction(write=True):
        table.keep(HERE, "", "outer", {})
        with pytest.raises(KeyError), store.transaction(write=True):  # noqa: PT012
            table.keep(HERE, "", "inner", {})
            raise KeyError
    assert [r.key for r in table.list(HERE)] == ["outer"]


def test_a_reading_transaction_cannot_write(store: Store) -> None:
    with pytest.raises(WriteNeeded), store.transaction(write=False):
        store.table("ec2.Vpc").keep(HERE, "", "v", {})


def test_events_come_out_in_their_order_when_they_are_due(store: Store) -> None:
    with store.transaction(write=True):
        store.schedule(20.0, {"n": 2})
        store.schedule(10.0, {"n": 1})
        assert store.next_due(9.0) is None
        first = store.next_due(30.0)
        assert first is not None
        assert first[1:] == (10.0, {"n": 1})
        store.done(first[0])
        second = store.next_due(30.0)
        assert second is not None
        assert second[2] == {"n": 2}


def test_who_must_not_wait_is_refused_where_others_write(tmp_path: Path) -> None:
    own, other = Database(str(tmp_path / "cloud.db")), Database(str(tmp_path / "cloud.db"))
    with other.transaction(write=True), own.at_once():
        with pytest.raises(Busy), own.transaction(write=True):
            pass
        with own.transaction(write=False):
            assert own.note("clock") is None
    with own.at_once(), own.transaction(write=True):
        own.keep_note("clock", {})
    assert own.may_wait


def test_a_span_is_read_from_either_end_and_no_further_than_it_is_used(store: Store) -> None:
    table = store.table("dynamodb.Item")
    with store.transaction(write=True):
        for key in ("a", "b 1", "b 2", "b 3", "c"):
            table.keep(HERE, "t", key, {})
        table.keep(HERE, "u", "b 2", {})
    assert [r.key for r in table.span(HERE, "t", "b ", "b !")] == []
    assert [r.key for r in table.span(HERE, "t", "b ", "b 9")] == ["b 1", "b 2", "b 3"]
    assert [r.key for r in table.span(HERE, "t", "b ", "b 9", after="b 1")] == ["b 2", "b 3"]
    assert [r.key for r in table.span(HERE, "t", "b ", "b 9", after="b 3", backward=True)] == ["b 2", "b 1"]
    assert [r.key for r in table.span(HERE, "t", "", "z", wanted=lambda key: key != "b 2")] == ["a", "b 1", "b 3", "c"]
    assert list(store.table("dynamodb.Backup").span(HERE, "t", "", "z")) == []


def test_values_are_read_from_either_end_after_a_position(store: Store) -> None:
    table = store.table("dynamodb.Item", ["places"])
    with store.transaction(write=True):
        for key, place in (("1", "x"), ("2", "x"), ("3", "y"), ("4", "z")):
            table.keep(HERE, "t", key, {"places": [place]})
    assert [r.key for r in table.between(HERE, "places", "x", "y")] == ["1", "2", "3"]
    assert [r.key for r in table.between(HERE, "places", "x", "z", ("x", "t", "1"))] == ["2", "3", "4"]
    assert [r.key for r in table.between(HERE, "places", "x", "z", ("y", "t", "3"), True)] == ["2", "1"]


def test_a_list_is_of_one_parent_and_prefix_from_a_position(store: Store) -> None:
    table = store.table("s3.Object")
    with store.transaction(write=True):
        for parent, key in (("a", "x/1"), ("b", "w"), ("b", "x/1"), ("b", "x/2"), ("b", "y"), ("c", "x/1")):
            table.keep(HERE, parent, key, {})
    assert [r.path for r in table.list(HERE, "b", prefix="x/")] == ["b/x/1", "b/x/2"]
    assert [r.path for r in table.list(HERE, "b", ("b", "x/1"), "x/")] == ["b/x/2"]
    assert [r.path for r in table.list(HERE, "b", ("b", "a"), "x/")] == ["b/x/1", "b/x/2"]
    assert [r.path for r in table.list(HERE, "b", ("c", ""), "x/")] == []
    assert [r.path for r in table.list(HERE, "b", ("a", "z"), "x/")] == ["b/x/1", "b/x/2"]
    assert [r.path for r in table.list(HERE, None, ("b", "x/1"), "x/")] == ["b/x/2", "c/x/1"]
    assert list(table.several(HERE, ["w", "none", "y"])) == ["w", "y"]
    assert [r.path for r in table.everywhere()] == ["a/x/1", "b/w", "b/x/1", "b/x/2", "b/y", "c/x/1"]


def test_what_is_read_can_be_changed_while_it_is_listed(store: Store) -> None:
    table = store.table("sqs.Message")
    with store.transaction(write=True):
        for key in "abcd":
            table.keep(HERE, "q", key, {"n": 1})
        for found in table.list(HERE, "q"):
            found["n"] = 2
            if found.key == "b":
                table.drop(found)
            else:
                table.keep(HERE, "q", found.key, found)
    assert [(r.key, r["n"]) for r in table.list(HERE)] == [("a", 2), ("c", 2), ("d", 2)]


def test_a_document_that_was_read_is_the_readers(store: Store) -> None:
    table, given = store.table("ec2.Vpc"), {"Tags": ["a"]}
    with store.transaction(write=True):
        table.keep(HERE, "", "v", given)
    given["Tags"].append("b")
    found = table.find(HERE, "v")
    assert found == {"Tags": ["a"]}
    found["Tags"].append("c")
    assert table.find(HERE, "v") == {"Tags": ["a"]}


def test_what_no_document_has_is_refused(store: Store) -> None:
    with pytest.raises(TypeError, match="is not stored in documents"), store.transaction(write=True):
        store.table("ec2.Vpc").keep(HERE, "", "v", {"a": object()})
    assert store.counts() == {}


def test_tags_are_looked_up_by_key(store: Store) -> None:
    table = store.table("ec2.Vpc", tagged="Tags")
    with store.transaction(write=True):
        table.keep(HERE, "", "a", {"Tags": [{"Key": "team", "Value": "x"}]})
        table.keep(HERE, "", "b", {"Tags": {"team": "y"}})
    assert [r.key for r in table.having(HERE, "tag:team", ["x", "y"])] == ["a", "b"]
    assert [r.key for r in table.having(HERE, "tag:team", ["x", "y"], ("", "a"))] == ["b"]


def test_sealed_members_are_in_no_row(store: Store) -> None:
    table = store.table("ssm.Parameter", sealed=frozenset({"Value"}))
    with store.transaction(write=True):
        table.keep(HERE, "", "p", {"Name": "p", "deep": [{"Value": "hunter2!"}]})
    assert table.find(HERE, "p") == {"Name": "p", "deep": [{"Value": "hunter2!"}]}
    assert "hunter2!" not in str(list(store.content()))
    assert "hunter2!" not in str(store.table("ssm.Parameter").list(HERE))


def test_writing_outside_of_a_transaction_is_refused(store: Store) -> None:
    with store.transaction(write=True):
        store.keep_note("a", {})
    writers = [
        lambda: store.table("ec2.Vpc").keep(HERE, "", "v", {}),
        lambda: store.keep_note("a", {}),
        lambda: store.drop_note("a"),
        lambda: store.next_number("n"),
        lambda: store.schedule(1.0, {}),
        lambda: store.add_work(1.0, {}),
        lambda: store.lease_work(1.0, 1.0, 2.0, "me"),
        lambda: store.extend_work(1, "me", 2.0),
        lambda: store.finish_work(1, "me"),
        lambda: store.put_off_work(1, "me", 1.0, {}, 1, None),
        lambda: store.use_body("k", 1, b"x"),
        lambda: store.clear(),
    ]
    for write in writers:
        with pytest.raises(WriteNeeded):
            write()


def test_all_that_a_refused_call_wrote_is_rolled_back(store: Store) -> None:
    vpcs = store.table("ec2.Vpc", ["VpcId"])

    def write(n: int) -> None:
        vpcs.keep(HERE, "", "a", {"VpcId": str(n)})
        vpcs.keep(HERE, "", f"more {n}", {"VpcId": "more"})
        store.table(f"made.By{n}").keep(HERE, "", "x", {})
        store.keep_note("note", {"n": n})
        store.next_number("number")
        store.schedule(n, {"n": n})
        store.add_work(n, {"n": n})
        store.use_body("body", 1, b"x")
        store.record(float(n), "1", "r", {"n": n})

    def state() -> object:
        return sorted(map(str, store.content())), store.tables()

    with store.transaction(write=True):
        write(1)
        before = state()
        with pytest.raises(KeyError), store.transaction(write=True):  # noqa: PT012
            write(2)
            raise KeyError
        assert state() == before
        with pytest.raises(KeyError), store.transaction(write=True):  # noqa: PT012
            store.clear()
            write(3)
            raise KeyError
        assert state() == before
    with pytest.raises(KeyError), store.transaction(write=True):  # noqa: PT012
        write(4)
        vpcs.drop(vpcs.keep(HERE, "", "a", {"VpcId": "x"}))
        store.release_body("body")
        raise KeyError
    assert state() == before
    assert [r.key for r in vpcs.having(HERE, "VpcId", ["1", "more"])] == ["a", "more 1"]


def test_bodies_are_counted_by_use(store: Store) -> None:
    with store.transaction(write=True):
        store.use_body("small", 5, b"hello")
        store.use_body("large", 1 << 20, None)
        store.use_body("small", 5, b"hello")
        store.share_body("large")
        store.share_body("none")
        assert store.release_body("small") is None
        assert store.release_body("small") == Body(5, b"hello")
        assert store.release_body("small") is None
        assert store.release_body("large") is None
    assert store.body("small") is None
    assert store.body("large") == Body(1 << 20, None)


def test_the_history_is_read_from_the_latest_call(store: Store) -> None:
    def call(n: int, **more: object) -> int:
        return store.record(float(n), "1", "a" if n % 2 else "b", {"n": n, "caller": ["", "", "", f"K{n}"], **more})

    numbers = [call(1), call(2), call(3, errorCode="AccessDenied", body=b"x"), call(4)]
    assert numbers == sorted(set(numbers))
    assert store.record(9.0, "2", "a", {"n": 9}) > numbers[-1]
    shown = lambda calls: [call.document["n"] for call in calls]
    assert shown(store.recorded("1")) == [4, 3, 2, 1]
    assert shown(store.recorded("1", "a")) == [3, 1]
    assert shown(store.recorded("1", since=2.0, until=3.0)) == [3, 2]
    assert shown(store.recorded("1", after=numbers[1])) == [4, 3]
    assert shown(store.refused()) == [3]
    assert shown(store.refused(numbers[1])) == [2]
    assert next(store.refused()).document["body"] == "HIDDEN_DUE_TO_SECURITY_REASONS"
    used = store.last_use("1", "K3")
    assert used is not None
    assert (used.at, used.region, used.account) == (3.0, "a", "1")
    assert store.last_use("2", "K3") is None


def test_old_calls_are_forgotten_in_time(store: Store) -> None:
    with store.transaction(write=True):
        for n in range(1000):
            store.record(0.0 if n < 10 else 100 * 86400.0, "1", "r", {})
    assert len(list(store.recorded("1"))) == 990


def test_versions_differ_after_a_change(store: Store) -> None:
    with store.transaction(write=True):
        store.table("ec2.Vpc").keep(HERE, "", "a", {})
    with store.transaction(write=False):
        pass
    whole, vpcs, others = store.version(), store.version_of("ec2.Vpc"), store.version_of("iam.User")
    assert whole == store.version()
    with store.transaction(write=True):
        store.table("ec2.Vpc").keep(HERE, "", "b", {})
    assert store.version() != whole
    assert store.version_of("ec2.Vpc") != vpcs
    assert store.version_of("iam.User") == others


def test_a_reader_outside_of_a_transaction_sees_what_was_committed(store: Store) -> None:
    """Another thread is in a transaction: whoever reads waits for its end, or is Busy where it may not wait."""
    seen: list[object] = []
    begun = threading.Event()

    def read() -> None:
        with pytest.raises(Busy), store.at_once():
            store.note("a")
        begun.set()
        seen.append((store.note("a"), store.table("ec2.Vpc").anywhere("v"), store.tables()))

    reader = threading.Thread(target=read)
    with pytest.raises(KeyError), store.transaction(write=True):  # noqa: PT012
        store.keep_note("a", {"n": 1})
        store.table("ec2.Vpc").keep(HERE, "", "v", {})
        reader.start()
        assert begun.wait(60)
        raise KeyError
    reader.join()
    assert seen == [(None, None, [])]


def test_threads_that_read_and_write_at_once_see_no_half_of_anything(store: Store) -> None:
    failed: list[BaseException] = []
    table = store.table("ec2.Vpc")

    def read() -> None:
        try:
            for _ in range(200):
                assert store.note("n") in (None, {"n": 1})
                assert {r["n"] for r in table.list(HERE)} <= {1}
                store.version_of("ec2.Vpc")
        except BaseException as error:
            failed.append(error)
            raise

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for n in range(200):
        with pytest.raises(KeyError), store.transaction(write=True):  # noqa: PT012
            store.keep_note("n", {"n": 2})
            table.keep(HERE, "", str(n), {"n": 2})
            raise KeyError
        with store.transaction(write=True):
            store.keep_note("n", {"n": 1})
            table.keep(HERE, "", "v", {"n": 1})
    for reader in readers:
        reader.join()
    assert failed == []
