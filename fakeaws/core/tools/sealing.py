"""Secrets that the cloud must know again, such as those of access keys: sealed, so that the database alone does not
give them away. The key is a file beside it, `key`, that only its owner reads; a cloud in memory has it in memory."""

from __future__ import annotations

import hashlib
import hmac
import os
from binascii import a2b_base64, b2a_base64
from functools import lru_cache
from typing import TYPE_CHECKING

from fakeaws.core.store.failures import KeyLost
from fakeaws.core.tools import machine

if TYPE_CHECKING:
    from fakeaws.core.store.database import Database

KEY = "key"
"""The name of the file, and of the note that tells which key it has to be."""
SIZE = 32
NONCE = 12


def seal(database: Database, text: str) -> str:
    """The text, encrypted with AES-GCM, in base64. The nonce is the machine's, not the cloud's chance: with a seed that
    would repeat (NIST SP 800-38D, 8)."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key = _key(database, is_made=True)
    _remember(database, key)
    nonce = machine.random_bytes(NONCE)
    sealed = AESGCM(key).encrypt(nonce, text.encode(errors="surrogatepass"), None)
    return b2a_base64(nonce + sealed, newline=False).decode()


def unseal(database: Database, sealed: str) -> str:
    """What `seal` was given. KeyLost where the key is another one, such as in a folder that was copied without it."""
    text = _opened(_key(database), sealed)
    if text is None:
        raise KeyLost(_path(database), "is another one")
    return text


def masked(database: Database, text: str) -> bytes:
    """64 bytes that stand for a secret: the same ones for the same text, and nobody can tell which."""
    return hmac.digest(_key(database, is_made=True), text.encode(errors="surrogatepass"), "sha512")


@lru_cache(maxsize=4096)
def _opened(key: bytes, sealed: str) -> str | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        packed = a2b_base64(sealed)
        return AESGCM(key).decrypt(packed[:NONCE], packed[NONCE:], None).decode(errors="surrogatepass")
    except (InvalidTag, ValueError):
        return None


def _key(database: Database, is_made: bool = False) -> bytes:
    """The cloud's key, which is made when something is first sealed. KeyLost where there is none that fits."""
    if database.path is None:
        if not database.key[1]:
            database.key = (None, machine.random_bytes(SIZE))
        return database.key[1]
    path = _path(database)
    try:
        if is_made and database.note(KEY) is None and not _is_key(path):
            _make(path, machine.random_bytes(SIZE))
        return _read(database, path)
    except OSError as error:
        raise KeyLost(path, f"cannot be used ({error.strerror})") from error


def _path(database: Database) -> str:
    return os.path.join(os.path.dirname(database.path or ""), KEY)


def _is_key(path: str) -> bool:
    """Whether there is a key; a file that is none goes, since nothing was sealed with it."""
    if not os.path.lexists(path):
        return False
    if os.path.isfile(path) and os.path.getsize(path) == SIZE:
        return True
    os.unlink(path)
    return False


def _read(database: Database, path: str) -> bytes:
    status = os.stat(path)
    stamp = (status.st_ino, status.st_mtime_ns)
    if database.key[0] != stamp:
        with open(path, "rb") as file:
            key = file.read()
        if len(key) != SIZE:
            raise KeyLost(path, f"has {len(key)} bytes instead of {SIZE}")
        database.key = (stamp, key)
    return database.key[1]


def _remember(database: Database, key: bytes) -> None:
    """Note which key the cloud's secrets are sealed with, so that none is sealed with another one: whichever of them
    was there, some could not be read."""
    if database.path is None:
        return
    mark = {"sha256": hashlib.sha256(key).hexdigest()}
    held = database.note(KEY)
    if held is None:
        database.keep_note(KEY, mark)
    elif held != mark:
        raise KeyLost(_path(database), "is another one")


def _make(path: str, key: bytes) -> None:
    """Write the key in one step, unless somebody else was first; it is on the disk before anything is sealed."""
    draft = f"{path}.{machine.random_bytes(8).hex()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)


def hashed(password: str, salt: bytes) -> str:
    """What is kept of a password."""
    digest = hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)
    return f"scrypt${salt.hex()}${digest.hex()}"


def is_password(kept: str, password: str) -> bool:
    """Whether a password is the one that `hashed` was given."""
    salt = kept.split("$")[1]
    return hmac.compare_digest(hashed(password, bytes.fromhex(salt)), kept)
