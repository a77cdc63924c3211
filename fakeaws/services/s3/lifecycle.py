"""Lifecycle."""

from __future__ import annotations

from typing import Any

from fakeaws.core.store.tables import Resource

Document = dict[str, Any]


def expiration(there: Resource, found: Document) -> Document:
    """When."""
    return {}


def abortion(call: Any, there: Resource, upload: Document) -> Document:
    """When."""
    return {}
