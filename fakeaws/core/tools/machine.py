"""What is the machine's and not the cloud's: the time by which signatures are judged, ids of requests, and keys.

Neither is kept, so neither follows the cloud's clock or its seed.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

from fakeaws.core.tools import ids


def utc_now() -> datetime:
    """The machine's time, whatever the cloud's clock has been set to."""
    return datetime.fromtimestamp(time.time(), UTC)


def random_bytes(count: int) -> bytes:
    """Bytes that no seed repeats: keys, and what is used with a key only once."""
    return os.urandom(count)


def request_id() -> str:
    return ids.uuid(os.urandom)


def pause(seconds: float) -> None:
    """Let others get on."""
    time.sleep(seconds)
