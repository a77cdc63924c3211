"""Patterns that backtracking would take for ever on, matched one character at a time.

An automaton after Glushkov: a state is a set of positions in the pattern, and each state that a text led to is kept
with where each character leads from it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import cache
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

LARGEST = 512
"""Positions that one loop may have: beyond, its repetitions are not counted, and a longer text is accepted."""
KEPT = 20_000
"""Steps that are remembered."""
LONG = 16
"""Loops of fewer repetitions do not make a match slow, one after the other."""
PROBES = [*map(chr, range(1, 128)), "\u00e9", "\u4e2d"]
LOOPS = (sre.MAX_REPEAT, sre.MIN_REPEAT)
EMPTY = (sre.AT, sre.ASSERT, sre.ASSERT_NOT)
"""What takes no character; assertions are left to the caller."""
State = frozenset[int]


class Part(NamedTuple):
    """A part of a pattern: whether it may be empty, and the positions that it begins and ends with."""

    is_optional: bool
    first: State
    last: State


class Class(NamedTuple):
    """A class of characters, and which of the probes are of it."""

    has: Callable[[str], Any]
    probed: int


@cache
def _class(source: str, flags: int) -> Class:
    has = re.compile(source, flags).match
    return Class(has, sum(1 << number for number, char in enumerate(PROBES) if has(char)))


NOTHING = Part(True, frozenset(), frozenset())


class Unsupported(Exception):
    """A pattern with what no automaton can say: groups that are referred to, possessive repeats."""


class Automaton:
    """A pattern of `re` that is matched with a whole text in time that grows with the text alone."""

    def __init__(self, pattern: str) -> None:
        tree = _parser.parse(pattern)
        self.has_assertions = _asserts(tree)
        self._flags = tree.state.flags
        self._classes: list[Class] = []
        self._follow: list[set[int]] = []
        self._whole = self._sequence(tree)
        self._steps: dict[tuple[State, str], State] = {}

    def fullmatch(self, text: str) -> bool:
        """Whether the pattern, without its assertions, stands for the whole text."""
        if not text:
            return self._whole.is_optional
        state = self._reached(self._whole.first, text[0])
        for char in text[1:]:
            if not state:
                return False
            found = self._steps.get((state, char))
            state = self._step(state, char) if found is None else found
        return not state.isdisjoint(self._whole.last)

    @property
    def is_ambiguous(self) -> bool:
        """Whether some character can be taken by two positions: only there can backtracking take long."""
        for choices in (self._whole.first, *self._follow):
            seen = 0
            for place in choices:
                if seen & self._classes[place].probed:
                    return True
                seen |= self._classes[place].probed
        return False

    def _step(self, state: State, char: str) -> State:
        if len(self._steps) >= KEPT:
            self._steps.clear()
        following = frozenset[int]().union(*(self._follow[place] for place in state))
        found = self._steps[state, char] = self._reached(following, char)
        return found

    def _reached(self, places: State, char: str) -> State:
        return frozenset(place for place in places if self._classes[place].has(char))

    # Building

    def _sequence(self, tree: Any) -> Part:
        whole = NOTHING
        for op, value in tree:
            whole = self._then(whole, self._part(op, value))
        return whole

    def _then(self, one: Part, other: Part) -> Part:
        for place in one.last:
            self._follow[place] |= other.first
        return Part(
            one.is_optional and other.is_optional,
            one.first | other.first if one.is_optional else one.first,
            one.last | other.last if other.is_optional else other.last,
        )

    def _part(self, op: Any, value: Any) -> Part:
        if op in EMPTY:
            return NOTHING
        if op is sre.SUBPATTERN:
            return self._sequence(value[3])
        if op is sre.BRANCH:
            parts = [self._sequence(branch) for branch in value[1]]
            union = frozenset[int]().union
            is_optional = any(part.is_optional for part in parts)
            return Part(is_optional, union(*(part.first for part in parts)), union(*(part.last for part in parts)))
        if op in LOOPS:
            return self._loop(*value)
        return self._position(op, value)

    def _loop(self, least: int, most: int, tree: Any) -> Part:
        before = len(self._classes)
        part = self._sequence(tree)
        size = len(self._classes) - before
        if size == 0:
            return NOTHING
        if most * size > LARGEST:
            least, most = min(least, LARGEST // size), sre.MAXREPEAT
        whole = NOTHING
        for _ in range(least):
            whole = self._then(whole, self._sequence(tree))
        if most is sre.MAXREPEAT:
            self._then(part, part)
            return self._then(whole, part._replace(is_optional=True))
        rest = part._replace(is_optional=True) if most > least else NOTHING
        for _ in range(most - least - 1):
            rest = self._then(self._sequence(tree), rest)._replace(is_optional=True)
        return self._then(whole, rest)

    def _position(self, op: Any, value: Any) -> Part:
        place = frozenset((len(self._classes),))
        self._classes.append(_class(_source(op, value), self._flags))
        self._follow.append(set())
        return Part(False, place, place)


def _asserts(tree: Any, is_first: bool = True, is_last: bool = True) -> bool:
    """Whether a parsed pattern says more of a text than its characters; anchors at its ends say nothing of a whole."""
    for index, (op, value) in enumerate(tree):
        starts, ends = is_first and index == 0, is_last and index == len(tree) - 1
        if op is sre.AT:
            found = not (starts and value is sre.AT_BEGINNING) and not (ends and value is sre.AT_END)
        elif op is sre.BRANCH:
            found = any(_asserts(branch, starts, ends) for branch in value[1])
        elif op is sre.SUBPATTERN:
            found = _asserts(value[3], starts, ends)
        else:
            found = op in EMPTY or (op in LOOPS and _asserts(value[2], False, False))
        if found:
            return True
    return False


def class_source(members: Any) -> str:
    """A class of characters, parsed, as it is written."""
    return "[" + "".join(_member(op, value) for op, value in members) + "]"


def _member(op: Any, value: Any) -> str:
    if op is sre.NEGATE:
        return "^"
    if op is sre.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    return _CATEGORIES[value] if op is sre.CATEGORY else re.escape(chr(value))


def _source(op: Any, value: Any) -> str:
    if op is sre.IN:
        return class_source(value)
    if op is sre.LITERAL:
        return re.escape(chr(value))
    if op is sre.NOT_LITERAL:
        return f"[^{re.escape(chr(value))}]"
    if op is sre.ANY:
        return "."
    raise Unsupported(op)


_CATEGORIES = {
    sre.CATEGORY_DIGIT: r"\d",
    sre.CATEGORY_NOT_DIGIT: r"\D",
    sre.CATEGORY_WORD: r"\w",
    sre.CATEGORY_NOT_WORD: r"\W",
    sre.CATEGORY_SPACE: r"\s",
    sre.CATEGORY_NOT_SPACE: r"\S",
}


def loops(tree: Any) -> float:
    """How many loops of a parsed pattern may share out a text between them; infinite where there are choices in loops:
    backtracking takes as many steps as the text is long, to the power of this, over its factorial."""
    if is_nested(tree):
        return math.inf
    count = 0.0
    for op, value in tree:
        if op in LOOPS:
            count += 1 if value[1] - value[0] >= LONG else loops(value[2])
        elif op is sre.SUBPATTERN:
            count += loops(value[3])
        elif op is sre.BRANCH:
            count += max(loops(branch) for branch in value[1])
    return count


def is_nested(tree: Any, within: bool = False) -> bool:
    """Whether there are choices within a loop of a parsed pattern: without them, backtracking is never exponential."""
    for op, value in tree:
        if op in LOOPS:
            least, most, body = value
            if (within and least != most) or is_nested(body, within or most > 1):
                return True
        elif op is sre.BRANCH:
            if within or any(is_nested(branch, within) for branch in value[1]):
                return True
        elif op is sre.SUBPATTERN and is_nested(value[3], within):
            return True
    return False
