"""Copies of a store: whatever it is copied from and into, all rows are the same, and its secrets are read again."""

import os
import stat
from pathlib import Path

import pytest

from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.store.interface import Store
from fakeaws.core.store.key import seal, unseal
from fakeaws.core.store.memory.store import MemoryStore
from fakeaws.core.store.opening import open_store
from fakeaws.core.store.sqlite.database import Database
from tests.conftest import Terminal
from tests.core.store.conftest import ENGINES, new_store

HERE = ("123456789012", "us-east-1")
SECRET = {"Name": "p", "Type": "SecureString", "Value": "hunter2!"}
READ = {"Name": "p", "WithDecryption": True}


def _fill(store: Store) -> None:
    with store.transaction(write=True):
        store.table("ec2.Vpc", ["CidrBlock"], "Tags", frozenset({"Secret"})).keep(
            HERE, "up", "v", {"CidrBlock": "10.0.0.0/16", "Tags": {"a": "b"}, "Secret": "hunter2!", "bytes": b"\0"}
        )
        store.keep_note("note", {"n": 1})
        store.next_number("number")
        store.schedule(5.0, {"n": 2})
        store.add_work(6.0, {"n": 3})
        store.lease_work(7.0, at=1.0, until=2.0, owner="a")
        store.record(8.0, "1", "r", {"n": 4})
        store.use_body("body", 5, b"hello")
        store.use_body("large", 1 << 20, None)


@pytest.mark.parametrize("engine", [*ENGINES, "in memory"])
def test_a_store_becomes_another_with_all_its_rows(store: Store, tmp_path: Path, engine: str) -> None:
    other = MemoryStore() if engine == "in memory" else new_store(engine, tmp_path / "other")
    with other.transaction(write=True):
        other.table("sqs.Queue").keep(HERE, "", "old", {})
        seal(other, "with another key")
    _fill(store)
    other.become(store)
    assert sorted(map(str, other.content())) == sorted(map(str, store.content()))
    table = other.table("ec2.Vpc", ["CidrBlock"], "Tags", frozenset({"Secret"}))
    [found] = table.having(HERE, "tag:a", ["b"])
    assert found["Secret"] == "hunter2!"
    assert table.anywhere("v") == found == next(table.list(HERE, "up"))
    with other.transaction(write=True):
        other.schedule(5.0, {"n": 5})
        assert other.next_number("number") == 2
        assert other.add_work(6.0, {}) == 2
        first = other.next_due(9.0)
        assert first is not None
        assert first[2] == {"n": 2}
        other.done(first[0])
        second = other.next_due(9.0)
        assert second is not None
        assert second[2] == {"n": 5}
        seal(other, "with the key that came along")
    other.close()


def test_a_copy_in_a_file_has_the_key_of_its_secrets(store: Store, tmp_path: Path) -> None:
    _fill(store)
    copied = tmp_path / "copy"
    copied.mkdir()
    store.copy_to(str(copied / "cloud.db"))
    assert stat.S_IMODE(os.stat(copied / "key").st_mode) == stat.S_IMODE(os.stat(copied / "cloud.db").st_mode) == 0o600
    copy = open_store(str(copied / "cloud.db"))
    assert sorted(map(str, copy.content())) == sorted(map(str, store.content()))
    found = copy.table("ec2.Vpc", sealed=frozenset({"Secret"})).anywhere("v")
    assert found is not None
    assert found["Secret"] == "hunter2!"
    copy.close()


@pytest.mark.sqlite
@pytest.mark.parametrize("way", ["copied", "taken over", "taken over in memory", "SQLite in memory"])
def test_secrets_of_a_cloud_in_memory_outlive_its_process(way: str, home: Path) -> None:
    """The key was in memory alone, so that a copy in a file could never be read again."""
    cloud = Cloud(None)
    if way == "SQLite in memory":
        cloud.database = Database(None)
    cloud.perform("ssm", "PutParameter", SECRET)
    if way == "taken over in memory":
        between = Cloud(None)
        between.database.become(cloud.database)
        cloud = between
    home.mkdir()
    if way == "taken over":
        started = Cloud(home)
        started.database.become(cloud.database)
        started.close()
    else:
        cloud.database.copy_to(str(home / "cloud.db"))
    restarted = Cloud(home)
    assert restarted.perform("ssm", "GetParameter", READ)["Parameter"]["Value"] == "hunter2!"
    restarted.perform("ssm", "PutParameter", {**SECRET, "Name": "q"})
    assert restarted.perform("ssm", "GetParameter", {**READ, "Name": "q"})["Parameter"]["Value"] == "hunter2!"


@pytest.mark.sqlite
def test_a_folder_that_cannot_be_written_to_and_has_no_key_hides_values_all_the_same(
    home: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal("sqs create-queue --queue-name jobs")
    assert not (home / "key").exists()
    can = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK and can(path, mode))
    store = open_store(str(home / "cloud.db"))
    with store.transaction(write=True, scratch=True):
        assert unseal(store, seal(store, "hunter2!")) == "hunter2!"
    assert not (home / "key").exists()
    assert store.note("key") is None


def test_a_store_whose_key_was_lost_gives_a_copy_none(tmp_path: Path) -> None:
    store = new_store("sqlite", tmp_path / "store")
    _fill(store)
    (tmp_path / "store" / "key").unlink()
    (tmp_path / "copy").mkdir()
    store.copy_to(str(tmp_path / "copy" / "cloud.db"))
    assert os.listdir(tmp_path / "copy") == ["cloud.db"]
    store.close()
