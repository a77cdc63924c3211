"""The resources of one type: a table each, found by key, by an indexed value, or listed in key order."""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from fakeaws.core import tags
from fakeaws.core.store.database import Database

Document = dict[str, Any]
Scope = tuple[str, str]
"""(account, region); the region is empty for resources that AWS keeps globally."""
Position = tuple[str, str]
"""(parent, key): where a resource stands in the order of its table."""


class Resource(dict[str, Any]):
    """A kept document and where it stands."""

    __slots__ = ("key", "parent", "scope")

    def __init__(self, document: Document, scope: Scope, parent: str, key: str) -> None:
        super().__init__(document)
        self.scope = scope
        self.parent = parent
        self.key = key

    @property
    def path(self) -> str:
        """What its children have as parent."""
        return f"{self.parent}/{self.key}" if self.parent else self.key


class Table:
    """The resources of one type, such as `ec2.Instance`. `index` names the paths whose values can be looked up, and
    `tagged` where the tags are: those can be looked up as `tag:KEY`."""

    def __init__(self, database: Database, name: str, index: Iterable[str] = (), tagged: str = "") -> None:
        self.database = database
        self.name = name
        self.tagged = tagged
        self.paths = [path.split(".") for path in index]
        self._quoted = '"' + name.replace('"', "") + '"'

    def find(self, scope: Scope, key: str, parent: str | None = None) -> Resource | None:
        """The resource with this key; `parent` None finds it under any parent."""
        if not self.database.has_table(self.name):
            return None
        where = "key = ? AND account = ? AND region = ?"
        values: tuple[str, ...] = (key, *scope)
        if parent is not None:
            where, values = f"{where} AND parent = ?", (*values, parent)
        return self._one(where, values)

    def several(self, scope: Scope, keys: list[str]) -> dict[str, Resource]:
        """The resources with these keys that are there, by key."""
        if not keys or not self.database.has_table(self.name):
            return {}
        marks = ", ".join("?" * len(keys))
        where = f"key IN ({marks}) AND account = ? AND region = ?"
        return {row.key: row for row in self._rows(where, (*keys, *scope), ordered=False)}

    def anywhere(self, key: str) -> Resource | None:
        """The resource with this key in whatever account and region it is: for keys that are unique in the world."""
        return self._one("key = ?", (key,)) if self.database.has_table(self.name) else None

    def everywhere(self) -> Iterator[Resource]:
        """All resources of the type in all accounts and regions."""
        return self._rows("1 = 1", ()) if self.database.has_table(self.name) else iter(())

    def list(
        self, scope: Scope, parent: str | None = None, after: Position | None = None, prefix: str = ""
    ) -> Iterator[Resource]:
        """In the order of (parent, key): all of a scope or of one parent, after a position, with a key prefix."""
        if not self.database.has_table(self.name):
            return iter(())
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
        """Those that have one of `values` at the indexed path `name`, each once, in the order of (parent, key)."""
        found: set[Position] = set()
        for value in values:
            rows = self.database.read(
                "SELECT parent, key FROM entry WHERE kind = ? AND account = ? AND region = ? AND name = ? AND value = ?"
                " AND (parent, key) > (?, ?)",
                (self.name, *scope, name, value, *(after or ("", ""))),
            )
            found.update((row[0], row[1]) for row in rows)
        for parent, key in sorted(found):
            resource = self.find(scope, key, parent)
            if resource is not None:
                yield resource

    def between(self, scope: Scope, name: str, first: str, last: str) -> Iterator[Resource]:
        """Those whose value at the indexed path `name` is from `first` to `last`, in the order of the values."""
        rows = self.database.read(
            "SELECT parent, key FROM entry WHERE kind = ? AND account = ? AND region = ? AND name = ?"
            " AND value BETWEEN ? AND ? ORDER BY value, parent, key",
            (self.name, *scope, name, first, last),
        )
        for parent, key in rows:
            resource = self.find(scope, key, parent)
            if resource is not None:
                yield resource

    def count(self, scope: Scope) -> int:
        if not self.database.has_table(self.name):
            return 0
        statement = f"SELECT count(*) FROM {self._quoted} WHERE account = ? AND region = ?"
        return int(self.database.read(statement, scope).fetchone()[0])

    def keep(self, scope: Scope, parent: str, key: str, document: Document) -> Resource:
        """Put the document there, in place of what may be there."""
        self._ensure()
        self._changed()
        has_entries = bool(self.paths or self.tagged)
        old = self.find(scope, key, parent) if has_entries else None
        before = self._entries(old) if old else set()
        entries = self._entries(document) if has_entries else set()
        self.database.write(
            f"INSERT INTO {self._quoted} VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (account, region, parent, key) DO UPDATE SET document = excluded.document",
            (*scope, parent, key, encode(document)),
        )
        place = (self.name, *scope)
        for name, value in before - entries:
            self._forget(place, name, value, parent, key)
        for name, value in entries - before:
            self.database.write(
                "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)", (*place, name, value, parent, key)
            )
        return Resource(document, scope, parent, key)

    def drop(self, resource: Resource) -> None:
        """Remove the resource; what stands within it is not touched."""
        kept = self.find(resource.scope, resource.key, resource.parent)
        if kept is None:
            return
        self._changed()
        self.database.write(
            f"DELETE FROM {self._quoted} WHERE account = ? AND region = ? AND parent = ? AND key = ?",
            (*resource.scope, resource.parent, resource.key),
        )
        for name, value in self._entries(kept):
            self._forget((self.name, *resource.scope), name, value, resource.parent, resource.key)

    def _forget(self, place: tuple[str, ...], name: str, value: str, parent: str, key: str) -> None:
        self.database.write(
            "DELETE FROM entry WHERE kind = ? AND account = ? AND region = ? AND name = ? AND value = ?"
            " AND parent = ? AND key = ?",
            (*place, name, value, parent, key),
        )

    def _changed(self) -> None:
        self.database.changes[self.name] = self.database.changes.get(self.name, 0) + 1

    def _entries(self, document: Document) -> set[tuple[str, str]]:
        found = {(".".join(path), str(value)) for path in self.paths for value in values_at(document, path)}
        if self.tagged:
            held = tags.as_map(tags.at(document, self.tagged))
            found.update((f"tag:{key}", value) for key, value in held.items())
        return found

    def _ensure(self) -> None:
        if self.database.has_table(self.name):
            return
        self.database.write(
            f"CREATE TABLE {self._quoted} (account TEXT, region TEXT, parent TEXT, key TEXT, document TEXT,"
            " PRIMARY KEY (account, region, parent, key)) WITHOUT ROWID"
        )
        by_key = self._quoted[:-1] + ' by key"'
        self.database.write(f"CREATE INDEX {by_key} ON {self._quoted} (key, account, region)")

    def _one(self, where: str, values: tuple[str, ...]) -> Resource | None:
        return next(self._rows(f"{where} LIMIT 1", values, ordered=False), None)

    def _rows(self, where: str, values: tuple[str, ...], ordered: bool = True) -> Iterator[Resource]:
        order = " ORDER BY account, region, parent, key" if ordered else ""
        statement = f"SELECT account, region, parent, key, document FROM {self._quoted} WHERE {where}{order}"
        for account, region, parent, key, document in self.database.read(statement, values):
            yield Resource(decode(document), (account, region), parent, key)


