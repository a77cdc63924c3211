"""The secret by which a caller of `/_fakeaws/` shows that it may read the cloud's folder: a private file in it."""

from __future__ import annotations

import hmac
import os

FILE = "admin-secret"
HEADER = "X-Fakeaws-Secret"
_MEMORY = os.urandom(16).hex()
"""That of clouds in the memory of this process."""


def secret_of(folder: str | None) -> str:
    """The secret of a cloud's folder, which is made when it is first asked for."""
    if folder is None:
        return _MEMORY
    path = os.path.join(folder, FILE)
    if not os.path.exists(path):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        _make(path, os.urandom(16).hex())
    return known_secret(folder)


def known_secret(folder: str) -> str:
    """The secret of a cloud's folder, "" where it has none yet."""
    try:
        with open(os.path.join(folder, FILE), encoding="ascii") as file:
            return file.read().strip()
    except FileNotFoundError:
        return ""


def is_secret_of(folder: str | None, given: str) -> bool:
    """Whether this is the secret; nothing is that of a folder in which none can be written, or whose file is empty."""
    try:
        secret = secret_of(folder)
    except OSError:
        return False
    return secret != "" and hmac.compare_digest(secret.encode(), given.encode())


def _make(path: str, text: str) -> None:
    """Write the secret in one step, unless another process was first."""
    draft = f"{path}.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(text + "\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)
