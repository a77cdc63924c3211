"""Bodies: each stored once, by its SHA-256, in `blobs/` of the cloud's folder or, where it is small, in the database.

A body is staged before the transaction that names it: written to `blobs/new/`, linked to the place of its hash, synced.
What stands in `blobs/new/` is locked by the process that works on it. An entry that nobody holds was left by a process
that died: the body that it names goes too, unless a row counts a use of it. Files are only deleted while the cloud
is locked for writing, so that no one can begin to use them meanwhile, and while nobody reads an object of many parts,
whose files are opened one after the other: such readers share a lock of the folder.
"""

from __future__ import annotations

import hashlib
import os
import threading
import weakref
from collections.abc import Iterable
from contextlib import closing
from io import BytesIO
from typing import Any, BinaryIO, cast

from fakeaws.core.store.failures import BodyMissing
from fakeaws.core.store.folders import make_private
from fakeaws.core.store.interface import Busy, Store
from fakeaws.core.store.locks import hold_folder, open_abandoned, release, try_lock
from fakeaws.core.store.stored_body import StoredBody, check
from fakeaws.core.tools.checksums import Checksum, checksum, digest_of
from fakeaws.core.tools.errors import CloudError

SMALL = 16 * 1024
"""Up to this size a body lives in the database."""
PIECE = 1 << 18
"""How much of a body is held at once."""
IN_TURNS = 1 << 18
"""Pieces of this size and more are digested by two threads."""
NEW = "new"

Sums = dict[str, bytes]


class Staged:
    """A body that was taken in and is not yet anyone's: `key` names it, `sums` are its checksums by algorithm."""

    def __init__(self, key: str, size: int, sums: Sums, content: bytes | None, path: str, handle: int) -> None:
        self.key = key
        self.size = size
        self.sums = sums
        self.content = content
        self.path = path
        self.handle = handle
        self._reader: BinaryIO | None = None

    def read(self, size: int = -1, /) -> bytes:
        if self._reader is None:
            self._reader = BytesIO(self.content) if self.content is not None else open(self.path, "rb")  # noqa: SIM115
        return self._reader.read(size)

    def close(self) -> None:
        """Forget about it, once the transaction that may have stored it is over."""
        self._close()
        if self.handle >= 0:
            _remove(self.path)
            os.close(self.handle)
            self.handle = -1

    def abandon(self) -> None:
        """Leave it for `settle` to find out whether it was stored."""
        self._close()
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1

    def _close(self) -> None:
        if self._reader is not None:
            self._reader.close()


