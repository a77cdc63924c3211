"""The history of calls: how a call is stored, and for how long."""

from __future__ import annotations

import json
from typing import Any

Document = dict[str, Any]
KEPT_SECONDS = 90 * 86400
PRUNED_EVERY = 1000
PATIENCE = 0.25
"""Seconds for which a record waits for other processes that write."""
REFUSED = '"errorCode":'
"""What the text of a call has that was refused."""


def encoded(document: Document) -> str:
    """The text that is stored of a call."""
    return json.dumps(document, default=_text, separators=(",", ":"))


def by_key(access_key: str) -> str:
    """What the texts of calls with an access key have."""
    return f'"{access_key}"]'


def _text(value: Any) -> str:
    """What a parameter that is no JSON is recorded as."""
    return "HIDDEN_DUE_TO_SECURITY_REASONS" if isinstance(value, bytes) else str(value)
