"""`--output table`: boxes as wide as the widest; where that is too wide, single rows are turned upright."""

from __future__ import annotations

import os
from typing import Any, TextIO
from unicodedata import east_asian_width

from fakeaws.cli.errors import GeneralError

PLAIN_WIDTH = 80
"""The columns that a table is laid out for where there is no terminal."""

_CELL = "\x1b[1m\x1b[34m"
_FRAME = "\x1b[2m\x1b[33m"
_RESET = "\x1b[0m"


def write(title: str, document: Any, stream: TextIO, color: str) -> None:
    """Write `document` under `title`; nothing if it is empty or false."""
    sections: list[Section] = []
    _add(sections, title, document, 0)
    if not sections:
        return
    width = max(section.width() for section in sections)
    if width > _terminal_width(stream):
        sections = [section.upright() for section in sections]
        width = max(section.width() for section in sections)
    painter = _Painter(stream, color == "on" or (color == "auto" and _is_terminal(stream)))
    painter.write("-" * width + "\n")
    for section in sections:
        _draw(section, width, painter)


class Section:
    """A box: a title, headers and rows, `depth` levels within the outer one."""

    def __init__(self, title: str | None, depth: int) -> None:
        self.title = title
        self.depth = depth
        self.headers: list[str] = []
        self.rows: list[list[str]] = []
        self.widths: list[int] = []
        self._columns: int | None = None

    def add_headers(self, headers: list[str]) -> None:
        self.headers = headers
        self._widen(headers)

    def add_row(self, cells: list[Any]) -> None:
        """Raises GeneralError, in AWS CLI's words, if the section's first row or headers are of another length."""
        row = [str(cell) for cell in cells]
        if self._columns not in (None, len(row)):
            raise GeneralError(f"Row should have {self._columns} elements, instead it has {len(row)}")
        self.rows.append(row)
        self._widen(row)

    def _widen(self, cells: list[str]) -> None:
        if self._columns is None:
            self._columns = len(cells)
        lengths = [text_width(cell) for cell in cells]
        if self.widths and len(lengths) > len(self.widths):
            raise GeneralError("list index out of range")
        widened = [max(pair) for pair in zip(self.widths, lengths, strict=False)]
        self.widths = widened + self.widths[len(lengths) :] if self.widths else lengths

    def width(self) -> int:
        """The columns that the section takes with its borders, and those of the sections around it."""
        columns = sum(width + 4 for width in self.widths) + 2
        return max(text_width(str(self.title)) + 2, columns) + 2 * self.depth

    def scaled(self, width: int) -> list[int]:
        """The widths of the columns, stretched or squeezed in proportion so that their sum is `width`."""
        natural = [w + 4 for w in self.widths]
        if not natural:
            return []
        factor = width / sum(natural)
        scaled = [round(factor * w) for w in natural]
        off, step = sum(scaled) - width, -1 if sum(scaled) > width else 1
        order = range(len(scaled)) if step < 0 else range(len(scaled) - 1, -1, -1)
        for turn in range(abs(off)):
            scaled[order[turn % len(order)]] += step
        return scaled

    def upright(self) -> Section:
        """A section of headers and one row as two columns, `header | value`; any other as it is."""
        if len(self.rows) != 1 or not self.headers:
            return self
        turned = Section(self.title, self.depth)
        for header, cell in zip(self.headers, self.rows[0], strict=False):
            turned.add_row([header, cell])
        return turned


