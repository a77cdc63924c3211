"""A QR code as a PNG: ISO/IEC 18004, byte mode, error correction level L, mask 0."""

from __future__ import annotations

import struct
import zlib

SIZES = {
    7: (156, 2, 20),
    8: (194, 2, 24),
    9: (232, 2, 30),
    10: (274, 4, 18),
    11: (324, 4, 20),
    12: (370, 4, 24),
    13: (428, 4, 26),
}
"""Version → (data codewords, blocks, error correction codewords a block)."""
CENTRES = {
    7: (6, 22, 38),
    8: (6, 24, 42),
    9: (6, 26, 46),
    10: (6, 28, 50),
    11: (6, 30, 54),
    12: (6, 32, 58),
    13: (6, 34, 62),
}
SCALE, QUIET = 4, 4
Grid = list[list[int | None]]

_EXP, _LOG = [1], {1: 0}
for _power in range(1, 255):
    _next = _EXP[-1] << 1
    _EXP.append(_next ^ 0x11D if _next & 256 else _next)
    _LOG[_EXP[-1]] = _power


def qr_png(data: bytes) -> bytes:
    """The picture; ValueError for more than 425 bytes."""
    version = next((each for each, (room, _, _) in SIZES.items() if len(data) + 3 <= room), None)
    if version is None:
        raise ValueError("too long for a QR code")
    return _png(_placed(version, _interleaved(version, _codewords(version, data))))


def _codewords(version: int, data: bytes) -> list[int]:
    """Mode and length in front of the data, and what fills the room that is left."""
    bits = "0100" + (f"{len(data):08b}" if version < 10 else f"{len(data):016b}")
    bits += "".join(f"{byte:08b}" for byte in data) + "0000"
    bits += "0" * (-len(bits) % 8)
    words = [int(bits[at : at + 8], 2) for at in range(0, len(bits), 8)]
    room = SIZES[version][0]
    return [*words, *([0xEC, 0x11] * room)][:room]


def _interleaved(version: int, words: list[int]) -> list[int]:
    room, count, correction = SIZES[version]
    short, longer = divmod(room, count)
    blocks, at = [], 0
    for number in range(count):
        size = short + (number >= count - longer)
        blocks.append(words[at : at + size])
        at += size
    checks = [_remainder(block, correction) for block in blocks]
    found = [block[at] for at in range(short + 1) for block in blocks if at < len(block)]
    return found + [check[at] for at in range(correction) for check in checks]


def _remainder(block: list[int], count: int) -> list[int]:
    """The Reed-Solomon codewords of a block, over GF(256)."""
    generator = [1]
    for power in range(count):
        longer = [*generator, 0]
        for at, value in enumerate(generator):
            longer[at + 1] ^= _times(value, _EXP[power])
        generator = longer
    rest = [*block, *([0] * count)]
    for at in range(len(block)):
        lead = rest[at]
        for step, value in enumerate(generator if lead else ()):
            rest[at + step] ^= _times(value, lead)
    return rest[len(block) :]


def _times(first: int, second: int) -> int:
    return _EXP[(_LOG[first] + _LOG[second]) % 255] if first and second else 0


def _placed(version: int, words: list[int]) -> Grid:
    size = version * 4 + 17
    grid: Grid = [[None] * size for _ in range(size)]
    for row, column in ((0, 0), (0, size - 7), (size - 7, 0)):
        _finder(grid, row, column)
    for at in range(8, size - 8):
        grid[6][at] = grid[at][6] = 1 - at % 2
    for row in CENTRES[version]:
        for column in CENTRES[version]:
            if grid[row][column] is None or (6 in (row, column) and 6 < max(row, column) < size - 7):
                _alignment(grid, row, column)
    _format(grid, size)
    _version(grid, size, version)
    _fill(grid, size, words)
    return grid


def _finder(grid: Grid, top: int, left: int) -> None:
    size = len(grid)
    for row in range(top - 1, top + 8):
        for column in range(left - 1, left + 8):
            if 0 <= row < size and 0 <= column < size:
                ring = max(abs(row - top - 3), abs(column - left - 3))
                grid[row][column] = int(ring not in (2, 4))


def _alignment(grid: Grid, row: int, column: int) -> None:
    for down in range(-2, 3):
        for right in range(-2, 3):
            grid[row + down][column + right] = int(max(abs(down), abs(right)) != 1)


def _format(grid: Grid, size: int) -> None:
    """Level L and mask 0, twice."""
    bits = "111011111000100"
    for at in range(15):
        bit = int(bits[at])
        first = (8, at if at < 6 else at + 1) if at < 8 else ((7, 8) if at == 8 else (14 - at, 8))
        grid[first[0]][first[1]] = bit
        second = (size - 1 - at, 8) if at < 7 else (8, size - 15 + at)
        grid[second[0]][second[1]] = bit
    grid[size - 8][8] = 1


def _version(grid: Grid, size: int, version: int) -> None:
    rest = version << 12
    for power in range(17, 11, -1):
        if rest >> power & 1:
            rest ^= 0x1F25 << power - 12
    bits = version << 12 | rest
    for at in range(18):
        bit = bits >> at & 1
        grid[at // 3][size - 11 + at % 3] = grid[size - 11 + at % 3][at // 3] = bit


def _fill(grid: Grid, size: int, words: list[int]) -> None:
    """The data in columns of two, from the right, up and down, with every other field turned over (mask 0)."""
    bits = iter("".join(f"{word:08b}" for word in words))
    upwards = True
    for right in range(size - 1, 0, -2):
        right -= right <= 6
        for step in range(size):
            row = size - 1 - step if upwards else step
            for column in (right, right - 1):
                if grid[row][column] is None:
                    grid[row][column] = int(next(bits, "0")) ^ int((row + column) % 2 == 0)
        upwards = not upwards


def _png(grid: Grid) -> bytes:
    width = (len(grid) + 2 * QUIET) * SCALE
    blank = b"\xff" * width
    rows = [blank] * (QUIET * SCALE)
    for line in grid:
        fields = b"".join(b"\x00" * SCALE if field else b"\xff" * SCALE for field in line)
        rows += [b"\xff" * (QUIET * SCALE) + fields + b"\xff" * (QUIET * SCALE)] * SCALE
    rows += [blank] * (QUIET * SCALE)
    header = struct.pack(">IIBBBBB", width, width, 8, 0, 0, 0, 0)
    body = zlib.compress(b"".join(b"\x00" + row for row in rows))
    chunks = ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
