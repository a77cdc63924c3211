"""Files that one process, or several, hold: a lock ends with its holder, however that ends."""

from __future__ import annotations

import os

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


def try_lock(handle: int) -> bool:
    """Hold a file alone for as long as it is open; False where another one holds it. Where the system has no such
    locks everybody gets one."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def hold_folder(path: str, alone: bool) -> int | None:
    """Hold a folder until the handle is closed: together with others, waiting for one who has it alone, or alone, which
    is None where others hold it. Where the system has no such locks the handle is -1."""
    if fcntl is None:
        return -1
    handle = os.open(path, os.O_RDONLY)
    if not alone:
        fcntl.flock(handle, fcntl.LOCK_SH)
    elif not try_lock(handle):
        os.close(handle)
        return None
    return handle


def release(handle: int) -> None:
    """End a hold."""
    if handle >= 0:
        os.close(handle)


def open_abandoned(path: str) -> int | None:
    """The handle, locked, of a file that nobody holds any more; None where somebody does, or it is gone."""
    if fcntl is None:
        return None
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    if try_lock(handle):
        return handle
    os.close(handle)
    return None
