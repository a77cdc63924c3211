"""A read-only file of rows `(kind, name) → JSON document`: how a compiled service model is stored."""

from __future__ import annotations

import json
import os
import sqlite3
from _thread import allocate_lock
from collections.abc import Iterable
from typing import Any

Document = dict[str, Any]
Part = tuple[str, str, Document]


class PartsFile:
    """The rows of one file, read one at a time, by any thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = allocate_lock()

    @classmethod
    def at(cls, path: str) -> PartsFile:
        """The file at `path`, which must exist."""
        escaped = os.path.abspath(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
        address = f"file:{'' if escaped.startswith('/') else '/'}{escaped}?mode=ro&immutable=1"
        return cls(sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None))

    @classmethod
    def in_memory(cls, parts: Iterable[Part]) -> PartsFile:
        """The same without a file: for where none can be written."""
        connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        _fill(connection, parts)
        return cls(connection)

    def read(self, kind: str, name: str) -> Document | None:
        with self._lock:
            question = "SELECT document FROM part WHERE kind = ? AND name = ?"
            row = self._connection.execute(question, (kind, name)).fetchone()
        found: Document | None = json.loads(row[0]) if row else None
        return found

    def names(self, kind: str) -> list[str]:
        """The names of one kind, in the order in which they were written."""
        with self._lock:
            rows = self._connection.execute("SELECT name FROM part WHERE kind = ? ORDER BY rowid", (kind,)).fetchall()
        return [row[0] for row in rows]


def write_parts(path: str, parts: Iterable[Part]) -> None:
    """Write a whole file in one step: other processes see all of it or nothing."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    draft = f"{path}.{os.getpid()}"
    if os.path.exists(draft):
        os.unlink(draft)
    connection = sqlite3.connect(draft, isolation_level=None)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    try:
        _fill(connection, parts)
    finally:
        connection.close()
    os.replace(draft, path)


def _fill(connection: sqlite3.Connection, parts: Iterable[Part]) -> None:
    connection.execute("CREATE TABLE part (kind TEXT, name TEXT, document TEXT, UNIQUE (kind, name))")
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO part VALUES (?, ?, ?)",
        ((kind, name, json.dumps(document, separators=(",", ":"))) for kind, name, document in parts),
    )
    connection.execute("COMMIT")
