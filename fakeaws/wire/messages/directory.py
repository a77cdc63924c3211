"""Which services there are and how requests name them: read once from the first kilobytes of each model.

A request names its service by the scope of its signature, by X-Amz-Target, by an RPC path, by the version of a form, or
by its host. Each of these is an index here.
"""

from __future__ import annotations

import gzip
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from fakeaws.core.model import compiled, models

Document = dict[str, Any]
_HEAD = 8192
"""How much of a model's file is enough for its metadata, which stand first."""


class Directory:
    """All services' metadata by the ways of naming them; names are lists in the order of preference."""

    def __init__(self, metadata: dict[str, Document]) -> None:
        self.metadata = metadata
        self.by_signing_name: dict[str, list[str]] = {}
        self.by_target: dict[str, list[str]] = {}
        self.by_version: dict[str, list[str]] = {}
        self.by_host: dict[str, list[str]] = {}
        for name in sorted(metadata, key=lambda name: _preference(name, metadata[name])):
            self._enter(name, metadata[name])

    def _enter(self, name: str, metadata: Document) -> None:
        prefix: str = metadata["endpointPrefix"]
        _add(self.by_signing_name, metadata.get("signingName") or prefix, name)
        _add(self.by_host, prefix, name)
        _add(self.by_host, name, name)
        if "targetPrefix" in metadata:
            _add(self.by_target, metadata["targetPrefix"], name)
        _add(self.by_version, metadata["apiVersion"], name)


def _preference(name: str, metadata: Document) -> tuple[bool, str]:
    """Of services that share a signing name, the one that is called so comes first (`rds` before `neptune`)."""
    return name != metadata.get("signingName", metadata["endpointPrefix"]), name


def _add(index: dict[str, list[str]], key: str, name: str) -> None:
    names = index.setdefault(key, [])
    if name not in names:
        names.append(name)


@cache
def directory() -> Directory:
    """The directory of the installed models."""
    return Directory({name: _metadata(name) for name in models.services()})


def _metadata(service: str) -> Document:
    text = _head(os.path.join(compiled.version_folder(service), "service-2.json"))
    start = text.index("{", text.index('"metadata"'))
    found: Document
    try:
        found, _ = json.JSONDecoder().raw_decode(text, start)
    except ValueError:
        found = compiled.load_source(service, "service-2")["metadata"]
    return found


def _head(path: str) -> str:
    if os.path.exists(path):
        with Path(path).open("rb") as plain:
            return plain.read(_HEAD).decode("utf-8", "ignore")
    with gzip.open(path + ".gz") as packed:
        return packed.read(_HEAD).decode("utf-8", "ignore")
