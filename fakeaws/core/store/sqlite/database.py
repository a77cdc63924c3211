"""A store in SQLite: its tables, and what is done to it as a whole."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator

from fakeaws.core.store.content import COLUMNS, columns_of
from fakeaws.core.store.failures import Damaged
from fakeaws.core.store.interface import NO_SEALS, Row, Store
from fakeaws.core.store.sqlite.engine import quoted
from fakeaws.core.store.sqlite.failures import explained
from fakeaws.core.store.sqlite.records import Records
from fakeaws.core.store.sqlite.tables import SqliteTable


class Database(Records):
    """One SQLite database in WAL mode."""

    def table(
        self, name: str, index: Iterable[str] = (), tagged: str = "", sealed: frozenset[str] = NO_SEALS
    ) -> SqliteTable:
        return SqliteTable(self, name, index, tagged, sealed)

    def tables(self) -> list[str]:
        rows = self.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%.%' ORDER BY name")
        return [row[0] for row in rows]

    def has_table(self, name: str) -> bool:
        return self.row("SELECT 1", (), name) is not None

    def make_table(self, name: str) -> None:
        """Make the table of a type, if it is not yet."""
        if self.has_table(name):
            return
        table = quoted(name)
        self.write(
            f"CREATE TABLE {table} (account TEXT, region TEXT, parent TEXT, key TEXT, document TEXT,"
            " PRIMARY KEY (account, region, parent, key)) WITHOUT ROWID"
        )
        self.write(f"CREATE INDEX {quoted(f'{name} by key')} ON {table} (key, account, region)")

    def counted(self, table: str) -> int:
        row = self.row(f"SELECT count(*) FROM {quoted(table)}")
        return int(row[0]) if row else 0

    def content(self) -> Iterator[tuple[str, Row]]:
        with self.transaction(write=False):
            for table in (*COLUMNS, *self.tables()):
                for row in self.rows(f"SELECT {', '.join(columns_of(table))} FROM {quoted(table)}"):
                    yield table, row

    def copy_to(self, path: str) -> None:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        target = sqlite3.connect(path)
        try:
            with target, self._lock:
                self.connection.backup(target)
        except sqlite3.Error as error:
            raise explained(error) from error
        finally:
            target.close()
        from fakeaws.core.store import key

        key.copy(self, os.path.dirname(path))

    def become(self, other: Store) -> None:
        from fakeaws.core.store import key

        key.take(self, other)
        if not isinstance(other, Database):
            with self.transaction(write=True):
                self.clear()
                self._fill(other.content())
            return
        try:
            with self._lock:
                self._forget()
                other.connection.backup(self.connection)
        except sqlite3.Error as error:
            raise explained(error) from error

    def _fill(self, content: Iterator[tuple[str, Row]]) -> None:
        for table, row in content:
            if table not in COLUMNS:
                self.make_table(table)
            columns = columns_of(table)
            marks = ", ".join("?" * len(columns))
            self.write(f"INSERT INTO {quoted(table)} ({', '.join(columns)}) VALUES ({marks})", row)

    def clear(self) -> None:
        for name in self.tables():
            self.write(f"DROP TABLE {quoted(name)}")
        for name in COLUMNS:
            self.write(f"DELETE FROM {name}")
        self._forget()

    def check(self) -> None:
        [found] = self.row("PRAGMA quick_check(1)") or ("nothing can be read",)
        if found != "ok":
            raise Damaged(f"The cloud's database is damaged ({found}).")

    def close(self) -> None:
        self.connection.close()
