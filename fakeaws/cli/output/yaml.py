"""`--output yaml`: block style with sorted keys, laid out as libyaml does."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Any, TextIO

from fakeaws.cli.output.yaml_scalars import BREAKS, write_scalar


def write(title: str, document: Any, stream: TextIO, color: str) -> None:
    """Write `document`; a bare scalar is shown as JSON shows it, an empty structure not at all."""
    if document == {}:
        return
    if isinstance(document, dict | list):
        stream.write(dumps(document))
    else:
        stream.write(json.dumps(document, ensure_ascii=False) + "\n")


def dumps(document: Any) -> str:
    """`document` as a YAML document."""
    emitter = _Emitter()
    emitter.node(document, 0, inline=True)
    return "".join(emitter.out) + "\n"


class _Emitter:
    """Writes nodes; `indent` is where the lines of a node begin, `inline` that the first one continues a line."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.column = 0

    def put(self, text: str) -> None:
        self.out.append(text)
        broken = text.rfind("\n")
        self.column = self.column + len(text) if broken < 0 else len(text) - broken - 1

    def node(self, value: Any, indent: int, inline: bool) -> None:
        if isinstance(value, OrderedDict):
            self._ordered(value, indent, inline)
        elif isinstance(value, dict) and value:
            self._mapping(value, indent, inline)
        elif isinstance(value, list) and value:
            self._sequence(value, indent, inline)
        else:
            self.put(_leaf(value, indent + 2, self.column))

    def _mapping(self, value: dict[str, Any], indent: int, inline: bool) -> None:
        for index, key in enumerate(sorted(value)):
            if index or not inline:
                self.put("\n" + " " * indent)
            self._key(key, indent)
            item = value[key]
            if not _is_collection(item):
                self.put(" ")
                self.node(item, indent, inline=True)
            else:
                hangs = isinstance(item, list | OrderedDict)
                self.node(item, indent if hangs else indent + 2, inline=False)

    def _ordered(self, value: OrderedDict[str, Any], indent: int, inline: bool) -> None:
        """An OrderedDict keeps its order: a tagged list of single members."""
        self.put("!!omap" if inline else " !!omap")
        items = [{key: item} for key, item in value.items()]
        if items:
            self.node(items, indent, inline=False)
        else:
            self.put(" []")

    def _key(self, key: str, indent: int) -> None:
        """A key of several lines or beyond 128 bytes is written with a question mark before it."""
        if any(char in BREAKS for char in key) or len(key.encode()) > 128:
            self.put("? ")
            self.put(_leaf(key, indent + 2, self.column))
            self.put("\n" + " " * indent + ":")
        else:
            self.put(write_scalar(key, indent, self.column, folds=False) + ":")

    def _sequence(self, items: list[Any], indent: int, inline: bool) -> None:
        for index, item in enumerate(items):
            if index or not inline:
                self.put("\n" + " " * indent)
            self.put("- ")
            self.node(item, indent + 2 if _is_collection(item) else indent, inline=True)


def _is_collection(value: Any) -> bool:
    return isinstance(value, OrderedDict) or (isinstance(value, dict | list) and bool(value))


def _leaf(value: Any, indent: int, column: int) -> str:
    """A scalar that stands at `column`, its further lines at `indent`; an empty collection in flow style."""
    if isinstance(value, str):
        return write_scalar(value, indent, column)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float(value)
    return "{}" if value == {} else "[]" if value == [] else str(value)


def _float(value: float) -> str:
    if value != value:
        return ".nan"
    if value in (float("inf"), float("-inf")):
        return ".inf" if value > 0 else "-.inf"
    return repr(value)
