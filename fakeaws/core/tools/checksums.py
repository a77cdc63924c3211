"""The checksums that object stores take: CRC32, CRC32C, CRC64NVME, SHA1, SHA256, SHA512, MD5.

Each is an object with `update(bytes)` and `digest()`, the digest big-endian, as AWS sends it in base64.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Protocol

LARGE = 1 << 15
"""After so many bytes, of one body or of many, the import of a compiled checksum pays."""


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


def digest_of(algorithm: str, content: bytes) -> bytes | None:
    """The checksum of a body that is at hand as a whole, None for a name (in lower case) that is not known here."""
    quick = _QUICK.get(algorithm)
    if quick is not None:
        return quick(content)
    whole = checksum(algorithm)
    if whole is None:
        return None
    whole.update(content)
    return whole.digest()


_QUICK: dict[str, Callable[[bytes], bytes]] = {
    "md5": lambda content: hashlib.md5(content, usedforsecurity=False).digest(),
    "sha256": lambda content: hashlib.sha256(content).digest(),
    "crc32": lambda content: zlib.crc32(content).to_bytes(4, "big"),
}

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

    seen = 0
    """The bytes that this process has taken in so far."""

    def __init__(self, polynomial: int, width: int) -> None:
        self.width = width
        self.ones = (1 << 8 * width) - 1
        self.table = _table(polynomial)
        self.value = self.ones

    def update(self, data: bytes, /) -> None:
        _ReflectedCrc.seen += len(data)
        if _ReflectedCrc.seen >= LARGE and (fast := _native(self.width)) is not None:
            self.value = self._folded(data, fast)
            return
        value, table = self.value, self.table
        for byte in data:
            value = table[(value ^ byte) & 0xFF] ^ (value >> 8)
        self.value = value

    def _folded(self, data: bytes, fast: Callable[[bytes, int], int]) -> int:
        return fast(data, self.value ^ self.ones) ^ self.ones

    def digest(self) -> bytes:
        return (self.value ^ self.ones).to_bytes(self.width, "big")


@cache
def _native(width: int) -> Callable[[bytes, int], int] | None:
    """The checksum in machine code, for large bodies; None where awscrt is not installed."""
    try:
        from awscrt import checksums
    except ImportError:
        return None
    found: Callable[[bytes, int], int] = checksums.crc32c if width == 4 else checksums.crc64nvme
    return found


def combined(algorithm: str, first: bytes, second: bytes, size: int) -> bytes:
    """The CRC of two bodies one after the other, from the CRC of each and the size of the second one."""
    polynomial, width = {**_POLYNOMIALS, "crc32": (0xEDB88320, 4)}[algorithm.lower()]
    shifted = _product(int.from_bytes(first, "big"), _power(polynomial, width, size), polynomial, width)
    return (shifted ^ int.from_bytes(second, "big")).to_bytes(width, "big")


def _product(one: int, other: int, polynomial: int, width: int) -> int:
    """The product of two reflected polynomials, modulo a third one."""
    out, bit = 0, 1 << 8 * width - 1
    while bit:
        if one & bit:
            out ^= other
        other = other >> 1 ^ (polynomial if other & 1 else 0)
        bit >>= 1
    return out


@lru_cache(maxsize=64)
def _power(polynomial: int, width: int, size: int) -> int:
    """x to the power of the bits in `size` bytes."""
    square, out = 1 << 8 * width - 2, 1 << 8 * width - 1
    exponent = 8 * size
    while exponent:
        if exponent & 1:
            out = _product(out, square, polynomial, width)
        square = _product(square, square, polynomial, width)
        exponent >>= 1
    return out


@cache
def _table(polynomial: int) -> list[int]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (polynomial if value & 1 else 0)
        table.append(value)
    return table
