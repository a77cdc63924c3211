"""One-time passwords by the clock, RFC 6238: SHA-1, 30 seconds, 6 digits."""

from __future__ import annotations

import base64
import hashlib
import hmac

STEP = 30


def code(seed: str, step: int) -> str:
    """The code that a device with this base32 seed shows in a step of time (epoch seconds / 30)."""
    digest = hmac.digest(base64.b32decode(seed + "=" * (-len(seed) % 8)), step.to_bytes(8, "big"), hashlib.sha1)
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"


def step_of(seed: str, given: str, now: float, slack: int = 1) -> int | None:
    """The step, at most `slack` away from now, in which the device shows the code."""
    here = int(now) // STEP
    return next((step for step in range(here - slack, here + slack + 1) if code(seed, step) == given), None)
