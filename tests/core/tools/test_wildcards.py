"""Wildcards: the matcher agrees with the plainest one there is, and takes no longer where there are many of them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeaws.core.tools.wildcards import PLAIN, Syntax, fits

LIKE = Syntax("%", "_", "!")
STARS = Syntax(one="", escape="\\")


def plainly(pattern: str, text: str, syntax: Syntax) -> bool:
    """A row of the table at a time: whether the pattern so far stands for each beginning of the text."""
    held = [True, *[False] * len(text)]
    tokens = list(syntax.tokens(pattern))
    for token in tokens:
        row = [held[0] and token == "many"]
        for place, char in enumerate(text):
            if token == "many":
                row.append(row[place] or held[place + 1])
            else:
                row.append(held[place] and token in ("one", char))
        held = row
    return held[-1]


@given(st.text("ab*?", max_size=12), st.text("ab", max_size=12))
def test_stars_and_question_marks_stand_for_what_they_say(pattern: str, text: str) -> None:
    assert fits(pattern, text) is plainly(pattern, text, PLAIN)


@given(st.text("ab%_!", max_size=10), st.text("ab%_!", max_size=10))
def test_an_escape_takes_the_meaning_of_what_is_behind_it(pattern: str, text: str) -> None:
    assert fits(pattern, text, LIKE) is plainly(pattern, text, LIKE)


@given(st.text("a.*?\\", max_size=10), st.text("a.*?\\", max_size=10))
def test_where_there_is_no_wildcard_for_one_character_a_question_mark_is_one(pattern: str, text: str) -> None:
    assert fits(pattern, text, STARS) is plainly(pattern, text, STARS)


@pytest.mark.parametrize(
    ("pattern", "text", "fitting"),
    [
        ("", "", True),
        ("", "a", False),
        ("*", "", True),
        ("*", "a\nb", True),
        ("?", "\n", True),
        ("a*a", "a", False),
        ("ab*ba", "aba", False),
        ("*.+(", "x.+(", True),
        ("*a?c*", "xxabcabd", True),
        ("?*?", "a", False),
        ("\u0130*", "\u0130stanbul", True),
    ],
)
def test_what_stands_at_the_ends_is_not_taken_twice(pattern: str, text: str, fitting: bool) -> None:
    assert fits(pattern, text) is fitting


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("*a" * 1000 + "b", "a" * 100_000),
        ("*" + "ab*" * 20_000 + "c", "ab" * 50_000),
        ("*" + "a" * 50_000 + "b*", "a" * 100_000),
        ("*" + "a?" * 500 + "b*", "a" * 4000),
    ],
)
def test_a_match_takes_no_longer_where_there_are_many_wildcards(pattern: str, text: str) -> None:
    started = time.process_time()
    assert not fits(pattern, text)
    assert time.process_time() - started < 1
