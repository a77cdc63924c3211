"""Opening a cloud's database: a new one is made, an older one migrated, a newer one refused."""

from __future__ import annotations

import os
import sqlite3

from fakeaws.core.store.failures import Damaged, OtherVersion, ReadOnly
from fakeaws.core.store.folders import make_private
from fakeaws.core.store.sqlite.failures import explained

BUSY_SECONDS = 60

MIGRATIONS = (
    """
    CREATE TABLE note (name TEXT PRIMARY KEY, document TEXT) WITHOUT ROWID;
    CREATE TABLE number (name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;
    CREATE TABLE schedule (id INTEGER PRIMARY KEY, due REAL, document TEXT);
    CREATE INDEX schedule_due ON schedule (due, id);
    CREATE TABLE call (id INTEGER PRIMARY KEY, at REAL, account TEXT, region TEXT, document TEXT);
    CREATE TABLE entry (
        kind TEXT, account TEXT, region TEXT, name TEXT, value TEXT, parent TEXT, key TEXT,
        PRIMARY KEY (kind, account, region, name, value, parent, key)
    ) WITHOUT ROWID
    """,
    "CREATE TABLE IF NOT EXISTS blob (key TEXT PRIMARY KEY, size INTEGER, uses INTEGER, content BLOB)",
    """
    CREATE TABLE work (
        id INTEGER PRIMARY KEY, due REAL, document TEXT, attempts INTEGER, error TEXT, owner TEXT, until REAL
    );
    CREATE INDEX work_due ON work (due, id)
    """,
)
"""What makes each version of the schema out of the one before, the first out of nothing. What was released is not
changed any more; a new version is a new line, and a file of the version before goes to tests/core/store/schemas."""
SCHEMA = len(MIGRATIONS)


def opened(path: str | None) -> tuple[sqlite3.Connection, bool]:
    """The database at `path`, None for one in memory, and whether it is only a copy in memory, since the folder
    cannot be written to. Raises CloudError where it cannot be used, OSError where it cannot be made."""
    try:
        if path is not None and os.path.exists(path) and not _is_writable(path):
            return _migrated(_copy(path)), True
        return _migrated(_connection(path)), False
    except sqlite3.Error as error:
        raise explained(error) from error


def _connection(path: str | None) -> sqlite3.Connection:
    if path is not None and not os.path.exists(path):
        make_private(os.path.dirname(path))
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    connection = sqlite3.connect(
        path or ":memory:", timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    if _version(connection) == 0:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _is_writable(path: str) -> bool:
    return os.access(path, os.W_OK) and os.access(os.path.dirname(path), os.W_OK)


def _copy(path: str) -> sqlite3.Connection:
    """A copy in memory of a database that can only be read: calls that read may write on the way, and forget it."""
    copy = _connection(None)
    for mode in ("mode=ro", "immutable=1"):  # without its -shm file, only a database that nobody writes can be read
        if mode == "immutable=1" and os.path.exists(path + "-wal") and os.path.getsize(path + "-wal"):
            break
        source = sqlite3.connect(f"file:{_escaped(path)}?{mode}", uri=True)
        try:
            source.backup(copy)
        except sqlite3.OperationalError:
            continue
        finally:
            source.close()
        return copy
    raise ReadOnly(
        f"{path} holds changes that were not finished: open the cloud once where its folder can be written to."
    )


def _escaped(path: str) -> str:
    return os.path.abspath(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _migrated(connection: sqlite3.Connection) -> sqlite3.Connection:
    """The connection, its schema brought up to now; several processes may try at once, and one of them does it."""
    if _version(connection) == SCHEMA:
        return connection
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)
        _refuse_other(connection, version)
        for migration in MIGRATIONS[version:]:
            for statement in migration.split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    return connection


def _refuse_other(connection: sqlite3.Connection, version: int) -> None:
    if version > SCHEMA:
        raise OtherVersion(
            f"The cloud's database was written by a newer fakeaws: its schema is version {version}, this fakeaws knows"
            f" up to {SCHEMA}. Update fakeaws."
        )
    if version < 0 or (version == 0 and connection.execute("SELECT 1 FROM sqlite_master").fetchone()):
        raise Damaged("The file cloud.db is a database of something else than fakeaws.")
