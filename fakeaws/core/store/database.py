"""The cloud's database: connection, transactions, numbers, notes and the schedule."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fakeaws.core.store.failures import Damaged, Gone, ReadOnly, explained
from fakeaws.core.store.opening import BUSY_SECONDS, opened

if TYPE_CHECKING:
    from fakeaws.core.store.tables import Table

Document = dict[str, Any]
Due = tuple[int, float, Document]


class WriteNeeded(Exception):
    """A call that was expected only to read wants to write: it is to be run again in a writing transaction."""


class Busy(Exception):
    """A call that must not wait would have to: nothing of it was done, and it is to be run where it may wait."""


class Database:
    """One SQLite database in WAL mode. `path` None keeps the cloud in memory, for one process."""

    def __init__(self, path: str | None) -> None:
        self.path = path
        self.lock = threading.RLock()
        self._writing = False
        self._owner = 0
        self._hurried = 0
        self.is_closing = False
        """Whether calls that wait should come to an end."""
        self._known: set[str] = set()
        self._tables: dict[str, Table] = {}
        self._notes: dict[str, Document | None] = {}
        """The notes that the transaction at hand has read."""
        self.changes: dict[str, int] = {}
        """How often each table was written to by this process."""
        self._taken_back = 0
        self.key: tuple[Any, bytes] = (None, b"")
        """The key that secrets are sealed with, and the stamp of the file that it was read from."""
        self.memo: dict[Any, Any] = {}
        """What was worked out from tables, each with the `version_of` them that it holds for."""
        self._schema = -1
        self.connection, self.is_read_only = opened(path)
        self._inode = _inode(path)

    @contextmanager
    def transaction(self, write: bool, scratch: bool = False) -> Iterator[None]:
        """All of what is done inside, or nothing. Writers queue; a reader sees the cloud as it was when it began.

        `scratch`: in a folder that cannot be written to, what is written may be lost; else that is ReadOnly. Raises
        WriteNeeded from inside a reading transaction when something is to be kept, CloudError where the database fails.
        """
        if write and self.is_read_only and not scratch:
            raise ReadOnly(f"The cloud's folder {os.path.dirname(self.path or '')} cannot be written to.")
        if not self.lock.acquire(blocking=self.may_wait):
            raise Busy
        try:
            if self.connection.in_transaction:
                with self._nested():
                    yield
            else:
                self._begin(write)
                with self._outermost(write):
                    self._look_at_schema()
                    yield
        finally:
            self.lock.release()

    @contextmanager
    def _outermost(self, write: bool) -> Iterator[None]:
        self._writing = write
        self._notes.clear()
        self._owner = threading.get_ident()
        try:
            yield
            self.connection.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            raise explained(error) from error
        finally:
            self._abandon()
            self._owner = 0
        if write:
            self._refuse_gone()

    def _begin(self, write: bool) -> None:
        self._refuse_gone()
        if self.may_wait or not write:
            try:
                self.connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            except sqlite3.DatabaseError as error:
                raise explained(error) from error
            return
        self.connection.execute("PRAGMA busy_timeout = 0")
        try:
            self.connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise Busy from error
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")

    def _look_at_schema(self) -> None:
        """Forget the tables that are known, if another process has made or removed any."""
        [version] = self.connection.execute("PRAGMA schema_version").fetchone()
        if version != self._schema:
            self._forget()
            self._schema = version

    def _refuse_gone(self) -> None:
        """What is written to a file that was removed or replaced is lost."""
        if self._inode is not None and _inode(self.path) != self._inode:
            raise Gone(f"The cloud's folder {os.path.dirname(self.path or '')} was removed or replaced while in use.")

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Have this thread's transactions raise Busy where they would have to wait for others."""
        self._hurried = threading.get_ident()
        try:
            yield
        finally:
            self._hurried = 0

    @property
    def may_wait(self) -> bool:
        """Whether this thread can be kept waiting."""
        return self._hurried != threading.get_ident()

    @property
    def is_within(self) -> bool:
        """Whether this thread is in a transaction."""
        return self._owner == threading.get_ident()

    def version(self) -> tuple[int, int]:
        """What differs after anything was kept, by this process or another one."""
        with self.lock:
            [others] = self.connection.execute("PRAGMA data_version").fetchone()
            return others, self.connection.total_changes

    def version_of(self, *tables: str) -> tuple[int, ...]:
        """What differs after one of the tables was changed by this process, or anything by another one."""
        [others] = self.connection.execute("PRAGMA data_version").fetchone()
        return others, self._taken_back, *(self.changes.get(table, 0) for table in tables)

    @contextmanager
    def _nested(self) -> Iterator[None]:
        """A call made by another call: refused, it leaves nothing, whatever the outer one goes on to do."""
        if not self._writing:
            yield
            return
        self.connection.execute("SAVEPOINT nested")
        done = False
        try:
            yield
            done = True
        finally:
            if self.connection.in_transaction:
                if not done:
                    self._forget()
                    self.connection.execute("ROLLBACK TO nested")
                self.connection.execute("RELEASE nested")

    def _abandon(self) -> None:
        """Take back what was not committed, if anything."""
        if self.connection.in_transaction:
            self._forget()
            self.connection.execute("ROLLBACK")

    def _forget(self) -> None:
        """What is known of the tables may not be so any more."""
        self._known.clear()
        self._notes.clear()
        self._taken_back += 1

    def write(self, statement: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        """Run a statement that changes something; WriteNeeded in a reading transaction."""
        if not self._writing:
            raise WriteNeeded
        return self.read(statement, values)

    def read(self, statement: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        """The rows that a statement answers with; CloudError where the database fails."""
        try:
            return self.connection.execute(statement, values)
        except sqlite3.DatabaseError as error:
            raise explained(error) from error

    def table(self, name: str, index: Iterable[str], tagged: str, sealed: frozenset[str]) -> Table:
        """The resources of one type (`core/store/tables.py`)."""
        found = self._tables.get(name)
        if found is None:
            from fakeaws.core.store.tables import Table

            found = self._tables[name] = Table(self, name, index, tagged, sealed)
        return found

    def has_table(self, name: str) -> bool:
        if name not in self._known:
            row = self.read("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)).fetchone()
            if row is None:
                return False
            self._known.add(name)
        return True

    def tables(self) -> list[str]:
        """The resource types that something was kept of, such as `ec2.Instance`."""
        rows = self.read("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%.%' ORDER BY name")
        return [row[0] for row in rows]

    def next_number(self, name: str) -> int:
        """1, 2, 3, …: never the same number twice for one name."""
        row = self.write(
            "INSERT INTO number VALUES (?, 1) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value", (name,)
        ).fetchone()
        return int(row[0])

    def note(self, name: str) -> Document | None:
        """A small document of the cloud's own, such as its clock."""
        if not self.is_within:
            return self._note(name)
        if name not in self._notes:
            self._notes[name] = self._note(name)
        return self._notes[name]

    def _note(self, name: str) -> Document | None:
        row = self.read("SELECT document FROM note WHERE name = ?", (name,)).fetchone()
        found: Document | None = json.loads(row[0]) if row else None
        return found

    def keep_note(self, name: str, document: Document) -> None:
        self._notes.clear()
        self.write("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, json.dumps(document)))

    def drop_note(self, name: str) -> None:
        self._notes.clear()
        self.write("DELETE FROM note WHERE name = ?", (name,))

    def schedule(self, due: float, document: Document) -> None:
        """Have `document` handed out by `next_due` once the clock has reached `due` (epoch seconds)."""
        self.write("INSERT INTO schedule (due, document) VALUES (?, ?)", (due, json.dumps(document)))

    def next_due(self, now: float) -> Due | None:
        """The earliest event due by `now`, or None."""
        row = self.read(
            "SELECT id, due, document FROM schedule WHERE due <= ? ORDER BY due, id LIMIT 1", (now,)
        ).fetchone()
        return (row[0], row[1], json.loads(row[2])) if row else None

    def add_work(self, due: float, document: Document) -> int:
        """Store a piece of work."""
        raise NotImplementedError

    def done(self, event: int) -> None:
        self.write("DELETE FROM schedule WHERE id = ?", (event,))

    def record(self, at: float, account: str, region: str, document: Document) -> None:
        """Add a call to the cloud's history."""
        self.write(
            "INSERT INTO call (at, account, region, document) VALUES (?, ?, ?, ?)",
            (at, account, region, json.dumps(document, default=str)),
        )

    def recorded(self, account: str, region: str, since: float, until: float) -> Iterator[Document]:
        """The recorded calls of a time span, the newest first."""
        rows = self.read(
            "SELECT document FROM call WHERE account = ? AND region = ? AND at BETWEEN ? AND ? ORDER BY id DESC",
            (account, region, since, until),
        )
        for row in rows:
            yield json.loads(row[0])

    def copy_to(self, path: str) -> None:
        """A consistent copy of the whole database, also while others write, in a new file that only its owner reads."""
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        target = sqlite3.connect(path)
        with target:
            self.connection.backup(target)
        target.close()

    def become(self, other: Database) -> None:
        """Take over the whole content of another database, in one step."""
        with self.lock:
            self._forget()
            other.connection.backup(self.connection)

    def clear(self) -> None:
        """Empty the cloud: every resource, note and event goes."""
        self._notes.clear()
        for name in self.tables():
            self.write(f'DROP TABLE "{name}"')
        for name in ("note", "number", "schedule", "call", "entry", "blob"):
            self.write(f"DELETE FROM {name}")
        self._forget()

    def check(self) -> None:
        """Raises Damaged unless the whole database can be read."""
        [found] = self.read("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise Damaged(f"The cloud's database is damaged ({found}).")

    def counts(self) -> dict[str, int]:
        """How many resources there are of each type, in all accounts and regions."""
        return {name: self.counted(name) for name in self.tables()}

    def counted(self, name: str) -> int:
        """How many rows a table has."""
        return int(self.read(f'SELECT count(*) FROM "{name}"').fetchone()[0])

    def close(self) -> None:
        self.connection.close()


def _inode(path: str | None) -> tuple[int, int] | None:
    """What tells a file from another one that has taken its place; None for none."""
    try:
        found = os.stat(path or "")
    except OSError:
        return None
    return found.st_dev, found.st_ino
