"""One connection to a SQLite database: its transactions, and the statements that are run in them.

A read outside of a transaction has the connection to itself until its rows are read. So no statement runs while another
thread commits or rolls back, and none sees what was not committed.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from fakeaws.core.store.failures import Gone
from fakeaws.core.store.interface import Busy, Row
from fakeaws.core.store.sqlite.connection import BUSY_SECONDS, opened
from fakeaws.core.store.sqlite.failures import explained, is_transient
from fakeaws.core.store.transactions import Transactions
from fakeaws.core.tools.errors import CloudError

T = TypeVar("T")
PAUSE = 0.01
"""Seconds until a transaction that could not begin is begun again."""


class Engine(Transactions):
    """`path` None keeps the database in memory, for one process."""

    def __init__(self, path: str | None) -> None:
        super().__init__(path)
        self.connection, self.is_read_only = opened(path)
        self._inode = _inode(path)
        self._patience: float = BUSY_SECONDS
        self._known: set[str] = set()
        self._schema = -1
        self._cursors: set[sqlite3.Cursor] = set()
        """Those that the transaction at hand has begun to read."""

    # Transactions

    def _begin(self, write: bool) -> None:
        """Tried for as long as a writer waits, where SQLite says that it may succeed the next time."""
        end = time.monotonic() + self._patience
        while True:
            self._refuse_gone()
            try:
                self._try_to_begin(write)
                return
            except sqlite3.Error as error:
                self._roll_back()
                if not is_transient(error) or (self.may_wait and time.monotonic() >= end):
                    raise explained(error) from error
                if not self.may_wait:
                    raise Busy from error
            _pause()

    def _try_to_begin(self, write: bool) -> None:
        if self.may_wait or not write:
            self.connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        else:
            with self._waiting(0):
                self.connection.execute("BEGIN IMMEDIATE")
        self._look_at_schema()

    def _look_at_schema(self) -> None:
        """Forget the tables that are known, if another process has made or deleted any."""
        [version] = self.connection.execute("PRAGMA schema_version").fetchone()
        if version != self._schema:
            self._forget()
            self._schema = version

    @contextmanager
    def _waiting(self, seconds: float) -> Iterator[None]:
        """Have writers wait so long for those of other processes."""
        before, self._patience = self._patience, seconds
        self.connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
        try:
            yield
        finally:
            self._patience = before
            self.connection.execute(f"PRAGMA busy_timeout = {int(before * 1000)}")

    def _commit(self) -> None:
        self._close_cursors()
        self._run("COMMIT")
        if self._is_writing:
            self._refuse_gone()

    def _roll_back(self) -> None:
        self._close_cursors()
        if self.connection.in_transaction:
            self._forget()
            self._run("ROLLBACK")

    def _close_cursors(self) -> None:
        """A statement that was not read to its end would go on seeing the database as it was, and no writing
        transaction could begin after another process has written."""
        for cursor in self._cursors:
            cursor.close()
        self._cursors.clear()

    @contextmanager
    def _nested(self) -> Iterator[None]:
        self._run("SAVEPOINT nested")
        is_done = False
        try:
            yield
            is_done = True
        finally:
            if self.connection.in_transaction:
                if not is_done:
                    self._forget()
                    self._run("ROLLBACK TO nested")
                self._run("RELEASE nested")

    def _forget(self) -> None:
        super()._forget()
        self._known.clear()

    def _refuse_gone(self) -> None:
        """What is written to a file that was removed or replaced is lost."""
        if self._inode is not None and _inode(self.path) != self._inode:
            raise Gone(f"The cloud's folder {os.path.dirname(self.path or '')} was removed or replaced while in use.")

    def version(self) -> tuple[int, int]:
        with self._lock:
            return self._others(), self.connection.total_changes

    def version_of(self, *tables: str) -> tuple[int, ...]:
        with self._lock:
            return self._others(), self._rolled_back, *(self._changes.get(table, 0) for table in tables)

    def _others(self) -> int:
        """What differs after another process has written."""
        [found] = self._one("PRAGMA data_version", ()) or (0,)
        return int(found)

    # Statements

    def write(self, statement: str, values: Row = ()) -> int:
        """Run a statement that changes something: how many rows it has changed."""
        self.must_write()
        return self._run(statement, values).rowcount

    def write_row(self, statement: str, values: Row = ()) -> Row | None:
        """The row that a statement has changed, where it returns any."""
        self.must_write()
        return self._one(statement, values)

    def row(self, statement: str, values: Row = (), table: str | None = None) -> Row | None:
        """The first row that a statement selects; of a `table` that is not, it selects none."""
        if self.is_within:
            return self._one(statement, values) if table is None or self._knows(table) else None
        return self._outside(lambda: self._one(statement, values), table)

    def rows(self, statement: str, values: Row = (), table: str | None = None) -> Iterator[Row]:
        """The rows that a statement selects, read as they are used within a transaction, at once outside of one."""
        if not self.is_within:
            yield from self._outside(lambda: list(self._each(statement, values)), table) or ()
        elif table is None or self._knows(table):
            yield from self._each(statement, values)

    def _outside(self, read: Callable[[], T], table: str | None) -> T | None:
        """What one statement reads outside of a transaction. Where it fails it is one of a transaction, which is begun
        with patience and sees the table as it was found."""
        with self._lock:
            try:
                if table is None:
                    return read()
                self._look_at_schema()
                return read() if self._knows(table) else None
            except (CloudError, sqlite3.Error):
                with self.transaction(write=False):
                    return read() if table is None or self._knows(table) else None

    def _one(self, statement: str, values: Row) -> Row | None:
        try:
            cursor = self.connection.execute(statement, values)
            found: Row | None = cursor.fetchone()
            cursor.close()
        except sqlite3.Error as error:
            raise explained(error) from error
        return found

    def _each(self, statement: str, values: Row) -> Iterator[Row]:
        cursor = self._run(statement, values)
        self._cursors.add(cursor)
        try:
            yield from cursor
        except sqlite3.Error as error:
            if cursor not in self._cursors:
                raise CloudError("Rows of the cloud were read on after their transaction was over.") from error
            raise explained(error) from error
        finally:
            self._cursors.discard(cursor)
            cursor.close()

    def _run(self, statement: str, values: Row = ()) -> sqlite3.Cursor:
        try:
            return self.connection.execute(statement, values)
        except sqlite3.Error as error:
            raise explained(error) from error

    def _knows(self, table: str) -> bool:
        if table not in self._known:
            if self._one("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)) is None:
                return False
            self._known.add(table)
        return True


def _pause() -> None:
    from fakeaws.core.tools import machine

    machine.pause(PAUSE)


def quoted(name: str) -> str:
    """A table's name in a statement: it cannot be a parameter."""
    return '"' + name.replace('"', "") + '"'


def _inode(path: str | None) -> tuple[int, int] | None:
    """What tells a file from another one that has taken its place; None for none."""
    try:
        found = os.stat(path or "")
    except OSError:
        return None
    return found.st_dev, found.st_ino
