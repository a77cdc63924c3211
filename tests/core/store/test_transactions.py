"""The beginning and the end of transactions in SQLite: what is tried again, and what is left open by nobody."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from fakeaws.core.store.failures import Damaged
from fakeaws.core.store.interface import Busy
from fakeaws.core.store.sqlite import engine
from fakeaws.core.store.sqlite.database import Database
from fakeaws.core.tools import machine
from fakeaws.core.tools.errors import CloudError

HERE = ("123456789012", "us-east-1")
BEGINNINGS = ("BEGIN", "BEGIN IMMEDIATE", "PRAGMA schema_version")
TRANSIENT = {
    "SQLITE_BUSY_RECOVERY": sqlite3.SQLITE_BUSY_RECOVERY,
    "SQLITE_BUSY_SNAPSHOT": sqlite3.SQLITE_BUSY_SNAPSHOT,
    "SQLITE_PROTOCOL": sqlite3.SQLITE_PROTOCOL,
}


class Failing:
    """A connection whose beginnings of transactions fail so many times, with an error of that code."""

    def __init__(self, connection: sqlite3.Connection, statement: str, code: int, times: int) -> None:
        self._connection, self._statement, self._code, self.left = connection, statement, code, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, statement: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        if statement == self._statement and self.left:
            self.left -= 1
            error = sqlite3.OperationalError("injected")
            error.sqlite_errorcode = self._code
            raise error
        return self._connection.execute(statement, values)


@pytest.fixture
def database(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(machine, "pause", lambda seconds: None)
    found = Database(str(home / "cloud.db"))
    yield found
    found.close()


def _fail(database: Database, statement: str, code: int, times: int) -> Failing:
    failing = Failing(database.connection, statement, code, times)
    database.connection = failing  # type: ignore[assignment]
    return failing


@pytest.mark.parametrize("code", TRANSIENT.values(), ids=TRANSIENT)
@pytest.mark.parametrize("statement", BEGINNINGS)
@pytest.mark.parametrize("write", [True, False])
def test_a_beginning_that_fails_only_because_of_others_is_tried_again(
    database: Database, statement: str, code: int, write: bool
) -> None:
    failing = _fail(database, statement, code, 3)
    with database.transaction(write):
        assert database.note("a") is None
        if write:
            database.keep_note("a", {})
    assert failing.left == (3 if statement == ("BEGIN" if write else "BEGIN IMMEDIATE") else 0)
    assert (database.note("a") is not None) == write


def test_a_read_outside_of_a_transaction_is_tried_again_too(database: Database) -> None:
    with database.transaction(write=True):
        database.table("ec2.Vpc").keep(HERE, "", "v", {})
    for read, statement, times in (
        (lambda: database.note("a"), "SELECT document FROM note WHERE name = ?", 1),
        (lambda: database.table("ec2.Vpc").anywhere("v"), "PRAGMA schema_version", 3),
        (lambda: list(database.table("ec2.Vpc").everywhere()), "PRAGMA schema_version", 3),
    ):
        failing = _fail(database, statement, sqlite3.SQLITE_PROTOCOL, times)
        read()
        assert failing.left == 0


def test_it_is_not_tried_for_longer_than_a_writer_waits(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([0.0, 1.0, engine.BUSY_SECONDS + 1.0])
    monkeypatch.setattr(engine.time, "monotonic", lambda: next(moments))
    failing = _fail(database, "BEGIN IMMEDIATE", sqlite3.SQLITE_PROTOCOL, 100)
    with pytest.raises(CloudError, match="injected"), database.transaction(write=True):
        pass
    assert failing.left == 98


def test_what_will_not_mend_itself_is_not_tried_again(database: Database) -> None:
    failing = _fail(database, "PRAGMA schema_version", sqlite3.SQLITE_CORRUPT, 5)
    with pytest.raises(Damaged), database.transaction(write=False):
        pass
    assert failing.left == 4
    failing.left = 0
    with database.transaction(write=True):
        database.keep_note("a", {})


@pytest.mark.parametrize("code", TRANSIENT.values(), ids=TRANSIENT)
def test_who_must_not_wait_is_busy_instead(database: Database, code: int) -> None:
    _fail(database, "BEGIN IMMEDIATE", code, 1)
    with database.at_once():
        with pytest.raises(Busy), database.transaction(write=True):
            pass
        with database.transaction(write=True):
            database.keep_note("a", {})


def test_a_call_that_must_not_wait_is_not_stopped_after_it_was_done(database: Database) -> None:
    """Within `at_once` no other thread gets in between: what is read after a commit raises no Busy."""
    refused: list[bool] = []

    def interrupt() -> None:
        with database.at_once():
            refused.append(False)

    with database.at_once():
        with database.transaction(write=True):
            database.keep_note("a", {})
        with ThreadPoolExecutor(1) as threads, pytest.raises(Busy):
            threads.submit(interrupt).result()
        assert database.note("a") == {}
    assert refused == []


def test_rows_that_were_not_read_to_the_end_keep_nobody_from_writing(database: Database) -> None:
    """A statement that is open goes on seeing the database as it was; what begins then cannot write
    (SQLITE_BUSY_SNAPSHOT)."""
    table, other = database.table("ec2.Vpc"), Database(database.path)
    with database.transaction(write=True):
        for key in "abc":
            table.keep(HERE, "", key, {})
    with database.transaction(write=False):
        rows = table.list(HERE)
        assert next(rows).key == "a"
    with other.transaction(write=True):
        other.keep_note("theirs", {})
    with database.transaction(write=True):
        database.keep_note("ours", {})
    with pytest.raises(CloudError, match="read on after their transaction was over"):
        next(rows)
    other.close()


def test_tables_that_another_process_has_deleted_are_noticed_by_a_lookup(database: Database) -> None:
    other = Database(database.path)
    with database.transaction(write=True):
        database.table("iam.Credential").keep(HERE, "", "key", {})
    assert database.table("iam.Credential").anywhere("key") is not None
    with other.transaction(write=True):
        other.clear()
    assert database.table("iam.Credential").anywhere("key") is None
    other.close()


def test_a_record_does_not_wait_for_others(database: Database) -> None:
    other = Database(database.path)
    with other.transaction(write=True):
        assert database.record(1.0, "1", "r", {}) == 0
    assert database.record(1.0, "1", "r", {}) == 1
    assert database.connection.execute("PRAGMA busy_timeout").fetchone() == (engine.BUSY_SECONDS * 1000,)
    other.close()
