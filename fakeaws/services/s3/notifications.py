"""Event notifications."""

from __future__ import annotations

from typing import Any

from fakeaws.core.call import Call
from fakeaws.core.store.tables import Resource

Document = dict[str, Any]


def send(call: Call, there: Resource, event: str, found: Document) -> None:
    """Tell."""
