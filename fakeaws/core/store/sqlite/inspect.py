"""A look into a cloud's database with sqlite-utils, for people."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlite_utils import Database

Document = dict[str, Any]


def tables(path: Path) -> list[Document]:
    """Every table with its number of rows."""
    database = _reading(path)
    return [{"table": name, "rows": database[name].count} for name in sorted(database.table_names())]


def query(path: Path, statement: str) -> Iterator[Document]:
    """The rows that a statement of the user's selects; none of a statement that selects nothing, and sqlite3.Error if
    it is wrong or would change something."""
    cursor = _reading(path).execute(statement)
    names = [column[0] for column in cursor.description or ()]
    for row in cursor:
        yield dict(zip(names, row, strict=True))


def _reading(path: Path) -> Database:
    return Database(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True))
