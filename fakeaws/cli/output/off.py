"""`--output off`: nothing on stdout."""

from __future__ import annotations

from typing import Any, TextIO


def write(title: str, document: Any, stream: TextIO, color: str) -> None:
    """Show nothing."""
