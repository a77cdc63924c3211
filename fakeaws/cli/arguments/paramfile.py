"""Values in files: `file://` for text, `fileb://` for bytes."""

from __future__ import annotations

import os
from typing import Any

from fakeaws.cli.errors import CliError


class LoadError(Exception):
    """A file named by a value that cannot be read."""


def load(value: str) -> str | bytes | None:
    """The content of the file that `value` names; None if it names none. Raises LoadError."""
    if value.startswith("file://"):
        return _read(value, value[7:], "r")
    if value.startswith("fileb://"):
        return _read(value, value[8:], "rb")
    return None


def load_text(value: Any, option: str) -> Any:
    """`value`, or the content of the file that it names; `option` (`--policy`) is named in the error."""
    if isinstance(value, list) and len(value) == 1:
        found = load_text(value[0], option)
        return value if found is value[0] else found
    if not isinstance(value, str):
        return value
    try:
        found = load(value)
    except LoadError as error:
        raise CliError(f"Error parsing parameter '{option}': {error}") from error
    return value if found is None else found


def _read(value: str, path: str, mode: str) -> str | bytes:
    path = os.path.expandvars(os.path.expanduser(path))
    try:
        with open(path, mode) as file:
            content: str | bytes = file.read()
            return content
    except UnicodeDecodeError as error:
        raise LoadError(
            f"Unable to load paramfile ({path}), text contents could not be decoded.  If this is a binary file, "
            "please use the fileb:// prefix instead of the file:// prefix."
        ) from error
    except OSError as error:
        raise LoadError(f"Unable to load paramfile {value}: {error}") from error
