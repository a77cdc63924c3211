"""A cloud whose database is new, old, newer, damaged, read-only or gone: it opens, or one line says why not."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.store.sqlite.connection import SCHEMA
from fakeaws.core.tools.errors import CloudError
from tests.conftest import Terminal

pytestmark = pytest.mark.sqlite

SCHEMAS = sorted((Path(__file__).parent / "schemas").glob("*.sql"))
COMMANDS = [
    "sqs list-queues",
    "sqs create-queue --queue-name jobs",
    "s3 ls",
    "cloud status",
    "cloud clock show",
    "cloud snapshot save a",
    "cloud enforce show",
    "serve --port 1",
]


def _broken(terminal: Terminal, command: str) -> str:
    """The one line on stderr of a command that the state of the database stops."""
    printed = terminal(command, code=255)
    assert printed == ""
    [line] = printed.stderr.strip().splitlines()
    return line


@pytest.fixture
def database(home: Path, terminal: Terminal) -> Path:
    """The database of a cloud that holds a queue and an object, and has a snapshot."""
    terminal("sqs create-queue --queue-name jobs")
    terminal("cloud snapshot save before")
    with closing(sqlite3.connect(home / "cloud.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _unlink_rest(home / "cloud.db")
    return home / "cloud.db"


def _unlink_rest(database: Path) -> None:
    for rest in ("-wal", "-shm"):
        database.with_name(database.name + rest).unlink(missing_ok=True)


@pytest.mark.parametrize("file", SCHEMAS, ids=[file.stem for file in SCHEMAS])
def test_a_cloud_of_every_released_version_opens(home: Path, terminal: Terminal, file: Path) -> None:
    home.mkdir()
    with closing(sqlite3.connect(home / "cloud.db", isolation_level=None)) as connection:
        connection.executescript(file.read_text())
    assert terminal("sqs list-queues --query QueueUrls").json == [
        "https://sqs.us-east-1.amazonaws.com/123456789012/jobs"
    ]
    terminal(f"s3 cp s3://old/hello.txt {home}/copy")
    assert (home / "copy").read_text() == "hello"
    terminal("sqs create-queue --queue-name more")
    with closing(sqlite3.connect(home / "cloud.db", isolation_level=None)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA,)


def test_every_released_version_has_a_file() -> None:
    assert [int(file.stem) for file in SCHEMAS] == list(range(1, SCHEMA))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_newer_version_is_refused_by_name(database: Path, terminal: Terminal, command: str) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA + 7}")
    line = _broken(terminal, command)
    assert f"written by a newer fakeaws: its schema is version {SCHEMA + 7}" in line


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_what_is_no_database_is_one_line(database: Path, terminal: Terminal, command: str, content: bytes) -> None:
    database.write_bytes(content)
    assert "damaged" in _broken(terminal, command)


def test_a_database_of_something_else_is_left_alone(home: Path, terminal: Terminal) -> None:
    home.mkdir()
    with closing(sqlite3.connect(home / "cloud.db", isolation_level=None)) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    assert "a database of something else" in _broken(terminal, "sqs list-queues")


def test_damaged_pages_are_one_line(database: Path, terminal: Terminal) -> None:
    content = bytearray(database.read_bytes())
    content[4096:] = b"\xaa" * len(content[4096:])
    database.write_bytes(content)
    for command in ("sqs list-queues", "cloud status", "ec2 describe-vpcs"):
        assert "damaged" in _broken(terminal, command)


@pytest.mark.parametrize("start", [0, 4096])
def test_reset_and_restore_work_on_a_damaged_database(database: Path, terminal: Terminal, start: int) -> None:
    damaged = bytearray(database.read_bytes())
    damaged[start:] = b"\xaa" * len(damaged[start:])
    database.write_bytes(damaged)
    terminal("cloud reset")
    assert terminal("sqs list-queues") == ""
    database.write_bytes(damaged)
    _unlink_rest(database)
    terminal("cloud snapshot restore before")
    assert terminal("sqs list-queues --query QueueUrls[0]").json.endswith("/jobs")


def test_a_snapshot_that_is_not_there_does_not_cost_the_damaged_database(database: Path, terminal: Terminal) -> None:
    database.write_bytes(b"no database")
    assert "There is no snapshot after. There are: before." in _broken(terminal, "cloud snapshot restore after")
    assert database.read_bytes() == b"no database"


def test_another_process_that_resets_the_cloud_is_noticed(home: Path, terminal: Terminal) -> None:
    served = Cloud(home)
    served.perform("sqs", "CreateQueue", {"QueueName": "jobs"})
    assert served.perform("sqs", "ListQueues", {})["QueueUrls"]
    terminal("cloud reset")
    assert served.perform("sqs", "ListQueues", {}) == {}
    served.perform("sqs", "CreateQueue", {"QueueName": "jobs"})


def test_writes_to_a_folder_that_was_removed_are_not_acknowledged(home: Path) -> None:
    served = Cloud(home)
    served.perform("sqs", "CreateQueue", {"QueueName": "jobs"})
    shutil.rmtree(home)
    for operation, params in (("CreateQueue", {"QueueName": "more"}), ("ListQueues", {})):
        with pytest.raises(CloudError, match="was removed or replaced while in use"):
            served.perform("sqs", operation, params)
    Cloud(home).perform("sqs", "CreateQueue", {"QueueName": "another"})
    with pytest.raises(CloudError, match="was removed or replaced while in use"):
        served.perform("sqs", "CreateQueue", {"QueueName": "more"})


@pytest.fixture
def read_only(home: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """The terminal at a cloud whose folder cannot be written to."""
    terminal("sqs create-queue --queue-name jobs")
    can = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK and can(path, mode))
    return terminal


def test_a_folder_that_cannot_be_written_to_can_be_read(read_only: Terminal) -> None:
    assert read_only("sqs list-queues --query QueueUrls[0]").json.endswith("/jobs")
    assert read_only("ec2 describe-vpcs --query Vpcs[].IsDefault").json == [True]
    read_only("cloud status")
    read_only.refused("sqs get-queue-url --queue-name none", "AWS.SimpleQueueService.NonExistentQueue")


@pytest.mark.parametrize(
    "command",
    [
        "sqs create-queue --queue-name more",
        "cloud reset",
        "cloud clock freeze",
        "cloud enforce on",
        "s3 mb s3://bucket",
    ],
)
def test_a_folder_that_cannot_be_written_to_refuses_changes(read_only: Terminal, home: Path, command: str) -> None:
    before = _dump(home)
    printed = read_only(command, code=1 if command.startswith("s3 ") else 255)
    assert f"The cloud's folder {home} cannot be written to." in printed.stderr
    assert _dump(home) == before


def _dump(home: Path) -> list[str]:
    with closing(sqlite3.connect(home / "cloud.db")) as connection:
        return list(connection.iterdump())


def test_a_file_system_mounted_read_only(home: Path, terminal: Terminal) -> None:
    terminal("sqs create-queue --queue-name jobs")
    run = [sys.executable, "-m", "fakeaws"]
    mounts = 'mount --bind "$FAKEAWS_HOME" "$FAKEAWS_HOME" && mount -o remount,ro,bind "$FAKEAWS_HOME" && exec "$@"'
    command = ["unshare", "--mount", "sh", "-c", mounts, "sh"]
    environment = {**os.environ, **terminal.env}
    if shutil.which("unshare") is None or subprocess.run([*command, "true"], env=environment, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    listed = subprocess.run([*command, *run, "sqs", "list-queues"], env=environment, capture_output=True, check=False)
    assert b"/jobs" in listed.stdout, listed.stderr
    create = [*command, *run, "sqs", "create-queue", "--queue-name", "more"]
    refused = subprocess.run(create, env=environment, capture_output=True, check=False)
    assert refused.returncode == 255
    assert b"cannot be written to" in refused.stderr
