"""Random sequences of calls, on every store: each answers as the others do."""

from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fakeaws.core.store.interface import Store
from fakeaws.core.store.memory.store import MemoryStore
from fakeaws.core.store.sqlite.database import Database

SCOPES = st.sampled_from([("1", "a"), ("1", ""), ("2", "a")])
PARENTS = st.sampled_from(["", "p", "p/q", "z"])
KEYS = st.sampled_from(["", "a", "a/1", "a/2", "aé", "b", "漢", "😀", "a\x00", "a "])
VALUES = st.sampled_from(["", "x", "xy", "y", "é", "1"])
POSITIONS = st.none() | st.tuples(PARENTS, KEYS)
MOMENTS = st.integers(0, 5).map(float)
WRITES = st.one_of(
    st.tuples(st.just("keep"), SCOPES, PARENTS, KEYS, st.lists(VALUES, max_size=3), VALUES),
    st.tuples(st.just("drop"), SCOPES, PARENTS, KEYS),
    st.tuples(st.just("schedule"), MOMENTS, VALUES),
    st.tuples(st.just("next_due"), MOMENTS),
    st.tuples(st.just("add_work"), MOMENTS),
    st.tuples(st.just("lease_work"), MOMENTS, MOMENTS, st.sampled_from("ab")),
    st.tuples(st.sampled_from(["finish_work", "put_off_work"]), st.integers(1, 5), st.sampled_from("ab")),
    st.tuples(st.sampled_from(["use_body", "share_body", "release_body"]), st.sampled_from("kl")),
    st.tuples(st.just("refused"), st.just(())),
)
READS = st.one_of(
    st.tuples(st.just("find"), SCOPES, KEYS, st.none() | PARENTS),
    st.tuples(st.just("several"), SCOPES, st.lists(KEYS, max_size=3, unique=True)),
    st.tuples(st.just("anywhere"), KEYS),
    st.tuples(st.just("everywhere")),
    st.tuples(st.just("list"), SCOPES, st.none() | PARENTS, POSITIONS, st.sampled_from(["", "a", "a/", "漢"])),
    st.tuples(st.just("having"), SCOPES, st.sampled_from(["places", "tag:t"]), st.lists(VALUES, max_size=3), POSITIONS),
    st.tuples(st.just("span"), SCOPES, PARENTS, KEYS, KEYS, st.none() | KEYS, st.booleans()),
    st.tuples(
        st.just("between"),
        SCOPES,
        st.just("places"),
        VALUES,
        VALUES,
        st.none() | st.tuples(VALUES, PARENTS, KEYS),
        st.booleans(),
    ),
    st.tuples(st.just("count"), SCOPES),
)


def _table(store: Store) -> Any:
    return store.table("x.Thing", ["places"], "Tags")


def _written(store: Store, name: str, *values: Any) -> Any:
    if name == "keep":
        scope, parent, key, places, tag = values
        return _table(store).keep(scope, parent, key, {"places": places, "Tags": {"t": tag}})
    if name == "drop":
        scope, parent, key = values
        found = _table(store).find(scope, key, parent)
        return found if found is None else _table(store).drop(found)
    if name == "next_due":
        found = store.next_due(*values)
        if found is not None:
            store.done(found[0])
        return found and found[1:]
    more: dict[str, tuple[Any, ...]] = {
        "add_work": ({"n": 1},),
        "put_off_work": (3.0, {"n": 2}, 1, "failed"),
        "use_body": (3, b"abc"),
    }
    if name == "lease_work":
        now, at, owner = values
        return store.lease_work(now, at, at + 2.0, owner)
    return getattr(store, name)(*values, *more.get(name, ()))


def _run(store: Store, sequence: list[tuple[Any, ...]]) -> list[Any]:
    """What each call answered. Those of a transaction that is refused are rolled back, or those since an inner one."""
    answers: list[Any] = []
    with store.transaction(write=True):
        rest = iter(sequence)
        for name, *values in rest:
            if name == "refused":
                try:
                    with store.transaction(write=True):
                        for inner, *more in rest:
                            if inner != "refused":
                                answers.append(_written(store, inner, *more))
                            else:
                                raise KeyError
                except KeyError:
                    answers.append("rolled back")
            else:
                answers.append(_written(store, name, *values))
    return answers


def _read(store: Store, question: tuple[Any, ...]) -> Any:
    name, *values = question
    found = getattr(_table(store), name)(*values)
    if name in ("list", "everywhere", "having", "span", "between"):
        return [(row.scope, row.path, dict(row)) for row in found]
    return found


def _content(store: Store) -> Iterator[Any]:
    """All rows, without the numbers of events: each store gives its own."""
    for table, row in store.content():
        yield table, row[1:] if table == "schedule" else row


@settings(max_examples=150)
@given(st.lists(st.lists(WRITES, max_size=12), max_size=4), st.lists(READS, max_size=12))
def test_stores_answer_alike(transactions: list[list[tuple[Any, ...]]], reads: list[Any]) -> None:
    stores: list[Store] = [Database(None), MemoryStore()]
    for sequence in transactions:
        one, other = (_run(store, sequence) for store in stores)
        assert one == other
    for question in reads:
        one, other = (_read(store, question) for store in stores)
        assert one == other, question
    one, other = (sorted(map(str, _content(store))) for store in stores)
    assert one == other
    assert stores[0].works() == stores[1].works()
    for store in stores:
        store.close()
