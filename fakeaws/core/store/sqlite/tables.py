"""The resources of one type in SQLite: a table each, and one of all values that are looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from fakeaws.core.store.interface import NO_SEALS, Row
from fakeaws.core.store.sqlite.engine import quoted
from fakeaws.core.store.stored_table import StoredTable
from fakeaws.core.store.tables import Document, Position, Resource, Scope

if TYPE_CHECKING:
    from fakeaws.core.store.sqlite.database import Database


class SqliteTable(StoredTable):
    def __init__(
        self,
        database: Database,
        name: str,
        index: Iterable[str] = (),
        tagged: str = "",
        sealed: frozenset[str] = NO_SEALS,
    ) -> None:
        super().__init__(database, name, index, tagged, sealed)
        self.database = database
        self._quoted = quoted(name)
        self._columns = f"SELECT account, region, parent, key, document FROM {self._quoted} WHERE"

    def find(self, scope: Scope, key: str, parent: str | None = None) -> Resource | None:
        where = "key = ? AND account = ? AND region = ?"
        values: tuple[str, ...] = (key, *scope)
        if parent is not None:
            where, values = f"{where} AND parent = ?", (*values, parent)
        return self._one(where, values)

    def several(self, scope: Scope, keys: list[str]) -> dict[str, Resource]:
        marks = ", ".join("?" * len(keys))
        where = f"key IN ({marks}) AND account = ? AND region = ?"
        return {row.key: row for row in self._rows(where, (*keys, *scope), order="")} if keys else {}

    def anywhere(self, key: str) -> Resource | None:
        return self._one("key = ?", (key,))

    def everywhere(self) -> Iterator[Resource]:
        return self._rows("1 = 1", ())

    def list(
        self, scope: Scope, parent: str | None = None, after: Position | None = None, prefix: str = ""
    ) -> Iterator[Resource]:
        where, values = ["account = ?", "region = ?"], list(scope)
        first, passed = prefix, ">="
        if parent is not None:
            where, values = [*where, "parent = ?"], [*values, parent]
            if after is not None and after[0] > parent:
                return iter(())
            if after is not None and after[0] == parent and after[1] >= prefix:
                first, passed = after[1], ">"
        elif after is not None:
            where, values = [*where, "(parent, key) > (?, ?)"], [*values, *after]
        if first or passed == ">":
            where, values = [*where, f"key {passed} ?"], [*values, first]
        if prefix:
            where, values = [*where, "key < ?"], [*values, prefix + "\U0010ffff"]
        return self._rows(" AND ".join(where), tuple(values))

    def having(
        self, scope: Scope, name: str, values: Iterable[str], after: Position | None = None
    ) -> Iterator[Resource]:
        found: set[Row] = set()
        for value in values:
            found.update(
                self.database.rows(
                    "SELECT parent, key FROM entry WHERE kind = ? AND account = ? AND region = ? AND name = ?"
                    " AND value = ? AND (parent, key) > (?, ?)",
                    (self.name, *scope, name, value, *(after or ("", ""))),
                )
            )
        for parent, key in sorted(found):
            resource = self.find(scope, key, parent)
            if resource is not None:
                yield resource

    def span(
        self,
        scope: Scope,
        parent: str,
        first: str,
        last: str,
        after: str | None = None,
        backward: bool = False,
        wanted: Callable[[str], bool] | None = None,
    ) -> Iterator[Resource]:
        where = "account = ? AND region = ? AND parent = ? AND key BETWEEN ? AND ?"
        values = [*scope, parent, first, last]
        if after is not None:
            where, values = f"{where} AND key {'<' if backward else '>'} ?", [*values, after]
        return self._rows(where, tuple(values), "key DESC" if backward else "key", wanted)

    def between(
        self,
        scope: Scope,
        name: str,
        first: str,
        last: str,
        after: tuple[str, str, str] | None = None,
        backward: bool = False,
    ) -> Iterator[Resource]:
        where = "kind = ? AND account = ? AND region = ? AND name = ? AND value BETWEEN ? AND ?"
        values = [self.name, *scope, name, first, last]
        if after is not None:
            where, values = f"{where} AND (value, parent, key) {'<' if backward else '>'} (?, ?, ?)", [*values, *after]
        order = ", ".join(f"{column} {'DESC' if backward else 'ASC'}" for column in ("value", "parent", "key"))
        statement = f"SELECT parent, key FROM entry WHERE {where} ORDER BY {order}"
        for parent, key in self.database.rows(statement, tuple(values)):
            resource = self.find(scope, key, parent)
            if resource is not None:
                yield resource

    def count(self, scope: Scope) -> int:
        statement = f"SELECT count(*) FROM {self._quoted} WHERE account = ? AND region = ?"
        row = self.database.row(statement, scope, self.name)
        return int(row[0]) if row else 0

    def keep(self, scope: Scope, parent: str, key: str, document: Document) -> Resource:
        self.database.must_write()
        self.database.make_table(self.name)
        self.database.changed(self.name)
        has_entries = bool(self.paths or self.tagged)
        old = self.find(scope, key, parent) if has_entries else None
        before = self.entries(old) if old else set()
        entries = self.entries(document) if has_entries else set()
        self.database.write(
            f"INSERT INTO {self._quoted} VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (account, region, parent, key) DO UPDATE SET document = excluded.document",
            (*scope, parent, key, self.encoded(document)),
        )
        for name, value in before - entries:
            self._forget(scope, name, value, parent, key)
        for name, value in entries - before:
            self.database.write(
                "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)",
                (self.name, *scope, name, value, parent, key),
            )
        return Resource(document, scope, parent, key)

    def drop(self, resource: Resource) -> None:
        stored = self.find(resource.scope, resource.key, resource.parent)
        if stored is None:
            return
        self.database.must_write()
        self.database.changed(self.name)
        self.database.write(
            f"DELETE FROM {self._quoted} WHERE account = ? AND region = ? AND parent = ? AND key = ?",
            (*resource.scope, resource.parent, resource.key),
        )
        for name, value in self.entries(stored):
            self._forget(resource.scope, name, value, resource.parent, resource.key)

    def _forget(self, scope: Scope, name: str, value: str, parent: str, key: str) -> None:
        self.database.write(
            "DELETE FROM entry WHERE kind = ? AND account = ? AND region = ? AND name = ? AND value = ?"
            " AND parent = ? AND key = ?",
            (self.name, *scope, name, value, parent, key),
        )

    def _one(self, where: str, values: tuple[str, ...]) -> Resource | None:
        row = self.database.row(f"{self._columns} {where} LIMIT 1", values, self.name)
        return self.resource(*row) if row else None

    def _rows(
        self,
        where: str,
        values: tuple[str, ...],
        order: str = "account, region, parent, key",
        wanted: Callable[[str], bool] | None = None,
    ) -> Iterator[Resource]:
        statement = f"{self._columns} {where} ORDER BY {order}" if order else f"{self._columns} {where}"
        for row in self.database.rows(statement, values, self.name):
            if wanted is None or wanted(row[3]):
                yield self.resource(*row)
