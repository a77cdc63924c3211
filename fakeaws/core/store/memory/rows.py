"""Rows of one table, by their key and in its order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from typing import Any

from fakeaws.core.store.interface import Row

Key = tuple[Any, ...]


class Rows:
    """A key is a tuple of values, of the same types in all rows."""

    def __init__(self) -> None:
        self._rows: dict[Key, Row] = {}
        self._order: list[Key] = []

    def get(self, key: Key) -> Row | None:
        return self._rows.get(key)

    def put(self, key: Key, row: Row | None) -> Row | None:
        """Have this row under a key, None for none; the one that was under it."""
        before = self._rows.get(key)
        if row is None:
            if before is not None:
                del self._rows[key]
                del self._order[bisect_left(self._order, key)]
            return before
        if before is None:
            insort(self._order, key)
        self._rows[key] = row
        return before

    def count(self, prefix: Key) -> int:
        """How many keys begin so."""
        return self._after(prefix) - bisect_left(self._order, prefix)

    def walk(self, low: Key = (), high: Key = (), after: Key | None = None, backward: bool = False) -> Iterator[Row]:
        """The rows from `low` to `high`, which are the beginnings of keys, in order or against it, after the key
        `after`. Rows may be put and removed meanwhile: those that were not reached yet are seen as they are then."""
        place = self._start(low, high, after, backward)
        while 0 <= place < len(self._order):
            key = self._order[place]
            if key[: len(low)] < low if backward else key[: len(high)] > high:
                return
            yield self._rows[key]
            if place < len(self._order) and self._order[place] is key:
                place += -1 if backward else 1
            else:
                place = bisect_left(self._order, key) - 1 if backward else bisect_right(self._order, key)

    def _start(self, low: Key, high: Key, after: Key | None, backward: bool) -> int:
        if backward:
            last = self._after(high) - 1
            return last if after is None else min(last, bisect_left(self._order, after) - 1)
        first = bisect_left(self._order, low)
        return first if after is None else max(first, bisect_right(self._order, after))

    def _after(self, prefix: Key) -> int:
        """Where the first key is that is greater than all that begin so."""
        return bisect_right(self._order, prefix, key=lambda key: key[: len(prefix)])
