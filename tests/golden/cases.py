"""The recorded cases of the AWS CLI: how they are stored and what their values mean.

A folder of cases has `params.jsonl`, `output.jsonl`, `errors.jsonl` and `transcripts.jsonl`, each plain or compressed
(`.xz`); the first line of a file is a header, every other one a case.
"""

from __future__ import annotations

import base64
import io
import json
import lzma
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DEFAULT_FOLDER = HERE / "cases"
FILES = ("params", "output", "errors", "transcripts")

Case = dict[str, Any]


def read(folder: Path, name: str) -> tuple[dict[str, Any], list[Case]]:
    """The header of the file `name` (`params`) and its cases; nothing where the folder has no such file."""
    lines = iter(_lines(folder, name))
    header = next(lines, None)
    return (json.loads(header)["header"], [json.loads(line) for line in lines]) if header else ({}, [])


def _lines(folder: Path, name: str) -> Iterator[str]:
    plain, packed = folder / f"{name}.jsonl", folder / f"{name}.jsonl.xz"
    if plain.exists():
        yield from plain.read_text(encoding="utf-8").splitlines()
    elif packed.exists():
        yield from lzma.decompress(packed.read_bytes()).decode().splitlines()


def decoded(value: Any) -> Any:
    """A recorded value as Python has it: `$bytes`, `$datetime`, `$float` and `$stream` are marks of what JSON lacks."""
    if isinstance(value, list):
        return [decoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        mark, held = next(iter(value.items()))
        if mark in _MARKS:
            return _MARKS[mark](held)
    return {key: decoded(item) for key, item in value.items()}


_MARKS = {
    "$bytes": base64.b64decode,
    "$datetime": datetime.fromisoformat,
    "$float": float,
    "$stream": lambda _: io.BytesIO(),
}


def file_content(value: Any) -> bytes:
    """The bytes of a recorded file: text, `$bytes`, `$zeros`, or text with a modification time."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape")
    if "$bytes" in value:
        return base64.b64decode(value["$bytes"])
    return b"\0" * int(value["$zeros"]) if "$zeros" in value else file_content(value["content"])


def title(case: Case) -> str:
    """The command line of a case, for people."""
    return " ".join(case.get("argv") or [case.get("name", "")])
