"""Wildcards: the one matcher of the patterns that users write in filters, policies, event patterns and LIKE.

What stands between two wildcards of many characters is looked for from left to right, and what was found is never
looked for again. So a match takes at most as many steps as the text and the pattern are long, multiplied, however many
wildcards there are; without wildcards of one character it takes as many as they are long together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

MANY, ONE = "many", "one"
"""Tokens of any characters and of any one character; each other token is a character."""
CACHED = 1024
"""Longer patterns are not kept: they would fill the memory."""


class Syntax(NamedTuple):
    """How a service writes its wildcards. `escape` makes an ordinary character of the one behind it."""

    many: str = "*"
    one: str = "?"
    escape: str = ""

    def tokens(self, pattern: str) -> Iterator[str]:
        is_escaped = False
        for char in pattern:
            if not is_escaped and char == self.escape:
                is_escaped = True
                continue
            wildcard = {self.many: MANY, self.one: ONE}.get(char)
            yield char if is_escaped or wildcard is None else wildcard
            is_escaped = False


PLAIN = Syntax()


class Wildcards:
    """A pattern, split at its wildcards of many characters."""

    def __init__(self, tokens: Iterator[str]) -> None:
        parts: list[list[str]] = [[]]
        for token in tokens:
            if token == MANY:
                parts.append([])
            else:
                parts[-1].append(token)
        first, *others = [_Part(part) for part in parts]
        self._first, self._others = first, others
        self.cost = sum(part.size for part in (first, *others) if part.expression is not None)
        """How many steps each character of a text may take: the length of the parts with wildcards of one character."""

    def fits(self, text: str) -> bool:
        """Whether the pattern stands for the whole text."""
        start, end = self._first.size, len(text)
        if not self._others:
            return start == end and self._first.is_at(text, 0)
        *middle, last = self._others
        end -= last.size
        if start > end or not self._first.is_at(text, 0) or not last.is_at(text, end):
            return False
        for part in middle:
            start = part.found_to(text, start, end)
            if start < 0:
                return False
        return True


class _Part:
    """Characters and wildcards of one character; where it has any of those, it is an expression without repetition."""

    def __init__(self, tokens: list[str]) -> None:
        self.size = len(tokens)
        self.text = "".join(tokens)
        self.expression: re.Pattern[str] | None = None
        if ONE in tokens:
            self.expression = re.compile("".join("." if t == ONE else re.escape(t) for t in tokens), re.DOTALL)

    def is_at(self, text: str, place: int) -> bool:
        if self.expression is None:
            return text.startswith(self.text, place)
        return self.expression.match(text, place) is not None

    def found_to(self, text: str, start: int, end: int) -> int:
        """Where the first occurrence between two places ends, -1 without one."""
        if self.expression is None:
            found = text.find(self.text, start, end)
            return found if found < 0 else found + self.size
        match = self.expression.search(text, start, end)
        return match.end() if match is not None else -1


def compiled(pattern: str, syntax: Syntax = PLAIN) -> Wildcards:
    """The pattern, ready to be matched with many texts."""
    return _cached(pattern, syntax) if len(pattern) <= CACHED else Wildcards(syntax.tokens(pattern))


@lru_cache(maxsize=4096)
def _cached(pattern: str, syntax: Syntax) -> Wildcards:
    return Wildcards(syntax.tokens(pattern))


def fits(pattern: str, text: str, syntax: Syntax = PLAIN) -> bool:
    """Whether a pattern stands for the whole text."""
    return compiled(pattern, syntax).fits(text)
