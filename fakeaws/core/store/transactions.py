"""One transaction at a time, whatever the store keeps its rows in: who is in it, who waits, what is rolled back."""

from __future__ import annotations

import os
import threading
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from fakeaws.core.store.failures import ReadOnly
from fakeaws.core.store.interface import Busy, Document, Store, WriteNeeded


class Transactions(Store):
    """The part of a store that its engines share. They say how a transaction begins, ends and is rolled back."""

    def __init__(self, path: str | None) -> None:
        self.path = path
        self.is_read_only = False
        self.is_closing = False
        self.memo: dict[Any, Any] = {}
        self.key: tuple[Any, bytes] = (None, b"")
        self._lock = threading.RLock()
        self._is_writing = False
        self._owner = 0
        self._hurried = 0
        self._notes: dict[str, Document | None] = {}
        """The notes that the transaction at hand has read."""
        self._changes: dict[str, int] = {}
        """How often each table was written to by this process."""
        self._rolled_back = 0

    @abstractmethod
    def _begin(self, write: bool) -> None:
        """Busy where others are writing and this thread may not wait."""

    @abstractmethod
    def _commit(self) -> None:
        """Make what was done last, if the engine still can."""

    @abstractmethod
    def _roll_back(self) -> None:
        """Roll back what was not committed, if anything: the transaction is over."""

    @abstractmethod
    def _nested(self) -> Any:
        """A context: what is done in it stays undone if it raises."""

    @contextmanager
    def transaction(self, write: bool, scratch: bool = False) -> Iterator[None]:
        if write and self.is_read_only and not scratch:
            raise ReadOnly(f"The cloud's folder {os.path.dirname(self.path or '')} cannot be written to.")
        with self._lock:
            if self.is_within:
                with self._nested() if self._is_writing else nullcontext():
                    yield
                return
            self._begin(write)
            self._is_writing, self._owner = write, threading.get_ident()
            self._notes.clear()
            try:
                yield
                self._commit()
            finally:
                try:
                    self._roll_back()
                finally:
                    self._is_writing, self._owner = False, 0

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """The store is this thread's until the end, so that no other thread can make it wait."""
        if not self._lock.acquire(blocking=False):
            raise Busy
        before, self._hurried = self._hurried, threading.get_ident()
        try:
            yield
        finally:
            self._hurried = before
            self._lock.release()

    @property
    def may_wait(self) -> bool:
        return self._hurried != threading.get_ident()

    @property
    def is_within(self) -> bool:
        return self._owner == threading.get_ident()

    def must_write(self) -> None:
        """WriteNeeded outside of a writing transaction."""
        if not self._is_writing or not self.is_within:
            raise WriteNeeded

    def changed(self, table: str) -> None:
        """A table is written to."""
        self._changes[table] = self._changes.get(table, 0) + 1

    def _forget(self) -> None:
        """What is known of the tables may not be so any more."""
        self._notes.clear()
        self._rolled_back += 1

    def note(self, name: str) -> Document | None:
        if not self.is_within:
            with self._lock:
                return self._note(name)
        if name not in self._notes:
            self._notes[name] = self._note(name)
        return self._notes[name]

    @abstractmethod
    def _note(self, name: str) -> Document | None:
        """A note, as it is stored."""

    def counts(self) -> dict[str, int]:
        return {name: self.counted(name) for name in self.tables()}

    @abstractmethod
    def counted(self, table: str) -> int:
        """How many rows a table has."""