def text_width(text: str) -> int:
    """The columns that `text` takes: wide, full-width and ambiguous characters count double."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(char) in "WFA" else 1 for char in text)


def _add(sections: list[Section], title: str | None, item: Any, depth: int) -> None:
    if not item:
        return
    if title is not None:
        sections.append(Section(title, depth))
    if isinstance(item, dict):
        _add_dict(sections, item, depth)
    elif isinstance(item, list) and isinstance(item[0], dict):
        _add_dicts(sections, title, item, depth)
    elif isinstance(item, list):
        _add_list(sections, item)


def _add_dict(sections: list[Section], item: dict[str, Any], depth: int) -> None:
    """The scalars as one row under their keys; a single one beside its key."""
    scalars = sorted(key for key, value in item.items() if not _nests(value))
    if len(scalars) == 1:
        sections[-1].add_row([scalars[0], item[scalars[0]]])
    elif scalars:
        sections[-1].add_headers(scalars)
        sections[-1].add_row([item[key] for key in scalars])
    for key in sorted(item):
        if _nests(item[key]):
            _add(sections, key, item[key], depth + 1)


def _add_dicts(sections: list[Section], title: str | None, items: list[dict[str, Any]], depth: int) -> None:
    """A row an item under the keys of them all; where any item nests, each item gets a section of its own."""
    scalars = sorted({key for item in items for key, value in item.items() if not _nests(value)})
    nested = sorted({key for item in items for key, value in item.items() if _nests(value)})
    sections[-1].add_headers(scalars)
    for index, item in enumerate(items):
        if index and nested:
            sections.append(Section(title, depth))
            sections[-1].add_headers(scalars)
        sections[-1].add_row([item.get(key, "") for key in scalars])
        for key in nested:
            if key in item:
                _add(sections, key, item[key], depth + 1)


def _add_list(sections: list[Section], items: list[Any]) -> None:
    for item in items:
        if not _nests(item):
            sections[-1].add_row([item])
        elif not any(_nests(cell) for cell in _cells(item)):
            sections[-1].add_row(_cells(item))
        else:
            _add(sections, None, item, 0)


def _cells(item: Any) -> list[Any]:
    return list(item.values()) if isinstance(item, dict) else item


def _nests(value: Any) -> bool:
    return isinstance(value, dict | list)


class _Painter:
    """Writes lines, framed by one `|` a level; in colour every piece is followed by a reset (colorama's autoreset)."""

    def __init__(self, stream: TextIO, colored: bool) -> None:
        self._stream = stream
        self.colored = colored

    def write(self, text: str) -> None:
        self._stream.write(text + _RESET if self.colored else text)

    def line(self, text: str, depth: int) -> None:
        edge = (f"{_FRAME}|{_RESET}" if self.colored else "|") * depth
        for piece in (edge, text, edge, "\n"):
            self.write(piece)

    def cell(self, text: str) -> str:
        return f"{_CELL}{text}{_RESET}" if self.colored else text


def _draw(section: Section, width: int, painter: _Painter) -> None:
    width -= section.depth * 2
    if section.title:
        painter.line(_centered(section.title, width, "|"), section.depth)
        if not section.headers and not section.rows:
            painter.line(f"+{'-' * (width - 2)}+", section.depth)
    widths = section.scaled(width)
    if section.headers:
        _draw_rule(widths, section, painter)
        cells = [
            _centered(text, wide, "" if index else "|")
            for index, (wide, text) in enumerate(zip(widths, section.headers, strict=False))
        ]
        painter.line("".join(cells), section.depth)
    if section.rows and widths:
        _draw_rows(section, widths, painter)


def _draw_rows(section: Section, widths: list[int], painter: _Painter) -> None:
    _draw_rule(widths, section, painter)
    for row in section.rows:
        cells = [
            _aligned(text, wide, "" if index else "|", painter)
            for index, (wide, text) in enumerate(zip(widths, row, strict=False))
        ]
        painter.line("".join(cells), section.depth)
    _draw_rule(widths, section, painter)


def _draw_rule(widths: list[int], section: Section, painter: _Painter) -> None:
    parts = ["-" * (width - (1 if index else 2)) + "+" for index, width in enumerate(widths)]
    painter.line("+" + "".join(parts), section.depth)


def _centered(text: str, width: int, left: str) -> str:
    wide = text_width(text)
    before = width // 2 - wide // 2 - 1
    return left + " " * before + text + " " * (width - 1 - len(left) - before - wide) + "|"


def _aligned(text: str, width: int, left: str, painter: _Painter) -> str:
    """The text after two blanks, or after none where they do not fit."""
    wide = text_width(text)
    blanks = 2 if width >= wide + 2 + len(left) + 1 else 0
    return left + " " * blanks + painter.cell(text) + " " * (width - len(left) - blanks - wide - 1) + "|"


def _is_terminal(stream: TextIO) -> bool:
    return bool(getattr(stream, "isatty", lambda: False)())


def _terminal_width(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or PLAIN_WIDTH
    except (OSError, ValueError, AttributeError):
        return PLAIN_WIDTH
