"""Secrets that the cloud must know again, such as those of access keys: sealed, so that the database alone does not
give them away. The key is a file beside it, `key`, that only its owner reads; a cloud in memory has it in memory."""

from __future__ import annotations

import hashlib
import hmac
import os
from binascii import a2b_base64, b2a_base64
from functools import lru_cache
from typing import TYPE_CHECKING

from fakeaws.core import machine

if TYPE_CHECKING:
    from fakeaws.core.store.database import Database

KEY = "key"
NONCE = 12


def seal(database: Database, text: str) -> str:
    """The text, encrypted with AES-GCM, in base64. The nonce is the machine's, not the cloud's chance: with a seed that
    would repeat (NIST SP 800-38D, 8)."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = machine.random_bytes(NONCE)
    sealed = AESGCM(_key(database, is_made=True)).encrypt(nonce, text.encode(errors="surrogatepass"), None)
    return b2a_base64(nonce + sealed, newline=False).decode()


def unseal(database: Database, sealed: str) -> str | None:
    """What `seal` was given; None where the key is another one: its folder was copied without it."""
    found = _key(database)
    return _opened(found, sealed) if found else None


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
    """The cloud's key, which is made when something is first sealed; empty where there is none yet."""
    if database.path is None:
        if is_made and not database.key[1]:
            database.key = (None, machine.random_bytes(32))
        return database.key[1]
    path = os.path.join(os.path.dirname(database.path), KEY)
    try:
        status = os.stat(path)
    except FileNotFoundError:
        if not is_made:
            return b""
        _make(path, machine.random_bytes(32))
        status = os.stat(path)
    stamp = (status.st_ino, status.st_mtime_ns)
    if database.key[0] != stamp:
        with open(path, "rb") as file:
            database.key = (stamp, file.read())
    return database.key[1]


def _make(path: str, key: bytes) -> None:
    """Write the key in one step, unless another process was first; it is on the disk before anything is sealed."""
    draft = f"{path}.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
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
