"""Secrets: encrypted with a given key, where they must be known again, and hashed, where they are only compared."""

from __future__ import annotations

import hashlib
import hmac
from binascii import a2b_base64, b2a_base64
from functools import lru_cache

from fakeaws.core.tools import machine

SIZE = 32
"""Bytes of a key."""
NONCE = 12


def encrypted(key: bytes, text: str) -> str:
    """The text, encrypted with AES-GCM, in base64. The nonce is the machine's, not the cloud's chance: with a seed that
    would repeat (NIST SP 800-38D, 8)."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = machine.random_bytes(NONCE)
    sealed = AESGCM(key).encrypt(nonce, text.encode(errors="surrogatepass"), None)
    return b2a_base64(nonce + sealed, newline=False).decode()


@lru_cache(maxsize=4096)
def decrypted(key: bytes, sealed: str) -> str | None:
    """What `encrypted` was given, None where it was given another key."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        packed = a2b_base64(sealed)
        return AESGCM(key).decrypt(packed[:NONCE], packed[NONCE:], None).decode(errors="surrogatepass")
    except (InvalidTag, ValueError):
        return None


def hashed(password: str, salt: bytes) -> str:
    """What is stored of a password."""
    digest = hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)
    return f"scrypt${salt.hex()}${digest.hex()}"


def is_password(stored: str, password: str) -> bool:
    """Whether a password is the one that `hashed` was given."""
    salt = stored.split("$")[1]
    return hmac.compare_digest(hashed(password, bytes.fromhex(salt)), stored)
