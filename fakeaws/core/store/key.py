"""The key of a store's secrets: a file beside it, `key`, that only its owner reads, so that the database alone does not
give them away. A store in memory, and one whose folder has no key and cannot be written to, has it in memory."""

from __future__ import annotations

import hashlib
import hmac
import os

from fakeaws.core.store.failures import KeyLost
from fakeaws.core.store.interface import Store
from fakeaws.core.tools import machine, sealing

KEY = "key"
"""The name of the file, and of the note that says which key it has to be."""


def seal(store: Store, text: str) -> str:
    """The text, encrypted, in base64; in a writing transaction."""
    key = _key(store, is_made=True)
    _remember(store, key)
    return sealing.encrypted(key, text)


def unseal(store: Store, sealed: str) -> str:
    """What `seal` was given. KeyLost where the key is another one, such as in a folder that was copied without it."""
    text = sealing.decrypted(_key(store), sealed)
    if text is None:
        raise KeyLost(_path(store), "is another one")
    return text


def masked(store: Store, text: str) -> bytes:
    """64 bytes that stand for a secret: the same ones for the same text, and nobody can tell which."""
    return hmac.digest(_key(store, is_made=True), text.encode(errors="surrogatepass"), "sha512")


def copy(store: Store, folder: str) -> None:
    """Have the copy of a store in `folder` read what is sealed in it: a copy has the key of its original."""
    key = _held(store)
    if key is not None:
        _write(os.path.join(folder, KEY), key)


def take(store: Store, other: Store) -> None:
    """Have the key of another store, whose content is about to be taken over."""
    key = _held(other)
    if key is None or key == _held(store):
        return
    if _is_in_memory(store):
        store.key = (None, key)
    else:
        _write(_path(store), key)


def _held(store: Store) -> bytes | None:
    """The key of a store; None where nothing was sealed yet, or it was lost."""
    if _is_in_memory(store):
        return store.key[1] or None
    try:
        return _read(store, _path(store))
    except (OSError, KeyLost):
        return None


def _key(store: Store, is_made: bool = False) -> bytes:
    """The key, which is made when something is first sealed. KeyLost where none fits."""
    if _is_in_memory(store):
        if not store.key[1]:
            store.key = (None, machine.random_bytes(sealing.SIZE))
        return store.key[1]
    path = _path(store)
    try:
        if is_made and store.note(KEY) is None and not _is_key(path):
            _make(path, machine.random_bytes(sealing.SIZE))
        return _read(store, path)
    except OSError as error:
        raise KeyLost(path, f"cannot be used ({error.strerror})") from error


def _is_in_memory(store: Store) -> bool:
    """Whether no file has the key: nothing is stored in any, or what is stored now will be lost."""
    if store.path is None:
        return True
    return store.is_read_only and store.note(KEY) is None and not os.path.exists(_path(store))


def _path(store: Store) -> str:
    return os.path.join(os.path.dirname(store.path or ""), KEY)


def _is_key(path: str) -> bool:
    """Whether a file is a key; one that is none goes, since nothing was sealed with it."""
    if not os.path.lexists(path):
        return False
    if os.path.isfile(path) and os.path.getsize(path) == sealing.SIZE:
        return True
    os.unlink(path)
    return False


def _read(store: Store, path: str) -> bytes:
    status = os.stat(path)
    stamp = (status.st_ino, status.st_mtime_ns)
    if store.key[0] != stamp:
        with open(path, "rb") as file:
            key = file.read()
        if len(key) != sealing.SIZE:
            raise KeyLost(path, f"has {len(key)} bytes instead of {sealing.SIZE}")
        store.key = (stamp, key)
    return store.key[1]


def _remember(store: Store, key: bytes) -> None:
    """Note which key the cloud's secrets are sealed with, so that none is sealed with another one: some could not be
    read with either."""
    if _is_in_memory(store) and store.path is not None:
        return
    mark = {"sha256": hashlib.sha256(key).hexdigest()}
    held = store.note(KEY)
    if held is None:
        store.keep_note(KEY, mark)
    elif held != mark:
        raise KeyLost(_path(store), "is another one")


def _make(path: str, key: bytes) -> None:
    """Write the key in one step, unless another process was first; it is on the disk before anything is sealed."""
    draft = _draft(path, key)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)


def _write(path: str, key: bytes) -> None:
    """Write the key in one step, in place of any other."""
    os.replace(_draft(path, key), path)


def _draft(path: str, key: bytes) -> str:
    draft = f"{path}.{machine.random_bytes(8).hex()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return draft
