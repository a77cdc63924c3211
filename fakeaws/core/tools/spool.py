"""Bodies that are written and then read: kept small in memory, else in a file without a name."""

from __future__ import annotations

from io import BytesIO
from tempfile import TemporaryFile
from typing import IO

IN_MEMORY = 256 * 1024
"""Larger bodies go to a temporary file."""


class Spool:
    """A body that is read after it was written: in memory as long as it is small, then in a file without a name.

    The file is gone with the last one who holds the body, who need not close it.
    """

    def __init__(self) -> None:
        self._file: IO[bytes] = BytesIO()
        self._size = 0

    def write(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > IN_MEMORY and isinstance(self._file, BytesIO):
            large: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed with the body
            large.write(self._file.getvalue())
            self._file = large
        self._file.write(piece)

    def read(self, size: int = -1, /) -> bytes:
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        self._file.close()

    __del__ = close
