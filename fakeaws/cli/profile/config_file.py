"""Writes settings into a configuration file, without changing the rest of it."""

from __future__ import annotations

import os
import re
from typing import Any

from fakeaws.core.store.folders import make_private

_OPTION = re.compile(r"(?P<key>[^\s=:][^=:]*?)\s*[=:]\s*(?P<value>.*)$")


def update(path: str, section: str, values: dict[str, Any]) -> None:
    """Set `values` in `[section]` of the file at `path`; a value that is a dict becomes indented lines below its key.

    The file and its folder are created where missing, readable by their owner only.
    """
    if not os.path.isfile(path):
        _create(path)
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    start = _find(lines, section)
    if start is None:
        lines.append(f"[{section}]\n")
        start = len(lines) - 1
    _set(lines, start + 1, dict(values))
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(lines)


def profile_section(name: str) -> str:
    """The section of a profile in the configuration file; a name with blanks is quoted."""
    if name == "default":
        return name
    import shlex

    return f"profile {shlex.quote(name) if any(char.isspace() for char in name) else name}"


def _create(path: str) -> None:
    make_private(os.path.dirname(path))
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))


def _find(lines: list[str], section: str) -> int | None:
    wanted = section.replace('"', "'")
    for index, line in enumerate(lines):
        if line.startswith("[") and line.strip().rstrip("]")[1:].strip().replace('"', "'") == wanted:
            return index
    return None


def _end(lines: list[str], start: int) -> int:
    """Where the section that begins before `start` ends: at the next header, blank lines before it not counted."""
    end = next((index for index in range(start, len(lines)) if lines[index].startswith("[")), len(lines))
    while end > start and not lines[end - 1].strip():
        end -= 1
    return end


def _set(lines: list[str], start: int, values: dict[str, Any]) -> None:
    index = start
    while index < _end(lines, start):
        found = None if lines[index][:1].isspace() else _OPTION.match(lines[index].strip())
        if found is not None and found["key"] in values:
            index = _replace(lines, index, found["key"], values.pop(found["key"]))
        index += 1
    lines[_end(lines, start) : _end(lines, start)] = [
        line for key, value in values.items() for line in _lines(key, value)
    ]


def _replace(lines: list[str], index: int, key: str, value: Any) -> int:
    """Set the option at `index`; the index of its last line."""
    end = index + 1
    while end < len(lines) and lines[end][:1].isspace() and lines[end].strip():
        end += 1
    if not isinstance(value, dict):
        lines[index:end] = _lines(key, value)
        return index
    rest = dict(value)
    for position in range(index + 1, end):
        found = _OPTION.match(lines[position].strip())
        if found is not None and found["key"] in rest:
            lines[position] = f"    {found['key']} = {rest.pop(found['key'])}\n"
    lines[end:end] = [f"    {name} = {item}\n" for name, item in rest.items()]
    return end - 1 + len(rest)


def _lines(key: str, value: Any) -> list[str]:
    if isinstance(value, dict):
        return [f"{key} =\n", *(f"    {name} = {item}\n" for name, item in value.items())]
    return [f"{key} = {value}\n"]
