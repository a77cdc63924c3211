"""Time and chance: the only place that reads a clock or draws a random number.

The clock can be frozen, set and advanced, and is kept in the cloud's database. `FAKEAWS_SEED` makes
the draws repeat. By how much durations are scaled is said in `core/tools/pace.py`.
"""

from __future__ import annotations

import os
import time

from fakeaws.core.store.interface import Store
from fakeaws.core.tools.errors import CloudError

NOTE = "clock"
LAST = 221_845_392_000
"""The first second of the year 9000: later than any lesson, and early enough for what expires after it."""
LOOK = 0.05
"""Seconds after which a waiting call looks again: what it waits for may come from another process."""


def now(database: Store) -> float:
    """The cloud's time in epoch seconds."""
    note = database.note(NOTE)
    if note is None:
        return time.time()
    if note.get("frozen") is not None:
        return float(note["frozen"])
    return time.time() + float(note["offset"])


def freeze(database: Store, at: float) -> None:
    """Stop the clock at `at`; it moves only when it is advanced or resumed. CloudError for no time that it can show."""
    _set(database, at, is_frozen=True)


def advance(database: Store, seconds: float) -> None:
    """Move the clock by so many seconds; a frozen one stays frozen. CloudError for no time that it can show."""
    _set(database, now(database) + seconds, is_frozen(database))


def resume(database: Store) -> None:
    """Let a frozen clock run on from where it stands."""
    _set(database, now(database), is_frozen=False)


def _set(database: Store, moment: float, is_frozen: bool) -> None:
    if not 0 <= moment <= LAST:
        raise CloudError("The clock can be set to a time from 1970 to the year 9000, and to no other.")
    database.keep_note(NOTE, {"frozen": moment if is_frozen else None, "offset": moment - time.time()})


def is_frozen(database: Store) -> bool:
    return (database.note(NOTE) or {}).get("frozen") is not None


def wait(database: Store, due: float, since: float | None) -> float:
    """Let time go by for a call that waits for `due` since `since` (None: it has just begun), until then or until the
    cloud has changed; it is then to be tried again. Answers with when it began, which is long ago where the clock is
    frozen or the cloud is about to close, as nothing will come."""
    if is_frozen(database):
        return float("-inf")
    started, seen = now(database), database.version()
    end = time.monotonic() + due - started
    while (left := end - time.monotonic()) > 0 and database.version() == seen:
        if database.is_closing:
            return float("-inf")
        time.sleep(min(left, LOOK))
    return started if since is None else since


def chance(database: Store, count: int) -> bytes:
    """`count` random bytes; with `FAKEAWS_SEED` the same ones each time the same commands are run on a new cloud."""
    seed = os.environ.get("FAKEAWS_SEED")
    if not seed:
        return os.urandom(count)
    import hashlib

    drawn = b""
    while len(drawn) < count:
        turn = database.next_number("chance")
        drawn += hashlib.blake2b(f"{seed}:{turn}".encode()).digest()
    return drawn[:count]
