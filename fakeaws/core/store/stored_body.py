"""A large body in its file: what is read of it is what its name, the SHA-256 of its content, says, or an error."""

from __future__ import annotations

import hashlib
import os
from io import RawIOBase
from typing import Any

from fakeaws.core.store.failures import BodyDamaged, BodyMissing

PIECE = 1 << 20
MOST = 10_000
"""How many bodies are known to be sound at a time."""

Stamp = tuple[int, int, int]
"""(inode, time of the last change in nanoseconds, size): what differs once a file was changed."""
_sound: dict[str, Stamp] = {}
"""The bodies that this process has read and found to be what their names say."""


def check(content: bytes, key: str) -> bytes:
    """The content of a small body, which is read as a whole; BodyDamaged if it is not the one of this name."""
    if hashlib.sha256(content).hexdigest() != key:
        raise BodyDamaged(f"cloud.db, blob {key}")
    return content


class ReadInPieces(RawIOBase):
    """A stream that needs to say no more than how it is read: buffers, which read text needs, are filled so too."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        piece = self.read(len(buffer)) or b""
        buffer[: len(piece)] = piece
        return len(piece)


class StoredBody(ReadInPieces):
    """The body of `size` bytes at `path`, whose name is `key`.

    Read from its beginning it is checked on the way, and its last bytes are not handed out unless it is sound; whoever
    begins elsewhere has it checked first. Raises BodyMissing and BodyDamaged.
    """

    def __init__(self, path: str, key: str, size: int) -> None:
        super().__init__()
        self._path = path
        self._key = key
        self._left = size
        try:
            self._file = open(path, "rb", buffering=0)  # noqa: SIM115 - closed by close()
        except FileNotFoundError:
            raise BodyMissing(path) from None
        self._stamp = _stamp_of(self._file.fileno())
        if self._stamp[2] != size:
            self._file.close()
            raise BodyDamaged(path)
        self._digest = None if _sound.get(path) == self._stamp else hashlib.sha256()

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go on from a byte counted from the beginning."""
        if offset and self._digest is not None:
            while self.read(PIECE):
                pass
        return self._file.seek(offset, whence)

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(PIECE), b""))
        piece = self._file.read(size)
        if self._digest is not None:
            self._digest.update(piece)
            self._left -= len(piece)
            if self._left <= 0 or not piece:
                self._finish()
        return piece

    def _finish(self) -> None:
        """All of the body has been read: it is the one of its name, now and later, or the error."""
        if self._digest is None or self._digest.hexdigest() != self._key:
            raise BodyDamaged(self._path)
        self._digest = None
        if len(_sound) >= MOST:
            _sound.clear()
        _sound[self._path] = self._stamp

    def close(self) -> None:
        self._file.close()
        super().close()


def _stamp_of(handle: int) -> Stamp:
    found = os.fstat(handle)
    return found.st_ino, found.st_mtime_ns, found.st_size
