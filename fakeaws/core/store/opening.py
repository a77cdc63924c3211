"""Opening the store of a cloud, and deleting one that cannot be opened."""

from __future__ import annotations

import os

from fakeaws.core.store.interface import Store

FILES = ("", "-wal", "-shm")
"""The files of a store, by the end of their names."""


def open_store(path: str | None) -> Store:
    """The store in the file at `path`, which is made where it does not exist; None for one in memory, for this process.
    Raises CloudError where it cannot be used, OSError where it cannot be made."""
    if path is None:
        from fakeaws.core.store.memory.store import MemoryStore

        return MemoryStore()
    from fakeaws.core.store.sqlite.database import Database

    return Database(path)


def discard(path: str) -> None:
    """Delete a store, whatever is in it."""
    for end in FILES:
        if os.path.exists(path + end):
            os.unlink(path + end)
