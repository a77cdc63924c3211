"""Bodies: taken in by many at once, checked when they are read, and never more than a row away from being known."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.store import blobs, locks
from fakeaws.core.store.sqlite.database import Database
from fakeaws.core.tools.errors import CloudError
from tests.conftest import Terminal

LARGE = b"fakeaws " * 4096
"""Too large to be in the database."""


@pytest.fixture
def store(home: Path) -> Iterator[blobs.Blobs]:
    database = Database(str(home / "cloud.db"))
    yield blobs.Blobs(database, str(home / "blobs"))
    database.close()


def _kept(store: blobs.Blobs, content: bytes) -> str:
    staged = store.stage(content)
    with store.database.transaction(write=True):
        store.keep(staged)
    store.done(staged, is_kept=True)
    return staged.key


def test_a_new_file_that_another_process_took_for_abandoned_is_not_used(
    store: blobs.Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between opening and locking, the collection of another process takes the lock, removes the file, and goes on."""
    names: list[str] = []

    def late(handle: int) -> bool:
        names.append(os.readlink(f"/proc/self/fd/{handle}"))
        if len(names) == 1:
            return False
        if len(names) == 2:
            os.unlink(names[1])
        return locks.try_lock(handle)

    monkeypatch.setattr(blobs, "try_lock", late)
    key = _kept(store, LARGE)
    assert len(names) == len(set(names)) == 3
    monkeypatch.undo()
    with store.open(key) as body:
        assert body.read() == LARGE


def test_collections_meet_uploads(home: Path) -> None:
    """Every thread is a process to the others: a cloud, and with it its locks, of its own."""
    Cloud(home).perform("s3", "CreateBucket", {"Bucket": "busy"})
    failed: list[BaseException] = []

    def upload(name: int) -> None:
        cloud = Cloud(home)
        try:
            for turn in range(40):
                params = {"Bucket": "busy", "Key": f"{name}"}
                cloud.perform("s3", "PutObject", {**params, "Body": LARGE + bytes([name, turn])})
                body = cloud.perform("s3", "GetObject", params)["Body"]
                assert body.read() == LARGE + bytes([name, turn])
                body.close()
        except BaseException as error:
            failed.append(error)
            raise
        finally:
            cloud.close()

    threads = [threading.Thread(target=upload, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    files = [path for path in (home / "blobs").rglob("*") if path.is_file()]
    assert len(files) == 6


def test_what_cannot_be_tidied_now_does_not_undo_the_call(store: blobs.Blobs) -> None:
    """Another process is writing, and this thread must not wait: what is abandoned is left for a later call."""
    key = _kept(store, LARGE)
    with store.database.transaction(write=True):
        store.drop(key)
    other = Database(store.database.path)
    with other.transaction(write=True), store.database.at_once():
        store.settle()
    assert os.path.exists(store.path(key))
    store.settle()
    assert not os.path.exists(store.path(key))
    other.close()


def test_no_file_is_taken_away_while_somebody_reads_the_parts_of_an_object(store: blobs.Blobs) -> None:
    key = _kept(store, LARGE)
    held = store.hold([key])
    with store.database.transaction(write=True):
        store.drop(key)
    store.settle()
    assert os.path.exists(store.path(key))
    locks.release(held)
    store.settle()
    assert not os.path.exists(store.path(key))


def test_a_body_is_checked_from_wherever_it_is_read(store: blobs.Blobs) -> None:
    key = _kept(store, LARGE)
    with open(store.path(key), "r+b") as file:
        file.seek(100)
        file.write(b"!")
    with store.open(key) as body, pytest.raises(CloudError, match="is damaged"):
        body.read()
    with store.open(key) as body, pytest.raises(CloudError, match="is damaged"):
        body.seek(5000)
    with store.open(key) as body:
        read = b""
        with pytest.raises(CloudError, match="is damaged"):  # noqa: PT012
            while piece := body.read(1000):
                read += piece
        assert len(read) < len(LARGE)


def test_a_small_body_is_checked_too(store: blobs.Blobs) -> None:
    key = _kept(store, b"hello")
    with store.database.transaction(write=True):
        store.database.write("UPDATE blob SET content = ?", (b"other",))
    with pytest.raises(CloudError, match="is damaged"):
        store.open(key)


@pytest.mark.parametrize("damage", ["gone", "shorter", "other"])
@pytest.mark.parametrize("options", ["", "--range bytes=20000-20010", "--part-number 2"])
def test_an_object_whose_file_was_tampered_with_is_an_error_and_no_other_bytes(
    terminal: Terminal, home: Path, tmp_path: Path, damage: str, options: str
) -> None:
    terminal("s3api create-bucket --bucket jobs")
    (tmp_path / "part").write_bytes(bytes(5 << 20))
    (tmp_path / "last").write_bytes(LARGE)
    upload = terminal("s3api create-multipart-upload --bucket jobs --key k --query UploadId").json
    put = f"s3api upload-part --bucket jobs --key k --upload-id {upload} --query ETag"
    tags = [
        terminal(f"{put} --part-number {n} --body {tmp_path}/{name}").json for n, name in ((1, "part"), (2, "last"))
    ]
    parts = ",".join(f"{{ETag={tag.strip(chr(34))},PartNumber={number}}}" for number, tag in enumerate(tags, 1))
    complete = f"s3api complete-multipart-upload --bucket jobs --key k --upload-id {upload}"
    terminal(f"{complete} --multipart-upload Parts=[{parts}]")
    for file in (path for path in (home / "blobs").rglob("*") if path.is_file()):
        if damage == "gone":
            file.unlink()
        elif damage == "shorter":
            os.truncate(file, 100)
        else:
            file.write_bytes(b"x" * file.stat().st_size)
    printed = terminal(f"s3api get-object --bucket jobs --key k {options} {tmp_path}/out", code=255)
    word = "missing" if damage == "gone" else "damaged"
    assert f"The content of this object is {word}" in printed.stderr
    assert len(printed.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_a_copy_of_a_damaged_object_fails(terminal: Terminal, home: Path, tmp_path: Path) -> None:
    terminal("s3 mb s3://jobs")
    (tmp_path / "body").write_bytes(LARGE)
    terminal(f"s3 cp {tmp_path}/body s3://jobs/k")
    [file] = (path for path in (home / "blobs").rglob("*") if path.is_file())
    file.write_bytes(b"x" * len(LARGE))
    printed = terminal(f"s3 cp s3://jobs/k {tmp_path}/out", code=1)
    assert "download failed: s3://jobs/k" in printed.stderr
    assert "The content of this object is damaged" in printed.stderr
    assert not (tmp_path / "out").exists()
