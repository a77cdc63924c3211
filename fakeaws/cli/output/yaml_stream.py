"""`--output yaml-stream`: a list in YAML with an item a page, each written as soon as the page is fetched."""

from __future__ import annotations

from typing import Any, TextIO

from fakeaws.cli.output.yaml import dumps


def write(title: str, document: Any, stream: TextIO, color: str) -> None:
    """Write `document` as one item of the list."""
    stream.write(dumps([document]))
