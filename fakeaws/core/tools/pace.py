"""The pace of the cloud: by how much AWS's durations are scaled (`FAKEAWS_PACE`)."""

from __future__ import annotations

import os

from fakeaws.core.tools.errors import CloudError


def pace() -> float:
    """0, the default, has every transition over by the next call; 1 is AWS's own. CloudError if it is not a number of 0
    or more."""
    text = os.environ.get("FAKEAWS_PACE", "0")
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found < float("inf"):
        raise CloudError(f"FAKEAWS_PACE must be a number of 0 or more, not {text!r}")
    return found
