"""The cloud's own lists in SQLite: numbers, notes, the schedule, work, the history of calls, the rows of bodies."""

from __future__ import annotations

import json
from collections.abc import Iterator

from fakeaws.core.store import calls
from fakeaws.core.store.interface import Body, Busy, Document, Due, Recorded, Row, Work
from fakeaws.core.store.sqlite.engine import Engine
from fakeaws.core.tools.errors import CloudError

WORK = "SELECT id, due, document, attempts, error FROM work"
CALL = "SELECT id, at, document, account, region FROM call"


class Records(Engine):
    # Numbers, notes and the schedule

    def next_number(self, name: str) -> int:
        row = self.write_row(
            "INSERT INTO number VALUES (?, 1) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value", (name,)
        )
        return int(row[0]) if row else 0

    def _note(self, name: str) -> Document | None:
        row = self.row("SELECT document FROM note WHERE name = ?", (name,))
        found: Document | None = json.loads(row[0]) if row else None
        return found

    def keep_note(self, name: str, document: Document) -> None:
        self._notes.clear()
        self.write("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, json.dumps(document)))

    def drop_note(self, name: str) -> None:
        self._notes.clear()
        self.write("DELETE FROM note WHERE name = ?", (name,))

    def schedule(self, due: float, document: Document) -> None:
        self.write("INSERT INTO schedule (due, document) VALUES (?, ?)", (due, json.dumps(document)))

    def next_due(self, now: float) -> Due | None:
        row = self.row("SELECT id, due, document FROM schedule WHERE due <= ? ORDER BY due, id LIMIT 1", (now,))
        return (row[0], row[1], json.loads(row[2])) if row else None

    def done(self, event: int) -> None:
        self.write("DELETE FROM schedule WHERE id = ?", (event,))

    # Work

    def add_work(self, due: float, document: Document) -> int:
        number = self.next_number("work")
        row = (number, due, json.dumps(document), 0, None, None, None)
        self.write("INSERT INTO work VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return number

    def lease_work(self, now: float, at: float, until: float, owner: str) -> Work | None:
        self.must_write()
        free = f"{WORK} WHERE due <= ? AND (until IS NULL OR until <= ?) ORDER BY due, id LIMIT 1"
        row = self.row(free, (now, at))
        if row is None:
            return None
        self.write("UPDATE work SET owner = ?, until = ?, attempts = attempts + 1 WHERE id = ?", (owner, until, row[0]))
        return _work(row)._replace(attempts=row[3] + 1)

    def extend_work(self, id: int, owner: str, until: float) -> bool:
        return self.write("UPDATE work SET until = ? WHERE id = ? AND owner = ?", (until, id, owner)) > 0

    def finish_work(self, id: int, owner: str | None) -> bool:
        return self.write("DELETE FROM work WHERE id = ? AND owner IS ?", (id, owner)) > 0

    def put_off_work(
        self, id: int, owner: str | None, due: float, document: Document, attempts: int, error: str | None
    ) -> bool:
        return (
            self.write(
                "UPDATE work SET due = ?, document = ?, attempts = ?, error = ?, owner = NULL, until = NULL"
                " WHERE id = ? AND owner IS ?",
                (due, json.dumps(document), attempts, error, id, owner),
            )
            > 0
        )

    def next_work(self, at: float) -> float | None:
        row = self.row("SELECT due FROM work WHERE until IS NULL OR until <= ? ORDER BY due, id LIMIT 1", (at,))
        return float(row[0]) if row else None

    def works(self) -> list[Work]:
        return [_work(row) for row in self.rows(f"{WORK} ORDER BY due, id")]

    # The history of calls

    def record(self, at: float, account: str, region: str, document: Document) -> int:
        if self.is_within:
            return self._add_call(at, account, region, document)
        try:
            with self._lock, self._waiting(calls.PATIENCE), self.transaction(write=True, scratch=True):
                return self._add_call(at, account, region, document)
        except (CloudError, Busy):
            return 0

    def _add_call(self, at: float, account: str, region: str, document: Document) -> int:
        row = self.write_row(
            "INSERT INTO call (at, account, region, document) VALUES (?, ?, ?, ?) RETURNING id",
            (at, account, region, calls.encoded(document)),
        )
        number = int(row[0]) if row else 0
        if number % calls.PRUNED_EVERY == 0:
            self.write("DELETE FROM call WHERE at < ?", (at - calls.KEPT_SECONDS,))
        return number

    def recorded(
        self, account: str, region: str | None = None, since: float = 0.0, until: float = 1e18, after: int = 0
    ) -> Iterator[Recorded]:
        where = "account = ? AND at BETWEEN ? AND ? AND id > ?"
        values: Row = (account, since, until, after)
        if region is not None:
            where, values = f"{where} AND region = ?", (*values, region)
        return map(_call, self.rows(f"{CALL} WHERE {where} ORDER BY id DESC", values))

    def refused(self, number: int | None = None) -> Iterator[Recorded]:
        if number is not None:
            return map(_call, self.rows(f"{CALL} WHERE id = ?", (number,)))
        return map(_call, self.rows(f"{CALL} WHERE document LIKE ? ORDER BY id DESC", (f"%{calls.REFUSED}%",)))

    def last_use(self, account: str, access_key: str) -> Recorded | None:
        row = self.row(
            f"{CALL} WHERE account = ? AND instr(document, ?) ORDER BY id DESC LIMIT 1",
            (account, calls.by_key(access_key)),
        )
        return _call(row) if row else None

    # The rows of bodies

    def body(self, key: str) -> Body | None:
        row = self.row("SELECT size, content FROM blob WHERE key = ?", (key,))
        return Body(*row) if row else None

    def use_body(self, key: str, size: int, content: bytes | None) -> None:
        self.write(
            "INSERT INTO blob VALUES (?, ?, 1, ?) ON CONFLICT (key) DO UPDATE SET uses = uses + 1",
            (key, size, content),
        )

    def share_body(self, key: str) -> None:
        self.write("UPDATE blob SET uses = uses + 1 WHERE key = ?", (key,))

    def release_body(self, key: str) -> Body | None:
        self.write("UPDATE blob SET uses = uses - 1 WHERE key = ?", (key,))
        row = self.write_row("DELETE FROM blob WHERE key = ? AND uses <= 0 RETURNING size, content", (key,))
        return Body(*row) if row else None


def _work(row: Row) -> Work:
    return Work(row[0], row[1], json.loads(row[2]), row[3], row[4])


def _call(row: Row) -> Recorded:
    return Recorded(row[0], row[1], json.loads(row[2]), row[3], row[4])
