"""What S3's tests start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Clock, Terminal


@pytest.fixture
def bucket(aws: Terminal, clock: Clock) -> str:
    """The name of an empty bucket, on a frozen clock."""
    aws("s3api create-bucket --bucket shelf")
    return "shelf"


@pytest.fixture
def versioned(aws: Terminal, bucket: str) -> str:
    """The name of an empty bucket that keeps versions."""
    aws(f"s3api put-bucket-versioning --bucket {bucket} --versioning-configuration Status=Enabled")
    return bucket


class Files:
    """Files to upload from and download to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, name: str, content: str | bytes = "") -> str:
        """The path of a file with this content."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    def text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")


@pytest.fixture
def files(tmp_path: Path) -> Files:
    folder = tmp_path / "files"
    folder.mkdir()
    return Files(folder)
