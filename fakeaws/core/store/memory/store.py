"""A store in memory. What a transaction does is noted with how to undo it.

Rows are those of store/content.py, so documents are texts here too: whoever reads one has a copy, and what cannot be
stored elsewhere is refused here. A store at a path has the key of its secrets in that folder, and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from fakeaws.core.store import calls
from fakeaws.core.store.content import COLUMNS, RESOURCE
from fakeaws.core.store.interface import NO_SEALS, Body, Document, Due, Recorded, Row, Store, Work
from fakeaws.core.store.memory.rows import Key, Rows
from fakeaws.core.store.memory.tables import MemoryTable, by_key
from fakeaws.core.store.transactions import Transactions

NOTHING = Rows()
"""The rows of a table that nothing was ever stored in."""


class MemoryStore(Transactions):
    def __init__(self, path: str | None = None) -> None:
        super().__init__(path)
        self._tables: dict[str, Rows] = {name: Rows() for name in COLUMNS}
        self._undo: list[Callable[[], object]] = []
        self._written = 0
        self._last_event = 0

    # Transactions

    def _begin(self, write: bool) -> None:
        """No other process has this store, and no other thread is in a transaction."""

    def _commit(self) -> None:
        self._undo.clear()

    def _roll_back(self) -> None:
        if self._undo:
            self._undo_to(0)

    @contextmanager
    def _nested(self) -> Iterator[None]:
        mark = len(self._undo)
        is_done = False
        try:
            yield
            is_done = True
        finally:
            if not is_done:
                self._undo_to(mark)

    def _undo_to(self, mark: int) -> None:
        self._forget()
        while len(self._undo) > mark:
            self._undo.pop()()

    def version(self) -> tuple[int, int]:
        return 0, self._written

    def version_of(self, *tables: str) -> tuple[int, ...]:
        with self._lock:
            return self._rolled_back, *(self._changes.get(table, 0) for table in tables)

    # Rows

    def read(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The rows, as they are used within a transaction, at once outside of one."""
        if self.is_within:
            yield from rows
        else:
            with self._lock:
                found = list(rows)
            yield from found

    def count(self, table: str, prefix: Key = ()) -> int:
        """How many rows a table has whose keys begin so."""
        with self._lock:
            return self.rows(table).count(prefix)

    def rows(self, table: str) -> Rows:
        """The rows of a table, to be read."""
        return self._tables.get(table, NOTHING)

    def get(self, table: str, key: Key) -> Row | None:
        """The row of a key."""
        with self._lock:
            return self.rows(table).get(key)

    def put(self, table: str, row: Row) -> None:
        """Store a row, in place of the one of its key."""
        self._set(table, _key_of(table, row), row)

    def remove(self, table: str, key: Key) -> None:
        """Delete the row of a key, if it is stored."""
        self._set(table, key, None)

    def _set(self, table: str, key: Key, row: Row | None) -> None:
        self.must_write()
        self._written += 1
        rows = self._tables[table]
        before = rows.put(key, row)
        self._undo.append(lambda: rows.put(key, before))

    # Resources

    def table(
        self, name: str, index: Iterable[str] = (), tagged: str = "", sealed: frozenset[str] = NO_SEALS
    ) -> MemoryTable:
        return MemoryTable(self, name, index, tagged, sealed)

    def tables(self) -> list[str]:
        with self._lock:
            return sorted(name for name in self._tables if "." in name and not name.endswith(by_key("")))

    def has_table(self, name: str) -> bool:
        with self._lock:
            return name in self._tables

    def make_table(self, name: str) -> None:
        """Make the rows of a type, if they are not yet."""
        if name not in self._tables:
            for each in (name, by_key(name)):
                self._tables[each] = Rows()
                self._undo.append(lambda each=each: self._tables.pop(each))  # type: ignore[misc]

    def counted(self, table: str) -> int:
        return self.count(table)

    # Numbers, notes and the schedule

    def next_number(self, name: str) -> int:
        row = self.get("number", (name,))
        number = int(row[1]) + 1 if row else 1
        self.put("number", (name, number))
        return number

    def _note(self, name: str) -> Document | None:
        row = self.get("note", (name,))
        found: Document | None = json.loads(row[1]) if row else None
        return found

    def keep_note(self, name: str, document: Document) -> None:
        self._notes.clear()
        self.put("note", (name, json.dumps(document)))

    def drop_note(self, name: str) -> None:
        self._notes.clear()
        self.remove("note", (name,))

    def schedule(self, due: float, document: Document) -> None:
        self._last_event += 1
        self.put("schedule", (self._last_event, due, json.dumps(document)))

    def next_due(self, now: float) -> Due | None:
        row = next(self.read(self.rows("schedule").walk(high=(now,))), None)
        return (row[0], row[1], json.loads(row[2])) if row else None

    def done(self, event: int) -> None:
        for row in self.rows("schedule").walk():
            if row[0] == event:
                self.remove("schedule", (row[1], event))
                return

    # Work

    def add_work(self, due: float, document: Document) -> int:
        number = self.next_number("work")
        self.put("work", (number, due, json.dumps(document), 0, None, None, None))
        return number

    def lease_work(self, now: float, at: float, until: float, owner: str) -> Work | None:
        self.must_write()
        row = next((row for row in self.rows("work").walk(high=(now,)) if _is_free(row, at)), None)
        if row is None:
            return None
        leased = (*row[:3], row[3] + 1, row[4], owner, until)
        self.put("work", leased)
        return _work(leased)

    def extend_work(self, id: int, owner: str, until: float) -> bool:
        row = self._leased(id, owner)
        if row is not None:
            self.put("work", (*row[:6], until))
        return row is not None

    def finish_work(self, id: int, owner: str | None) -> bool:
        row = self._leased(id, owner)
        if row is not None:
            self.remove("work", (row[1], id))
        return row is not None

    def put_off_work(
        self, id: int, owner: str | None, due: float, document: Document, attempts: int, error: str | None
    ) -> bool:
        if not self.finish_work(id, owner):
            return False
        self.put("work", (id, due, json.dumps(document), attempts, error, None, None))
        return True

    def _leased(self, id: int, owner: str | None) -> Row | None:
        self.must_write()
        return next((row for row in self.rows("work").walk() if row[0] == id and row[5] == owner), None)

    def next_work(self, at: float) -> float | None:
        return next((float(row[1]) for row in self.read(self.rows("work").walk()) if _is_free(row, at)), None)

    def works(self) -> list[Work]:
        return [_work(row) for row in self.read(self.rows("work").walk())]

    # The history of calls

    def record(self, at: float, account: str, region: str, document: Document) -> int:
        with self.transaction(write=True):
            last = next(self.rows("call").walk(backward=True), (0,))
            number = int(last[0]) + 1
            self.put("call", (number, at, account, region, calls.encoded(document)))
            if number % calls.PRUNED_EVERY == 0:
                for row in self.rows("call").walk():
                    if row[1] < at - calls.KEPT_SECONDS:
                        self.remove("call", row[:1])
            return number

    def recorded(
        self, account: str, region: str | None = None, since: float = 0.0, until: float = 1e18, after: int = 0
    ) -> Iterator[Recorded]:
        rows = self.rows("call").walk((after + 1,), backward=True)
        for row in self.read(rows):
            if row[2] == account and since <= row[1] <= until and region in (None, row[3]):
                yield _call(row)

    def refused(self, number: int | None = None) -> Iterator[Recorded]:
        if number is not None:
            return map(_call, self.read(self.rows("call").walk((number,), (number,))))
        rows = self.read(self.rows("call").walk(backward=True))
        return (_call(row) for row in rows if calls.REFUSED in row[4])

    def last_use(self, account: str, access_key: str) -> Recorded | None:
        text = calls.by_key(access_key)
        rows = self.read(self.rows("call").walk(backward=True))
        return next((_call(row) for row in rows if row[2] == account and text in row[4]), None)

    # The rows of bodies

    def body(self, key: str) -> Body | None:
        row = self.get("blob", (key,))
        return Body(row[1], row[3]) if row else None

    def use_body(self, key: str, size: int, content: bytes | None) -> None:
        row = self.get("blob", (key,)) or (key, size, 0, content)
        self.put("blob", (*row[:2], row[2] + 1, row[3]))

    def share_body(self, key: str) -> None:
        row = self.get("blob", (key,))
        if row is not None:
            self.put("blob", (*row[:2], row[2] + 1, row[3]))

    def release_body(self, key: str) -> Body | None:
        row = self.get("blob", (key,))
        if row is None:
            return None
        if row[2] > 1:
            self.put("blob", (*row[:2], row[2] - 1, row[3]))
            return None
        self.remove("blob", (key,))
        return Body(row[1], row[3])

    # The whole store

    def content(self) -> Iterator[tuple[str, Row]]:
        with self.transaction(write=False):
            for table in (*COLUMNS, *self.tables()):
                for row in self.rows(table).walk():
                    yield table, row

    def copy_to(self, path: str) -> None:
        from fakeaws.core.store.opening import open_store

        copy = open_store(path)
        try:
            copy.become(self)
        finally:
            copy.close()

    def become(self, other: Store) -> None:
        from fakeaws.core.store import key

        key.take(self, other)
        with self.transaction(write=True):
            self.clear()
            for table, row in other.content():
                self.make_table(table)
                self.put(table, row)
                if table == "schedule":
                    self._last_event = max(self._last_event, row[0])
                elif table not in COLUMNS:
                    self.put(by_key(table), (row[3], *row[:3]))

    def clear(self) -> None:
        self.must_write()
        self._forget()
        self._written += 1
        before, self._tables = self._tables, {name: Rows() for name in COLUMNS}
        self._undo.append(lambda: setattr(self, "_tables", before))

    def check(self) -> None:
        """What is in memory can be read."""

    def close(self) -> None:
        """It goes with the last one who knows it."""


def _key_of(table: str, row: Row) -> Key:
    if table in ("schedule", "work"):
        return row[1], row[0]
    return row[: KEYS.get(table, len(RESOURCE) - 1)]


KEYS = {"note": 1, "number": 1, "call": 1, "entry": 7, "blob": 1}
"""How many columns, the first ones, are the key of a row; those of a schedule are in the order of their time."""


def _is_free(row: Row, at: float) -> bool:
    return row[6] is None or row[6] <= at


def _work(row: Row) -> Work:
    return Work(row[0], row[1], json.loads(row[2]), row[3], row[4])


def _call(row: Row) -> Recorded:
    return Recorded(row[0], row[1], json.loads(row[4]), row[2], row[3])
