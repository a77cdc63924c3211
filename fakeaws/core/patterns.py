"""The patterns of a model, which are Java's or ECMAScript's, as Python understands them."""

from __future__ import annotations

import re
import warnings
from functools import cache

_DIALECT = ((re.compile(r"\\([zZ])$"), r"$"), (re.compile(r"\(\?<([a-zA-Z])"), r"(?P<\1"), (re.compile(r"\\/"), "/"))
_PROPERTY = re.compile(r"\\p\{(?:Is)?(\w+)\}")
_CLASSES = {
    "Alpha": "a-zA-Z",
    "Lower": "a-z",
    "Upper": "A-Z",
    "Alnum": "a-zA-Z0-9",
    "Digit": "0-9",
    "ASCII": r"\x00-\x7f",
    "Print": r"\x20-\x7e",
    "Graph": r"\x21-\x7e",
    "Punct": r"!-/:-@\[-`{-~",
    "XDigit": "0-9a-fA-F",
    "Space": r"\s",
}
"""Character properties that Python's `re` lacks, as the inside of a class; other ones are not translated."""
_WIDE = {"L": r"\w", "M": r"\w", "Z": r"\s", "S": r"\S", "N": r"\d", "P": r"\S", "LD": r"\w", "Lu": "A-Z", "Ll": r"\w"}
"""General categories, inside a class: wider than they are, so that nothing is refused that AWS allows."""


@cache
def translated(pattern: str) -> re.Pattern[str] | None:
    """The pattern for Python's `re`; None where it cannot be said, which means that it is not enforced."""
    text = _PROPERTY.sub(_property, pattern) if "\\p{" in pattern else pattern
    for theirs, ours in _DIALECT:
        text = theirs.sub(ours, text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return re.compile(text)
    except (re.error, FutureWarning, DeprecationWarning, OverflowError, RecursionError):
        return None


def _property(found: re.Match[str]) -> str:
    before = found.string[: found.start()].replace("\\[", "").replace("\\]", "")
    inside = before.rfind("[") > before.rfind("]")
    return _class(found) if inside else f"[{_class(found)}]"


def _class(found: re.Match[str]) -> str:
    name = found[1]
    return _WIDE.get(name) or _WIDE.get(name[:1] if len(name) == 2 else "") or _CLASSES.get(name, found[0])


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text is what the pattern says; AWS anchors patterns that do not."""
    found = translated(pattern)
    return found is None or found.fullmatch(text) is not None
