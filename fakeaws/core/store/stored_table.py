"""What the tables of all stores have in common: how a document becomes a row, and which of its values are looked up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fakeaws.core.store.documents import Sealed, decode, encode
from fakeaws.core.store.interface import NO_SEALS, Store, Table
from fakeaws.core.store.tables import Document, Resource, values_at
from fakeaws.core.tools import tags

Entry = tuple[str, str]
"""(name, value): an indexed path or `tag:KEY`, and what a document has at that path."""


class StoredTable(Table):
    """A table of a store, whose arguments are those of `Store.table`."""

    def __init__(
        self,
        store: Store,
        name: str,
        index: Iterable[str] = (),
        tagged: str = "",
        sealed: frozenset[str] = NO_SEALS,
    ) -> None:
        self.name = name
        self.tagged = tagged
        self.sealed = sealed
        self.paths = [path.split(".") for path in index]
        self._store = store

    def entries(self, document: Document) -> set[Entry]:
        """By what a document is looked up."""
        found = {(".".join(path), str(value)) for path in self.paths for value in values_at(document, path)}
        if self.tagged:
            held = tags.as_map(tags.at(document, self.tagged))
            found.update((f"tag:{key}", value) for key, value in held.items())
        return found

    def encoded(self, document: Document) -> str:
        """The text that is stored of a document."""
        return encode(self._with_seals(document) if self.sealed else document)

    def resource(self, account: str, region: str, parent: str, key: str, text: str) -> Resource:
        """The resource that a row stands for."""
        return Resource(decode(text, self._unsealed), (account, region), parent, key)

    def _with_seals(self, value: Any) -> Any:
        """The value with what is secret in it as `Sealed`."""
        if isinstance(value, dict):
            return {
                name: self._sealed(item) if name in self.sealed else self._with_seals(item)
                for name, item in value.items()
            }
        return [self._with_seals(item) for item in value] if isinstance(value, (list, tuple)) else value

    def _sealed(self, value: Any) -> Any:
        """A secret as it is stored; what says nothing, or yes or no, is none."""
        if value is None or isinstance(value, bool) or value in ("", [], {}):
            return value
        from fakeaws.core.store.key import seal

        return Sealed(seal(self._store, encode(value)))

    def _unsealed(self, text: str) -> Any:
        from fakeaws.core.store.key import unseal

        return decode(unseal(self._store, text))
