"""The patterns of a model, which are Java's or ECMAScript's, as Python understands them."""

from __future__ import annotations

import math
import re
import warnings
from functools import cache
from re import _parser  # type: ignore[attr-defined]

from fakeaws.core.tools.automaton import Automaton, Unsupported, loops

MOST_STEPS = 5_000_000
"""How many steps of backtracking are few: some tens of milliseconds."""

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
    """Whether the whole text is what the pattern says; AWS anchors patterns that do not. Takes time that grows with the
    text, as AWS's own matchers do: what backtracking may take long on is left to an automaton."""
    found = translated(pattern)
    if found is None:
        return True
    automaton = _automaton(found.pattern) if _steps(found.pattern, len(text)) > MOST_STEPS else None
    if automaton is None:
        return found.fullmatch(text) is not None
    return automaton.fullmatch(text) and (not automaton.has_assertions or found.fullmatch(text) is not None)


def _steps(pattern: str, size: int) -> float:
    """How many steps backtracking takes at worst with a text of this length."""
    count = _loops(pattern)
    if math.isinf(count):
        return count
    return math.pow(size, min(count, 20)) / math.factorial(min(int(count), 20))


@cache
def _loops(pattern: str) -> float:
    return loops(_parser.parse(pattern))


@cache
def _automaton(pattern: str) -> Automaton | None:
    """None where there is none, or the pattern needs none as each character leaves backtracking no choice."""
    try:
        found = Automaton(pattern)
    except Unsupported:
        return None
    return found if found.is_ambiguous else None
