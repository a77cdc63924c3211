"""The resources of one type: a table each, found by key, by an indexed value, or listed in key order."""

from __future__ import annotations

import binascii
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fakeaws.core.store.database import Database
from fakeaws.core.store.failures import explained
from fakeaws.core.tools import tags
from fakeaws.core.tools.surrogates import has_lone

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
    `tagged` where the tags are: those can be looked up as `tag:KEY`. Members called as in `sealed` are encrypted in the
    file, at whatever depth they are."""

    def __init__(
        self,
        database: Database,
        name: str,
        index: Iterable[str] = (),
        tagged: str = "",
        sealed: frozenset[str] = frozenset(),
    ) -> None:
        self.database = database
        self.sealed = sealed
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
        return {row.key: row for row in self._rows(where, (*keys, *scope), order="")}

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
        """Those of one parent whose key is from `first` to `last`, in the order of the keys or against it, after the
        key `after`. Of rows whose key is not `wanted` nothing else is read."""
        if not self.database.has_table(self.name):
            return
        where = "account = ? AND region = ? AND parent = ? AND key BETWEEN ? AND ?"
        values = [*scope, parent, first, last]
        if after is not None:
            where, values = f"{where} AND key {'<' if backward else '>'} ?", [*values, after]
        yield from self._rows(where, tuple(values), "key DESC" if backward else "key", wanted)

    def between(
        self,
        scope: Scope,
        name: str,
        first: str,
        last: str,
        after: tuple[str, str, str] | None = None,
        backward: bool = False,
    ) -> Iterator[Resource]:
        """Those whose value at the indexed path `name` is from `first` to `last`, in the order of the values or against
        it, after a position: (value, parent, key)."""
        where = "kind = ? AND account = ? AND region = ? AND name = ? AND value BETWEEN ? AND ?"
        values = [self.name, *scope, name, first, last]
        if after is not None:
            where, values = f"{where} AND (value, parent, key) {'<' if backward else '>'} (?, ?, ?)", [*values, *after]
        order = ", ".join(f"{column} {'DESC' if backward else 'ASC'}" for column in ("value", "parent", "key"))
        statement = f"SELECT parent, key FROM entry WHERE {where} ORDER BY {order}"
        for parent, key in self.database.read(statement, tuple(values)):
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
            (*scope, parent, key, encode(self._with_seals(document) if self.sealed else document)),
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

    def _with_seals(self, value: Any) -> Any:
        """The value with what is secret in it as `Sealed`."""
        if isinstance(value, dict):
            return {
                name: self._sealed(item) if name in self.sealed else self._with_seals(item)
                for name, item in value.items()
            }
        return [self._with_seals(item) for item in value] if isinstance(value, (list, tuple)) else value

    def _sealed(self, value: Any) -> Any:
        """A secret as it is kept; what says nothing, or yes or no, is none."""
        if value is None or isinstance(value, bool) or value in ("", [], {}):
            return value
        from fakeaws.core.tools.sealing import seal

        return Sealed(seal(self.database, encode(value)))

    def _unsealed(self, text: str) -> Any:
        from fakeaws.core.tools.sealing import unseal

        return decode(unseal(self.database, text))

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
        return next(self._rows(f"{where} LIMIT 1", values, order=""), None)

    def _rows(
        self,
        where: str,
        values: tuple[str, ...],
        order: str = "account, region, parent, key",
        wanted: Callable[[str], bool] | None = None,
    ) -> Iterator[Resource]:
        statement = f"SELECT account, region, parent, key, document FROM {self._quoted} WHERE {where}"
        if order:
            statement = f"{statement} ORDER BY {order}"
        try:
            for account, region, parent, key, document in self.database.read(statement, values):
                if wanted is None or wanted(key):
                    yield Resource(decode(document, self._unsealed), (account, region), parent, key)
        except sqlite3.DatabaseError as error:
            raise explained(error) from error


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


BLOB, PLAIN, SEALED = "$blob", "$plain", "$sealed"
MARKS = (BLOB, PLAIN, SEALED)


class Sealed:
    """What stands for a secret in a document that is about to be written."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def encode(document: Any) -> str:
    """A document as it is kept: JSON, with bytes and streams as `{"$blob": base64}` and what is sealed as
    `{"$sealed": base64}`; a map of a user's own that looks so is `{"$plain": [[key, value]]}`."""
    text = _dumps(document, ascii_only=False)
    if _may_have_marks(text):
        text = _dumps(_escaped(document), ascii_only=False)
    if text.isascii() or not has_lone(text):
        return text
    return _dumps(_escaped(document), ascii_only=True)


def _may_have_marks(text: str) -> bool:
    return '"$' in text and any(f'"{mark}"' in text for mark in MARKS)


def _dumps(document: Any, ascii_only: bool) -> str:
    return json.dumps(document, default=_encode_other, separators=(",", ":"), ensure_ascii=ascii_only)


def _escaped(value: Any) -> Any:
    if isinstance(value, dict):
        inner = {key: _escaped(item) for key, item in value.items()}
        return {PLAIN: [[key, item] for key, item in inner.items()]} if _is_marked(value) else inner
    return [_escaped(item) for item in value] if isinstance(value, (list, tuple)) else value


def _is_marked(document: Document) -> bool:
    return len(document) == 1 and any(mark in document for mark in MARKS)


def _encode_other(value: Any) -> Any:
    if isinstance(value, Sealed):
        return {SEALED: value.text}
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, bytes):
        return {BLOB: binascii.b2a_base64(value, newline=False).decode()}
    raise TypeError(f"{type(value).__name__} is not kept in documents")


def decode(text: str, unseal: Callable[[str], Any] = lambda _: None) -> Any:
    """What `encode` was given; `unseal` says what stands behind a seal."""
    if not _may_have_marks(text):
        return json.loads(text)

    def marked(document: Document) -> Any:
        """What a marked map stands for; one that no `encode` has made is left as it is."""
        if not _is_marked(document):
            return document
        [(mark, value)] = document.items()
        try:
            if mark == SEALED:
                return unseal(value)
            return binascii.a2b_base64(value) if mark == BLOB else dict(value)
        except (ValueError, TypeError):
            return document

    return json.loads(text, object_hook=marked)
