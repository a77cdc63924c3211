"""What an error of SQLite means for the cloud. https://sqlite.org/rescode.html"""

from __future__ import annotations

import sqlite3

from fakeaws.core.store.failures import MENDING, Damaged, DiskFull, ReadOnly
from fakeaws.core.tools.errors import CloudError

READING = (sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ)


def explained(error: sqlite3.Error) -> CloudError:
    """The failure that an error of SQLite stands for."""
    extended = getattr(error, "sqlite_errorcode", 0)
    code = extended & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or extended in READING:
        return Damaged(f"The cloud's database is damaged ({error}): {MENDING}.")
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return DiskFull(f"No space is left for the cloud ({error}); nothing of this call was stored.")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return CloudError(
            "Other processes have been writing to the cloud for too long; nothing of this call was stored."
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return ReadOnly(f"The cloud's database cannot be written to: {error}.")
    return CloudError(f"The cloud's database fails: {error}.")


TRANSIENT = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_PROTOCOL)
"""What the beginning of a transaction may fail with only because others began theirs: also while a log is recovered
that a killed process left (SQLITE_BUSY_RECOVERY), and where others have written since a read began that is not over
(SQLITE_BUSY_SNAPSHOT). https://sqlite.org/wal.html"""


def is_transient(error: sqlite3.Error) -> bool:
    """Whether a transaction that could not begin may do so the next time."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in TRANSIENT
