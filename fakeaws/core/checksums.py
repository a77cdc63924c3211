"""The checksums that object stores take: CRC32, CRC32C, CRC64NVME, SHA1, SHA256, SHA512, MD5.

Each is an object with `update(bytes)` and `digest()`, the digest big-endian, as AWS sends it in base64.
"""

from __future__ import annotations

import hashlib
import zlib
from functools import cache
from typing import Protocol


class Checksum(Protocol):
    def update(self, data: bytes, /) -> None: ...

    def digest(self) -> bytes: ...


def checksum(algorithm: str) -> Checksum | None:
    """A new checksum of that name (`CRC32`, `sha256`, …), None for a name that is not known here."""
    name = algorithm.lower()
    if name == "crc32":
        return _Crc32()
    if name in _POLYNOMIALS:
        return _ReflectedCrc(*_POLYNOMIALS[name])
    return hashlib.new(name, usedforsecurity=False) if name in ("sha1", "sha256", "sha512", "md5") else None


_POLYNOMIALS = {"crc32c": (0x82F63B78, 4), "crc64nvme": (0x9A6C9329AC4BC9B5, 8)}
"""Reflected polynomials and widths in bytes: Castagnoli's, and NVM Express's (base specification 2.0, 5.2.1.3.4)."""


class _Crc32:
    def __init__(self) -> None:
        self.value = 0

    def update(self, data: bytes, /) -> None:
        self.value = zlib.crc32(data, self.value)

    def digest(self) -> bytes:
        return self.value.to_bytes(4, "big")


class _ReflectedCrc:
    """A CRC by table, a byte at a time: all ones before and after."""

    def __init__(self, polynomial: int, width: int) -> None:
        self.width = width
        self.ones = (1 << 8 * width) - 1
        self.table = _table(polynomial)
        self.value = self.ones

    def update(self, data: bytes, /) -> None:
        value, table = self.value, self.table
        for byte in data:
            value = table[(value ^ byte) & 0xFF] ^ (value >> 8)
        self.value = value

    def digest(self) -> bytes:
        return (self.value ^ self.ones).to_bytes(self.width, "big")


@cache
def _table(polynomial: int) -> list[int]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (polynomial if value & 1 else 0)
        table.append(value)
    return table
