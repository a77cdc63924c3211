"""The models' patterns: what they let through, and how long they take on texts that were made to take long."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeaws.core.model.patterns import matches
from fakeaws.core.tools.automaton import Automaton

RISKY = [
    (r"[a-z](?:-?[a-z0-9]+){0,15}", "a", "\x00"),
    (r"^[a-z0-9*](?:[._\-/a-z0-9*]?[a-z0-9*]+)*$", "a", "\x00"),
    (r"arn:aws(-\w+)*:[\w\d-]+:([\w\d-]*)?:[\w\d_-]*([:/].+)*", "arn:aws:a:a:a:" + "/", "\n"),
    (r"^arn:aws:iam::[0-9]{12}:role/(([^/][!-~]+/){1,511})?[A-Za-z0-9_+=,.@-]{1,64}", "a/", "\x00"),
    (r"^[\x20-\x7E]*[\x21-\x7E]+[\x20-\x7E]*$", " ", "\x00"),
    (r"[A-Za-z0-9-_=]+.[A-Za-z0-9-_=]+.[A-Za-z0-9-_=]+", "-", "\x00"),
    (r"[a-zA-Z0-9_](([a-zA-Z0-9_]+)*([a-zA-Z0-9_]+))?", "a", "-"),
    (r"(?:[\._\-/#A-Za-z0-9]+|\$\{[A-Za-z]+(?:\.[A-Za-z]+){1,2}\})+", "a", "$"),
    (r"[a-zA-Z0-9!-~]+([a-zA-Z0-9!-~ ]*[a-zA-Z0-9!-~]+)*", "a ", "\x00"),
]
"""Patterns as in the models of RDS, Amazon ECR, Trusted Advisor, Resilience Hub, Personalize, Bedrock and others."""


@pytest.mark.parametrize(("pattern", "pumped", "end"), RISKY)
@pytest.mark.parametrize("length", [30, 1000, 20_000])
def test_no_text_takes_long(pattern: str, pumped: str, end: str, length: int) -> None:
    started = time.process_time()
    assert not matches(pattern, pumped * (length // len(pumped)) + end)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("pattern", "text", "fitting"),
    [
        (r"[a-z](?:-?[a-z0-9]+){0,15}", "my-blue-green", True),
        (r"[a-z](?:-?[a-z0-9]+){0,15}", "my--blue", False),
        (r"[a-z](?:-?[a-z0-9]+){0,15}", "a" + "-b" * 15, True),
        (r"[a-z](?:-?[a-z0-9]+){0,15}", "a" + "-b" * 16, False),
        (r"^(([a-z]|[a-z][a-z-]*[a-z])\.)+(com|org)$", "a-b.c.com", True),
        (r"^(([a-z]|[a-z][a-z-]*[a-z])\.)+(com|org)$", "-a.com", False),
        (r"^(((?!-)[a-z-]{0,62}[a-z])\.)+((?!-)[a-z-]{1,62}[a-z])$", "-a.com", False),
        (r"(\d{1,3}\.?){2,4}", "1.2.3", True),
        (r"(\d{1,3}\.?){2,4}", "", False),
        (r"^$|(a+)+", "", True),
    ],
)
def test_an_automaton_says_what_backtracking_would(pattern: str, text: str, fitting: bool) -> None:
    if len(text) < 30:
        assert (re.fullmatch(pattern, text) is not None) is fitting
    assert matches(pattern, text) is fitting


@given(
    st.sampled_from(
        [p for p, _, _ in RISKY] + [r"(a|ab)*(b|ba)?", r"(a{2,3}b?)+c*", r"[^a]*(.a){0,2}", r"(a?b?){1,3}c"]
    ),
    st.text("abc-/. :\n", max_size=9),
)
def test_automata_agree_with_backtracking_on_short_texts(pattern: str, text: str) -> None:
    automaton = Automaton(pattern)
    assert not automaton.has_assertions
    assert automaton.fullmatch(text) is (re.fullmatch(pattern, text) is not None)
