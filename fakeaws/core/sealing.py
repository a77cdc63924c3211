"""Secrets that the cloud must know again, such as those of access keys: sealed, so that the database alone does not
give them away. The key is a file beside it, `key`, that only its owner reads; a cloud in memory has it in memory."""

from __future__ import annotations

import hashlib
import os
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from functools import cache

Chance = Callable[[int], bytes]
_MEMORY: dict[str, bytes] = {}


def seal(database_path: str | None, text: str, chance: Chance) -> str:
    """The text, encrypted with AES-GCM, in base64."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = chance(12)
    sealed = AESGCM(_key(database_path, chance)).encrypt(nonce, text.encode(), None)
    return b2a_base64(nonce + sealed, newline=False).decode()


def unseal(database_path: str | None, sealed: str) -> str | None:
    """What `seal` was given; None where the key is another one: its folder was copied without it."""
    found = _key(database_path, None)
    return _opened(found, sealed) if found else None


@cache
def _opened(key: bytes, sealed: str) -> str | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    packed = a2b_base64(sealed)
    try:
        return AESGCM(key).decrypt(packed[:12], packed[12:], None).decode()
    except InvalidTag:
        return None


def _key(database_path: str | None, chance: Chance | None) -> bytes:
    """The cloud's key, which is made when something is first sealed; empty where there is none yet."""
    if database_path is None:
        if chance is not None and "" not in _MEMORY:
            _MEMORY[""] = chance(32)
        return _MEMORY.get("", b"")
    path = os.path.join(os.path.dirname(database_path), "key")
    if path not in _MEMORY:
        if not os.path.exists(path):
            if chance is None:
                return b""
            _make(path, chance(32))
        with open(path, "rb") as file:
            _MEMORY[path] = file.read()
    return _MEMORY[path]


def _make(path: str, key: bytes) -> None:
    """Write the key in one step, unless another process was first."""
    draft = f"{path}.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(key)
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
    return hashed(password, bytes.fromhex(salt)) == kept
