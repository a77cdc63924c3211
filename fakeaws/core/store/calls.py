"""The cloud's history: the calls that were recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fakeaws.core.store.database import Busy, Database
from fakeaws.core.store.opening import BUSY_SECONDS
from fakeaws.core.tools.errors import CloudError

Document = dict[str, Any]
KEPT_SECONDS = 90 * 86400
PRUNED_EVERY = 1000
PATIENCE_MS = 250


def record(database: Database, at: float, account: str, region: str, document: Document) -> int:
    """Add a call, within the transaction that carried it out or in one of its own; its number, 0 where another process
    was writing for too long or no room is left: what was done is done, and nobody waits for its record."""
    if database.is_within:
        return _insert(database, at, account, region, document)
    try:
        with database.lock:
            database.connection.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
            try:
                with database.transaction(write=True, scratch=True):
                    return _insert(database, at, account, region, document)
            finally:
                database.connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    except (CloudError, Busy):
        return 0


def _insert(database: Database, at: float, account: str, region: str, document: Document) -> int:
    number = database.write(
        "INSERT INTO call (at, account, region, document) VALUES (?, ?, ?, ?)",
        (at, account, region, json.dumps(document, default=_text, separators=(",", ":"))),
    ).lastrowid
    if number and number % PRUNED_EVERY == 0:
        database.write("DELETE FROM call WHERE at < ?", (at - KEPT_SECONDS,))
    return number or 0


def _text(value: Any) -> str:
    """What a parameter that is no JSON is recorded as."""
    return "HIDDEN_DUE_TO_SECURITY_REASONS" if isinstance(value, bytes) else str(value)


def recorded(
    database: Database, account: str, region: str | None = None, since: float = 0.0, until: float = 1e18, after: int = 0
) -> Iterator[tuple[int, float, Document, str]]:
    """The recorded calls of an account, in one region or all, the newest first: number, time, call, region; `after`
    leaves out those up to a number."""
    where, values = "account = ? AND at BETWEEN ? AND ? AND id > ?", [account, since, until, after]
    if region is not None:
        where, values = f"{where} AND region = ?", [*values, region]
    rows = database.read(f"SELECT id, at, document, region FROM call WHERE {where} ORDER BY id DESC", tuple(values))
    for number, at, document, where in rows:
        yield number, at, json.loads(document), where


def failures(database: Database, number: int | None = None) -> Iterator[tuple[int, float, Document, str, str]]:
    """The recorded calls of all accounts that were refused, the newest first, or the call of that number: number, time,
    call, account, region."""
    what = "SELECT id, at, document, account, region FROM call WHERE"
    if number is not None:
        rows = database.read(f"{what} id = ?", (number,))
    else:
        rows = database.read(f"{what} document LIKE ? ORDER BY id DESC", ('%"errorCode":%',))
    for found, at, document, account, region in rows:
        yield found, at, json.loads(document), account, region


def last_use(database: Database, account: str, access_key: str) -> tuple[float, Document, str] | None:
    """When an access key was last used, for what and in which region."""
    pattern = f'%"{access_key}"]%'
    row = database.read(
        "SELECT at, document, region FROM call WHERE account = ? AND document LIKE ? ORDER BY id DESC LIMIT 1",
        (account, pattern),
    ).fetchone()
    return (row[0], json.loads(row[1]), row[2]) if row else None
