"""What is in an object: one body, or the bodies of its parts one after the other; read whole or from here to there."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from fakeaws.core.pipeline.bodies import blobs_of
from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds
from fakeaws.core.resources.places import table
from fakeaws.core.store.blobs import SMALL, Blobs, Staged
from fakeaws.core.store.locks import release as release_lock
from fakeaws.core.store.stored_body import ReadInPieces
from fakeaws.core.store.tables import Resource

Document = dict[str, Any]
Piece = tuple[str, int]
"""(key of the blob, its size)"""
SCOPE = ("", "")


def keep(call: Call, body: Staged) -> Document:
    """Keep a body that came with the call: the members of the object that say where it is."""
    blobs_of(call).keep(body)
    return {"blob": body.key, "Size": body.size}


def keep_manifest(call: Call, pieces: list[list[Any]]) -> Document:
    """The same for an object of many parts, each [blob, size, …]; their bodies are kept already."""
    name = call.make("{hex24}")
    table(call, kinds.kind("s3", "Manifest")).keep(SCOPE, "", name, {"name": name, "parts": pieces})
    return {"manifest": name, "Size": sum(piece[1] for piece in pieces)}


def manifest(call: Call, found: Document) -> list[list[Any]]:
    """The parts of an object that was uploaded in parts: [blob, size, number, checksum]."""
    if "manifest" not in found:
        return []
    kept = table(call, kinds.kind("s3", "Manifest")).find(SCOPE, found["manifest"])
    return list(kept["parts"]) if kept is not None else []


def share(call: Call, found: Document) -> Document:
    """The same body for another object."""
    blobs = blobs_of(call)
    if "manifest" not in found:
        blobs.share(found["blob"])
        return {"blob": found["blob"], "Size": found["Size"]}
    parts = manifest(call, found)
    for part in parts:
        blobs.share(part[0])
    return keep_manifest(call, parts)


def release(call: Call, found: Document) -> None:
    """The object is gone: what only it had goes too."""
    blobs = blobs_of(call)
    if "blob" in found:
        blobs.drop(found["blob"])
    elif "manifest" in found:
        for part in manifest(call, found):
            blobs.drop(part[0])
        forget_manifest(call, found)


def forget_manifest(call: Call, found: Document) -> None:
    """The list of an object's parts goes, their bodies stay."""
    if "manifest" in found:
        table(call, kinds.kind("s3", "Manifest")).drop(Resource({}, SCOPE, "", found["manifest"]))


def opened(call: Call, found: Document, start: int = 0, length: int | None = None) -> BinaryIO:
    """The content from byte `start`, `length` bytes of it, to be read once."""
    size = found["Size"]
    length = size - start if length is None else length
    blobs = blobs_of(call)
    if "blob" in found:
        source = blobs.open(found["blob"])
        source.seek(start)
        return source if length == size - start else cast(BinaryIO, _Span([source], length))
    parts = manifest(call, found)
    held = blobs.hold(part[0] for part in parts if part[1] > SMALL)
    return cast(BinaryIO, _Span(_sources(blobs, parts, start, length), length, held))


def _sources(blobs: Blobs, parts: list[list[Any]], start: int, length: int) -> list[Any]:
    """What to read in turn: small parts, which are in the database, already, files when it is their turn."""
    out: list[Any] = []
    end = start + length
    at = 0
    for key, size, *_ in parts:
        if at < end and at + size > start:
            offset = max(0, start - at)
            if size <= SMALL:
                source: Any = blobs.open(key)
                source.seek(offset)
            else:
                source = (blobs, key, size, offset)
            out.append(source)
        at += size
    return out


class _Span(ReadInPieces):
    """Several sources read as one, up to a length; `held` is a handle that is closed with it."""

    def __init__(self, sources: list[Any], length: int, held: int = -1) -> None:
        super().__init__()
        self._held = held
        self._sources = list(reversed(sources))
        self._left = length
        self._open: BinaryIO | None = None

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(1 << 20), b""))
        size = min(size, self._left)
        found = b""
        while size and not found:
            if self._open is None:
                if not self._sources:
                    break
                self._open = _source(self._sources.pop())
            found = self._open.read(size)
            if not found:
                self._open.close()
                self._open = None
        self._left -= len(found)
        return found

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None
        for source in self._sources:
            if not isinstance(source, tuple):
                source.close()
        self._sources.clear()
        if self._held >= 0:
            release_lock(self._held)
            self._held = -1
        super().close()


def _source(source: Any) -> BinaryIO:
    if not isinstance(source, tuple):
        found: BinaryIO = source
        return found
    blobs, key, size, offset = source
    opened: BinaryIO = blobs.open_file(key, size)
    opened.seek(offset)
    return opened
