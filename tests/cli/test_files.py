"""Files that a command is to write and cannot: one line in the words of the AWS CLI, and no file half written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import Terminal

WHOLE_DEVICE = pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="there is no /dev/full here")


@pytest.fixture
def stored(terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal in an empty folder, with the object s3://bucket/key."""
    (tmp_path / "body").write_text("content")
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    terminal("s3api create-bucket --bucket bucket")
    terminal("s3api put-object --bucket bucket --key key", body=str(tmp_path / "body"))
    return terminal


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("sub/out.bin", "[Errno 2] No such file or directory: 'sub/out.bin'"),
        (".", "[Errno 21] Is a directory: '.'"),
        ("''", "[Errno 2] No such file or directory: ''"),
    ],
)
def test_an_output_file_that_cannot_be_opened(stored: Terminal, path: str, message: str) -> None:
    shown = stored(f"s3api get-object --bucket bucket --key key {path}", code=255)
    assert shown.stderr == f"\naws: [ERROR]: {message}\n"
    assert os.listdir() == []


@WHOLE_DEVICE
def test_an_output_file_on_a_full_device(stored: Terminal) -> None:
    shown = stored("s3api get-object --bucket bucket --key key /dev/full", code=255)
    assert shown.stderr == "\naws: [ERROR]: [Errno 28] No space left on device\n"
    assert Path("/dev/full").is_char_device()


def test_a_trace_is_shown_with_debug(stored: Terminal) -> None:
    shown = stored("s3api get-object --bucket bucket --key key sub/out.bin --debug", code=255)
    assert shown.stderr.startswith("Traceback (most recent call last):\n")
    assert shown.stderr.endswith("\naws: [ERROR]: [Errno 2] No such file or directory: 'sub/out.bin'\n")


def test_copies_make_the_folders_that_are_missing(stored: Terminal) -> None:
    stored("s3 cp s3://bucket/key one/two/key")
    assert Path("one/two/key").read_text() == "content"


def test_a_copy_below_a_file_fails(stored: Terminal) -> None:
    Path("file").touch()
    shown = stored("s3 cp s3://bucket/key file/key", code=1)
    assert shown.stderr.startswith("download failed: s3://bucket/key to file/key [Errno 20] Not a directory: '")
    shown = stored("s3 cp s3://bucket/key file/sub/key", code=1)
    folder = Path("file/sub").absolute()
    reason = f"Could not create directory {folder}: [Errno 20] Not a directory: '{folder}'\n"
    assert shown.stderr == f"download failed: s3://bucket/key to file/sub/key {reason}"


def test_a_folder_of_many_that_cannot_be_made(stored: Terminal) -> None:
    Path("file").touch()
    shown = stored("s3 cp --recursive s3://bucket file/sub", code=255)
    assert shown.stderr == "\naws: [ERROR]: [Errno 20] Not a directory: 'file/sub'\n"


def test_a_synchronised_folder_that_is_a_file(stored: Terminal) -> None:
    Path("file").touch()
    shown = stored("s3 sync s3://bucket file", code=1)
    warning, failure = shown.stderr.splitlines()
    assert warning == f"warning: Skipping file {Path('file').absolute()}/. File does not exist."
    assert failure.startswith("download failed: s3://bucket/key to file/key [Errno 20] Not a directory: '")


def test_a_pipe_is_written_to_and_stays_a_pipe(stored: Terminal) -> None:
    os.mkfifo("pipe")
    reader = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
    stored("s3 cp s3://bucket/key pipe")
    assert os.read(reader, 100) == b"content"
    os.close(reader)
    assert Path("pipe").is_fifo()


@WHOLE_DEVICE
def test_a_copy_to_a_full_device_fails_and_leaves_it(stored: Terminal) -> None:
    Path("full").symlink_to("/dev/full")
    shown = stored("s3 cp s3://bucket/key full", code=1)
    assert shown.stderr == "download failed: s3://bucket/key to ./full [Errno 28] No space left on device\n"
    assert Path("full").is_char_device()


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/proc/0/config", "Can't create directory for writing: [Errno 2] No such file or directory: '/proc/0'"),
        ("file/config", "Can't open kubeconfig for reading: [Errno 20] Not a directory: '{}/file/config'"),
        (".", "Can't open kubeconfig for reading: [Errno 21] Is a directory: '{}'"),
        ("broken", "Content not a <class 'dict'>."),
        ("mistyped", "users is wrong type: <class 'dict'> (Should be <class 'list'>)"),
        ("strangers", "Entry in users not a <class 'dict'>."),
    ],
)
def test_a_kubeconfig_that_cannot_be_used(stored: Terminal, path: str, message: str) -> None:
    contents = {"file": "", "broken": "text", "mistyped": "users: {}", "strangers": "users: [a]"}
    for name, text in contents.items():
        Path(name).write_text(text)
    stored(
        "eks create-cluster --name c --role-arn arn:aws:iam::123456789012:role/r --resources-vpc-config subnetIds=a,b"
    )
    shown = stored(f"eks update-kubeconfig --name c --kubeconfig {path}", code=255)
    assert shown.stderr == f"\naws: [ERROR]: {message.format(os.getcwd())}\n"


def test_a_kubeconfig_that_is_a_link_stays_one(stored: Terminal) -> None:
    stored(
        "eks create-cluster --name c --role-arn arn:aws:iam::123456789012:role/r --resources-vpc-config subnetIds=a,b"
    )
    Path("config").symlink_to("dotfile")
    stored("eks update-kubeconfig --name c --kubeconfig config")
    assert Path("config").is_symlink()
    assert "current-context: arn:aws:eks:" in Path("dotfile").read_text()
