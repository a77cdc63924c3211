"""Folders that only their owner looks into."""

from __future__ import annotations

import os


def make_private(path: str) -> None:
    """Make a folder, and those that it is in, whatever the umask is; one that exists is left as it is."""
    parent = os.path.dirname(path)
    if parent and not os.path.isdir(parent):
        make_private(parent)
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        if not os.path.isdir(path):
            raise