class Blobs:
    """The bodies of one cloud. `folder` None: a temporary one, gone with the cloud."""

    def __init__(self, database: Store, folder: str | None) -> None:
        self.database = database
        self._folder = folder
        self._held: list[Staged] = []
        self._is_tidy = False

    @property
    def folder(self) -> str:
        if self._folder is None:
            import shutil
            import tempfile

            self._folder = tempfile.mkdtemp(prefix="fakeaws-")
            weakref.finalize(self, shutil.rmtree, self._folder, True)
        return self._folder

    def path(self, key: str) -> str:
        """Where a large body is, or would be."""
        return os.path.join(self.folder, key[:2], key[2:4], key)

    # Taking in

    def stage(self, source: Any, algorithms: Iterable[str] = ()) -> Staged:
        """Take a body in: bytes, or an object with `read`. Its MD5, SHA-256 and the checksums named are worked out."""
        source = BytesIO(source) if isinstance(source, (bytes, bytearray)) else source
        names = ("md5", "sha256", *(name.lower() for name in algorithms))
        head = _exactly(source, SMALL + 1)
        if len(head) <= SMALL:
            digests = {name: digest for name in names if (digest := digest_of(name, head)) is not None}
            return Staged(digests["sha256"].hex(), len(head), digests, head, "", -1)
        sums = _Sums(names)
        sums.update(head)
        return self._staged_file(head, source, sums)

    def _staged_file(self, head: bytes, source: Any, sums: _Sums) -> Staged:
        staged = Staged("", 0, {}, None, *self._new_file())
        try:
            staged.size = _write(staged.handle, head)
            while piece := source.read(PIECE):
                staged.size += sums.write(piece, staged.handle)
            staged.sums = sums.digests()
            named = f"{staged.path}.{staged.sums['sha256'].hex()}"
            os.rename(staged.path, named)
            staged.path = named
            self._place(named, staged.sums["sha256"].hex())
            os.fsync(staged.handle)
            staged.key = staged.sums["sha256"].hex()
        finally:
            if not staged.key:
                staged.abandon()
                self._is_tidy = False
        return staged

    def _new_file(self) -> tuple[str, int]:
        """A locked file of a name that no one else has. Between opening and locking it looks abandoned: who takes it
        away then has it locked, and the next name is tried."""
        folder = os.path.join(self.folder, NEW)
        flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0)
        while True:
            path = os.path.join(folder, f"{os.getpid()}-{_next_number()}")
            try:
                handle = os.open(path, flags, 0o600)
            except FileNotFoundError:
                make_private(folder)
                continue
            except FileExistsError:
                continue
            if try_lock(handle) and _is_at(handle, path):
                return path, handle
            os.close(handle)

    def _place(self, path: str, key: str) -> None:
        """Have the file at `path` under the name of its hash too, if no other file has it."""
        target = self.path(key)
        if os.path.exists(target):
            return
        try:
            os.link(path, target)
        except FileNotFoundError:
            make_private(os.path.dirname(target))
            self._place(path, key)
        except FileExistsError:
            return

    def sums(self, source: Any, algorithms: Iterable[str]) -> Sums:
        """The MD5 and the checksums named of what a source has, which is read to its end and closed."""
        sums = _Sums(("md5", *(name.lower() for name in algorithms)))
        with closing(source):
            while piece := source.read(PIECE):
                sums.update(piece)
        return sums.digests()

    # Keeping, in a transaction

    def keep(self, staged: Staged) -> None:
        """Count a use of a staged body."""
        if staged.content is None:
            self._place(staged.path, staged.key)
        self.database.use_body(staged.key, staged.size, staged.content)

    def share(self, key: str) -> None:
        """Count one more use of a body that is stored."""
        self.database.share_body(key)

    def drop(self, key: str) -> None:
        """Count one use less; a body without any goes."""
        row = self.database.release_body(key)
        if row is not None and row.content is None:
            self._mark(key)

    def _mark(self, key: str) -> None:
        """Note in the folder that a file may go; whoever comes next looks, even if this process dies before."""
        path, handle = self._new_file()
        os.rename(path, f"{path}.{key}")
        os.close(handle)
        self._is_tidy = False

    def open(self, key: str) -> BinaryIO:
        """The content of a body that is stored; KeyError if there is none, CloudError if it is lost or damaged."""
        row = self.database.body(key)
        if row is None:
            raise KeyError(key)
        return BytesIO(check(row.content, key)) if row.content is not None else self.open_file(key, row.size)

    def open_file(self, key: str, size: int) -> BinaryIO:
        """The content of a large body, also outside of a transaction; CloudError if it is lost or damaged."""
        return cast(BinaryIO, StoredBody(self.path(key), key, size))

    def hold(self, keys: Iterable[str]) -> int:
        """Have no file deleted until the handle is released; BodyMissing if one of `keys` has no file."""
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        handle = hold_folder(self.folder, alone=False)
        assert handle is not None
        missing = next((path for key in keys if not os.path.exists(path := self.path(key))), None)
        if missing is not None:
            release(handle)
            raise BodyMissing(missing)
        return handle

    # Tidying up, outside of transactions

    def done(self, staged: Staged, is_kept: bool) -> None:
        """The call that staged a body is over. Within another call's transaction, that one's end is waited for."""
        if self.database.is_within:
            self._held.append(staged)
        elif is_kept:
            staged.close()
        else:
            staged.abandon()
            self._is_tidy = self._is_tidy and staged.content is not None

    def settle(self) -> None:
        """After a transaction: delete the files that no row names any more, and those of processes that died. The
        call is over: what cannot be done now (nobody may wait, the disk is full or read-only) is left for a later one.
        """
        if self.database.is_within or not self.database.may_wait:
            return
        while self._held:
            self._held.pop().abandon()
            self._is_tidy = False
        if not self._is_tidy:
            self._is_tidy = True
            try:
                self._collect()
            except (Busy, CloudError, OSError):
                self._is_tidy = False

    def _collect(self) -> None:
        folder = os.path.join(self.folder, NEW)
        try:
            left = os.listdir(folder)
        except FileNotFoundError:
            return
        abandoned = {
            name: handle for name in left if (handle := open_abandoned(os.path.join(folder, name))) is not None
        }
        try:
            if abandoned:
                with self.database.transaction(write=True):
                    self._take_away(folder, list(abandoned))
        finally:
            for handle in abandoned.values():
                os.close(handle)

    def _take_away(self, folder: str, abandoned: list[str]) -> None:
        """Remove entries of the folder of new bodies, with the bodies that they name and no row does."""
        held = hold_folder(self.folder, alone=True)
        if held is None:
            self._is_tidy = False
            return
        try:
            for name in abandoned:
                _, _, key = name.partition(".")
                if key and self.database.body(key) is None:
                    _remove(self.path(key))
                _remove(os.path.join(folder, name))
        finally:
            release(held)


class _Sums:
    """Several checksums of one body."""

    def __init__(self, names: Iterable[str]) -> None:
        self.md5 = hashlib.md5(usedforsecurity=False)
        self.others: dict[str, Checksum] = {}
        for name in names:
            found = checksum(name) if name != "md5" else None
            if found is not None:
                self.others[name] = found

    def update(self, piece: bytes) -> None:
        self.md5.update(piece)
        self._update_others(piece)

    def _update_others(self, piece: bytes) -> None:
        for each in self.others.values():
            each.update(piece)

    def write(self, piece: bytes, handle: int) -> int:
        """Take a piece in while it is written to a file: MD5, the slowest, has a thread of its own."""
        if len(piece) < IN_TURNS:
            self.update(piece)
            return _write(handle, piece)
        helper = threading.Thread(target=self.md5.update, args=(piece,))
        helper.start()
        self._update_others(piece)
        written = _write(handle, piece)
        helper.join()
        return written

    def digests(self) -> Sums:
        return {"md5": self.md5.digest(), **{name: each.digest() for name, each in self.others.items()}}


_numbers = iter(range(1 << 62))


def _next_number() -> int:
    return next(_numbers)


def _exactly(source: Any, size: int) -> bytes:
    """As many bytes as asked for, unless the source ends before."""
    content: bytes = source.read(size)
    while 0 < len(content) < size:
        more = source.read(size - len(content))
        if not more:
            break
        content += more
    return content


def _write(handle: int, piece: bytes) -> int:
    view = memoryview(piece)
    while view:
        view = view[os.write(handle, view) :]
    return len(piece)


def _is_at(handle: int, path: str) -> bool:
    """Whether an open file still is the one at a path."""
    try:
        return os.path.samestat(os.fstat(handle), os.stat(path))
    except FileNotFoundError:
        return False


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
