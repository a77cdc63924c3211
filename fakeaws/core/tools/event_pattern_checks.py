"""What is refused as a pattern of content filtering (`core/tools/event_patterns.py`), before it is kept."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from fakeaws.core.tools.event_patterns import TESTS, fits, is_choice

Document = dict[str, Any]
TEXTS = ("prefix", "suffix", "equals-ignore-case", "wildcard")
COMPARES = ("<", "<=", ">", ">=", "=")

DEEPEST = 100
"""AWS says of no limit; what nests this deeply is no event."""


class Unacceptable(ValueError):
    """A pattern that is none; its text is the reason."""


def lets_through(pattern: Document, document: Document) -> bool:
    """Whether a document fits; nothing fits a pattern that is none, which older versions stored unchecked."""
    try:
        check(pattern)
    except Unacceptable:
        return False
    return fits(pattern, document)


def check(pattern: Document, depth: int = 0) -> None:
    """Refuse a pattern that is none: Unacceptable, in the words of AWS."""
    if depth > DEEPEST:
        raise Unacceptable("Pattern nests too deeply")
    for name, wanted in pattern.items():
        if is_choice(name, wanted):
            for one in wanted:
                check(one, depth + 1)
        elif isinstance(wanted, dict):
            check(wanted, depth + 1)
        elif not isinstance(wanted, list):
            raise Unacceptable(f'"{name}" must be an object or an array')
        elif not wanted:
            raise Unacceptable("Empty arrays are not allowed")
        else:
            for rule in wanted:
                _check_rule(rule)


def _check_rule(rule: Any) -> None:
    if isinstance(rule, list):
        raise Unacceptable("Match value must be String, number, true, false, or null")
    if not isinstance(rule, dict):
        return
    test, value = _only_member(rule)
    if test not in TESTS:
        raise Unacceptable(f"Unrecognized match type {test}")
    if test == "numeric":
        _check_numeric(value)
    elif test == "exists" and not isinstance(value, bool):
        raise Unacceptable("exists match pattern must be either true or false.")
    elif test == "cidr":
        _check_cidr(value)
    elif test == "anything-but":
        _check_anything_but(value)
    elif test in TEXTS:
        _check_text(test, value)


def _only_member(rule: Document) -> tuple[str, Any]:
    if len(rule) != 1:
        raise Unacceptable("Only one key allowed in match expression")
    [member] = rule.items()
    return member


def _check_text(test: str, value: Any) -> None:
    if isinstance(value, dict) and test in ("prefix", "suffix"):
        inner, value = _only_member(value)
        if inner != "equals-ignore-case":
            raise Unacceptable(f"Unsupported {test} pattern: {inner}")
    if not isinstance(value, str):
        raise Unacceptable(f"{test} match pattern must be a string")
    if test == "wildcard":
        _check_wildcard(value)


def _check_wildcard(value: str) -> None:
    """A backslash stands before a `*` or another backslash only."""
    escaped = re.sub(r"\\[*\\]", "xx", value)
    if "**" in escaped:
        raise Unacceptable(f"Consecutive wildcard characters at pos {escaped.index('**')}")
    if "\\" in escaped:
        raise Unacceptable(f"Invalid escape character at pos {escaped.index(chr(92))}")


def _check_numeric(value: Any) -> None:
    if not isinstance(value, list):
        raise Unacceptable("Value of numeric must be an array.")
    if not value:
        raise Unacceptable("Invalid member in numeric match: ]")
    for operator, number in zip(value[::2], [*value[1::2], None], strict=False):
        if operator not in COMPARES:
            raise Unacceptable(f"Bad numeric range operator: {operator}")
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise Unacceptable(f"Value of {operator} must be numeric")
    if len(value) > 2 and value[0] in ("<", "<=", "="):
        raise Unacceptable(f"Bad numeric range operator: {value[2]}")


def _check_cidr(value: Any) -> None:
    if "/" not in str(value):
        raise Unacceptable("Malformed CIDR, one '/' required")
    address, _, bits = str(value).partition("/")
    if not bits.isdecimal():
        raise Unacceptable("Malformed CIDR, mask bits must be an integer")
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError as error:
        raise Unacceptable(f"Nonstandard IP address: {address}") from error


def _check_anything_but(value: Any) -> None:
    if isinstance(value, dict):
        test, texts = _only_member(value)
        if test not in TEXTS:
            raise Unacceptable(f"Unsupported anything-but pattern: {test}")
        if texts == []:
            raise Unacceptable("Empty arrays are not allowed")
        for text in texts if isinstance(texts, list) else [texts]:
            _check_text(test, text)
    elif isinstance(value, bool) or value is None:
        raise Unacceptable("Value of anything-but must be an array or single string/number value.")
    elif isinstance(value, list):
        if not value:
            raise Unacceptable("Empty arrays are not allowed")
        if any(isinstance(one, (dict, list, bool)) or one is None for one in value):
            raise Unacceptable("Inside anything but list, start|null|boolean is not supported.")
