"""`--output text`: rows of tab-separated values, each labelled with its upper-cased key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TextIO

from fakeaws.cli.errors import GeneralError


def write(title: str, document: Any, stream: TextIO, color: str) -> None:
    """Write `document`; keys are sorted, and nested values follow the row of their parent."""
    _write_any(document, stream, None, None)


def _write_any(item: Any, stream: TextIO, label: str | None, columns: list[str] | None) -> None:
    if isinstance(item, dict):
        _write_dict(item, stream, label, columns)
    elif isinstance(item, list):
        _write_list(item, stream, label)
    else:
        stream.write(f"{item}\n")


def _write_dict(item: dict[str, Any], stream: TextIO, label: str | None, columns: list[str] | None) -> None:
    if columns is None:
        cells = [str(value) for _, value in sorted(item.items()) if not _nests(value)]
        nested = [key for key in sorted(item) if _nests(item[key])]
    else:
        cells = [str(item.get(key, "")) for key in columns]
        nested = sorted(set(item) - set(columns))
    if cells:
        _write_row(cells if label is None else [label.upper(), *cells], stream)
    for key in nested:
        _write_any(item[key], stream, key, None)


def _refuse_mixed(items: list[Any]) -> None:
    """Structures and other values in one list cannot be laid out; the AWS CLI says so in Python's words."""
    for item in items:
        if not isinstance(item, dict):
            raise GeneralError(f"'{type(item).__name__}' object has no attribute 'items'")


def _write_list(items: list[Any], stream: TextIO, label: str | None) -> None:
    """A list of structures has the columns of them all; of lists, the scalars beside them come first."""
    if any(isinstance(item, dict) for item in items):
        _refuse_mixed(items)
        columns = sorted({key for item in items for key, value in item.items() if not _nests(value)})
        for item in items:
            _write_any(item, stream, label, columns)
        return
    scalars = [item for item in items if not _nests(item)]
    if scalars:
        _write_scalars(scalars, stream, label)
    for item in items:
        if _nests(item):
            _write_any(item, stream, label, None)


def _write_scalars(items: list[Any], stream: TextIO, label: str | None) -> None:
    if label is None:
        _write_row(map(str, items), stream)
        return
    for item in items:
        stream.write(f"{label.upper()}\t{item}\n")


def _write_row(cells: Iterable[str], stream: TextIO) -> None:
    stream.write("\t".join(cells) + "\n")


def _nests(value: Any) -> bool:
    return isinstance(value, dict | list)
