"""Event patterns: what is refused as none, and which events they let through."""

from __future__ import annotations

import ipaddress
import json
import re
from typing import Any

from fakeaws.core.call import Call
from fakeaws.core.content_filters import fits
from fakeaws.core.errors import AwsError

Document = dict[str, Any]
TESTS = ("prefix", "suffix", "anything-but", "numeric", "exists", "cidr", "equals-ignore-case", "wildcard")
_TEXTS = {"equals-ignore-case": (str,), "wildcard": (str,), "prefix": (str, dict), "suffix": (str, dict)}
COMPARES = ("<", "<=", ">", ">=", "=")


def parsed(text: str) -> Document:
    """A pattern from its JSON; InvalidEventPatternException where it is none."""
    try:
        pattern = json.loads(text)
    except ValueError as error:
        raise _invalid(f"Unrecognized token in the JSON: {error}") from error
    if not isinstance(pattern, dict):
        raise _invalid(f'Filter is not an object\\n at [Source: (String)"{text}"; line: 1, column: 2]')
    _check(pattern)
    return pattern


def _invalid(reason: str) -> AwsError:
    return AwsError("InvalidEventPatternException", f"Event pattern is not valid. Reason: {reason}")


def _check(pattern: Document) -> None:
    for name, wanted in pattern.items():
        if name == "$or" and isinstance(wanted, list):
            for one in wanted:
                _check(one)
        elif isinstance(wanted, dict):
            _check(wanted)
        elif not isinstance(wanted, list):
            raise _invalid(f'"{name}" must be an object or an array')
        elif not wanted:
            raise _invalid("Empty arrays are not allowed")
        else:
            for rule in wanted:
                _check_rule(rule)


def _check_rule(rule: Any) -> None:
    if not isinstance(rule, dict):
        return
    if len(rule) != 1:
        raise _invalid("Only one key allowed in match expression")
    [(test, value)] = rule.items()
    if test not in TESTS:
        raise _invalid(f"Unrecognized match type {test}")
    if test == "numeric":
        _check_numeric(value)
    elif test == "exists" and not isinstance(value, bool):
        raise _invalid("exists match pattern must be either true or false.")
    elif test == "cidr":
        _check_cidr(value)
    elif test == "anything-but":
        _check_anything_but(value)
    elif test in _TEXTS and not isinstance(value, _TEXTS[test]):
        raise _invalid(f"{test} match pattern must be a string")
    elif test == "wildcard":
        _check_wildcard(value)


def _check_wildcard(value: str) -> None:
    """A backslash stands before a `*` or another backslash only."""
    escaped = re.sub(r"\\[*\\]", "xx", value)
    if "**" in escaped:
        raise _invalid(f"Consecutive wildcard characters at pos {escaped.index('**')}")
    if "\\" in escaped:
        raise _invalid(f"Invalid escape character at pos {escaped.index(chr(92))}")


def _check_numeric(value: Any) -> None:
    if not isinstance(value, list):
        raise _invalid("Value of numeric must be an array.")
    for operator, number in zip(value[::2], [*value[1::2], None], strict=False):
        if operator not in COMPARES:
            raise _invalid(f"Bad numeric range operator: {operator}")
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise _invalid(f"Value of {operator} must be numeric")
    if len(value) > 2 and value[0] in ("<", "<=", "="):
        raise _invalid(f"Bad numeric range operator: {value[2]}")


def _check_cidr(value: Any) -> None:
    if "/" not in str(value):
        raise _invalid("Malformed CIDR, one '/' required")
    address, _, bits = str(value).partition("/")
    if not bits.isdecimal():
        raise _invalid("Malformed CIDR, mask bits must be an integer")
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError as error:
        raise _invalid(f"Nonstandard IP address: {address}") from error


def _check_anything_but(value: Any) -> None:
    if isinstance(value, dict):
        _check_rule(value)
    elif isinstance(value, bool) or value is None:
        raise _invalid("Value of anything-but must be an array or single string/number value.")
    elif isinstance(value, list):
        if not value:
            raise _invalid("Empty arrays are not allowed")
        if any(isinstance(one, (dict, list, bool)) or one is None for one in value):
            raise _invalid("Inside anything but list, start|null|boolean is not supported.")


def test_event_pattern(call: Call) -> Document:
    pattern = parsed(call["EventPattern"])
    try:
        event = json.loads(call["Event"])
    except ValueError as error:
        raise AwsError("ValidationException", "Parameter Event is not valid.") from error
    needed = ("id", "account", "source", "time", "region", "resources", "detail-type")
    if not isinstance(event, dict) or any(name not in event for name in needed):
        raise AwsError("ValidationException", "Parameter Event is not valid.")
    return {"Result": fits(pattern, event)}
