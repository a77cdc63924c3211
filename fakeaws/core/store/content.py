"""What a store consists of: its tables and their columns, as `Store.content` hands out their rows."""

from __future__ import annotations

RESOURCE = ("account", "region", "parent", "key", "document")
"""The columns of a table of resources; the name of such a table has a dot, as in `sqs.Queue`."""
COLUMNS = {
    "note": ("name", "document"),
    "number": ("name", "value"),
    "schedule": ("id", "due", "document"),
    "work": ("id", "due", "document", "attempts", "error", "owner", "until"),
    "call": ("id", "at", "account", "region", "document"),
    "entry": ("kind", "account", "region", "name", "value", "parent", "key"),
    "blob": ("key", "size", "uses", "content"),
}
"""The columns of all others. Documents are JSON, those of resources as store/documents.py writes it."""


def columns_of(table: str) -> tuple[str, ...]:
    """The columns of a table, by its name."""
    return COLUMNS.get(table, RESOURCE)
