"""The resources of one type in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from fakeaws.core.store.interface import NO_SEALS, Row
from fakeaws.core.store.stored_table import Entry, StoredTable
from fakeaws.core.store.tables import Document, Position, Resource, Scope

if TYPE_CHECKING:
    from fakeaws.core.store.memory.store import MemoryStore

LAST = "\U0010ffff"
"""No key that begins with a prefix is greater than it with this behind it."""


class MemoryTable(StoredTable):
    def __init__(
        self,
        store: MemoryStore,
        name: str,
        index: Iterable[str] = (),
        tagged: str = "",
        sealed: frozenset[str] = NO_SEALS,
    ) -> None:
        super().__init__(store, name, index, tagged, sealed)
        self.store = store

    def find(self, scope: Scope, key: str, parent: str | None = None) -> Resource | None:
        if parent is None:
            return next(self._read(self._by_key(key, *scope)), None)
        row = self.store.get(self.name, (*scope, parent, key))
        return self.resource(*row) if row else None

    def several(self, scope: Scope, keys: list[str]) -> dict[str, Resource]:
        return {row.key: row for key in keys for row in self._read(self._by_key(key, *scope))}

    def anywhere(self, key: str) -> Resource | None:
        return next(self._read(self._by_key(key)), None)

    def everywhere(self) -> Iterator[Resource]:
        return self._read(self.store.rows(self.name).walk())

    def list(
        self, scope: Scope, parent: str | None = None, after: Position | None = None, prefix: str = ""
    ) -> Iterator[Resource]:
        rows = self.store.rows(self.name)
        place = (*scope, *after) if after is not None else None
        if parent is None:
            return self._read(row for row in rows.walk(scope, scope, place) if row[3].startswith(prefix))
        last = (prefix + LAST,) if prefix else ()
        return self._read(rows.walk((*scope, parent, prefix), (*scope, parent, *last), place))

    def having(
        self, scope: Scope, name: str, values: Iterable[str], after: Position | None = None
    ) -> Iterator[Resource]:
        found: set[Row] = set()
        for value in values:
            place = (self.name, *scope, name, value)
            rows = self.store.rows("entry").walk(place, place, (*place, *(after or ("", ""))))
            found.update(row[5:] for row in self.store.read(rows))
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
        place = (*scope, parent)
        seen = (*place, after) if after is not None else None
        rows = self.store.rows(self.name).walk((*place, first), (*place, last), seen, backward)
        return self._read(row for row in rows if wanted is None or wanted(row[3]))

    def between(
        self,
        scope: Scope,
        name: str,
        first: str,
        last: str,
        after: tuple[str, str, str] | None = None,
        backward: bool = False,
    ) -> Iterator[Resource]:
        place = (self.name, *scope, name)
        seen = (*place, *after) if after is not None else None
        for row in self.store.read(self.store.rows("entry").walk((*place, first), (*place, last), seen, backward)):
            resource = self.find(scope, row[6], row[5])
            if resource is not None:
                yield resource

    def count(self, scope: Scope) -> int:
        return self.store.count(self.name, scope)

    def keep(self, scope: Scope, parent: str, key: str, document: Document) -> Resource:
        self.store.must_write()
        self.store.make_table(self.name)
        self.store.changed(self.name)
        has_entries = bool(self.paths or self.tagged)
        old = self.find(scope, key, parent) if has_entries else None
        before = self.entries(old) if old else set()
        entries = self.entries(document) if has_entries else set()
        self.store.put(self.name, (*scope, parent, key, self.encoded(document)))
        self.store.put(by_key(self.name), (key, *scope, parent))
        found = Resource(document, scope, parent, key)
        self._look_up(found, before - entries, False)
        self._look_up(found, entries - before, True)
        return found

    def drop(self, resource: Resource) -> None:
        stored = self.find(resource.scope, resource.key, resource.parent)
        if stored is None:
            return
        self.store.must_write()
        self.store.changed(self.name)
        self.store.remove(self.name, (*stored.scope, stored.parent, stored.key))
        self.store.remove(by_key(self.name), (stored.key, *stored.scope, stored.parent))
        self._look_up(stored, self.entries(stored), False)

    def _look_up(self, resource: Resource, entries: set[Entry], is_found: bool) -> None:
        """Have a resource be found by these values, or no longer."""
        for entry in entries:
            row = (self.name, *resource.scope, *entry, resource.parent, resource.key)
            if is_found:
                self.store.put("entry", row)
            else:
                self.store.remove("entry", row)

    def _by_key(self, *place: str) -> Iterator[Row]:
        """The rows at (key, account, region), or those of a key."""
        rows = self.store.rows(self.name)
        for key, account, region, parent in self.store.rows(by_key(self.name)).walk(place, place):
            row = rows.get((account, region, parent, key))
            if row is not None:
                yield row

    def _read(self, rows: Iterator[Row]) -> Iterator[Resource]:
        for row in self.store.read(rows):
            yield self.resource(*row)


def by_key(table: str) -> str:
    """The name of the rows (key, account, region, parent) of a table of resources."""
    return f"{table} by key"