def values_at(document: Any, path: Iterable[str]) -> Iterator[Any]:
    """The scalars at a dotted path; lists on the way stand for each of their items."""
    here = [document]
    for step in path:
        here = [item[step] for found in here for item in _each(found) if isinstance(item, dict) and step in item]
    for found in here:
        for item in _each(found):
            if item is not None and not isinstance(item, (dict, list)):
                yield item


def _each(found: Any) -> Iterable[Any]:
    return found if isinstance(found, list) else (found,)


_LONE = re.compile("[\ud800-\udfff]")
"""Halves of surrogate pairs: JSON can escape them, and no file can hold them as they are (RFC 8259, 8.2)."""


def encode(document: Document) -> str:
    """A document as it is kept: JSON, with bytes and streams as `{"$blob": base64}`."""
    text = json.dumps(document, default=_encode_other, separators=(",", ":"), ensure_ascii=False)
    if text.isascii() or not _LONE.search(text):
        return text
    return json.dumps(document, default=_encode_other, separators=(",", ":"))


def _encode_other(value: Any) -> Any:
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, bytes):
        return {"$blob": binascii.b2a_base64(value, newline=False).decode()}
    raise TypeError(f"{type(value).__name__} is not kept in documents")


def decode(text: str) -> Document:
    found: Document = json.loads(text, object_hook=_decode_blob) if '"$blob"' in text else json.loads(text)
    return found


def _decode_blob(document: Document) -> Any:
    return binascii.a2b_base64(document["$blob"]) if document.keys() == {"$blob"} else document
