"""Content filtering: the language in which event patterns and filter policies say which documents they let through.

A pattern is an object: its leaves are lists of alternatives, its inner members are those of the document. The same
language serves Amazon EventBridge, Amazon SNS and others (EventBridge User Guide, "Comparison operators").
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

from fakeaws.core import wildcards

Document = dict[str, Any]
Test = Callable[[Any], bool]
WILDCARD = wildcards.Syntax(one="", escape="\\")


def fits(pattern: Document, held: Any) -> bool:
    """Whether a document has what every member of the pattern asks for; alternatives stand under `$or`."""
    for name, wanted in pattern.items():
        if name == "$or":
            if not any(fits(one, held) for one in wanted):
                return False
        elif isinstance(wanted, dict):
            if not any(fits(wanted, one) for one in _each(held.get(name)) if isinstance(one, dict)):
                return False
        elif not _passes(wanted, held, name):
            return False
    return True


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _passes(rules: list[Any], held: Document, name: str) -> bool:
    presence = [rule["exists"] for rule in rules if isinstance(rule, dict) and "exists" in rule]
    if any((name in held) is bool(wanted) for wanted in presence):
        return True
    test = _any_of([rule for rule in rules if not (isinstance(rule, dict) and "exists" in rule)])
    return name in held and any(map(test, _each(held[name])))


def _any_of(rules: list[Any]) -> Test:
    """Whether a value fits any of the rules; plain values are looked up, so that many of them take no longer."""
    plain = {_key(rule) for rule in rules if _is_scalar(rule)}
    tests = [_test(rule) for rule in rules if isinstance(rule, dict)]
    return lambda value: (_is_scalar(value) and _key(value) in plain) or any(test(value) for test in tests)


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, (dict, list))


def _key(value: Any) -> tuple[bool, Any]:
    """What is the same for equal values; in Python, True equals 1."""
    return isinstance(value, bool), value


def _test(rule: Document) -> Test:
    [(test, wanted)] = rule.items()
    if test == "anything-but":
        unwanted = _any_of(_each(_spread(wanted)))
        return lambda value: not unwanted(value)
    if test == "numeric":
        return lambda value: _is_number(value) and _is_in_range(value, wanted)
    of_text = _TEXTS[test]
    if isinstance(wanted, dict):
        lowered = str(wanted["equals-ignore-case"]).lower()
        return lambda value: isinstance(value, str) and of_text(value.lower(), lowered)
    return lambda value: isinstance(value, str) and of_text(value, wanted)


def _is_in_range(value: float, wanted: list[Any]) -> bool:
    return all(_COMPARES[wanted[place]](value, wanted[place + 1]) for place in range(0, len(wanted), 2))


def _spread(wanted: Any) -> Any:
    """`{"prefix": ["a", "b"]}` as the alternatives that it stands for."""
    if isinstance(wanted, dict):
        [(test, values)] = wanted.items()
        return [{test: value} for value in _each(values)]
    return wanted


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_within(value: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


_COMPARES: dict[str, Callable[[float, float], bool]] = {
    "=": lambda value, wanted: value == wanted,
    "<": lambda value, wanted: value < wanted,
    "<=": lambda value, wanted: value <= wanted,
    ">": lambda value, wanted: value > wanted,
    ">=": lambda value, wanted: value >= wanted,
}
_TEXTS: dict[str, Callable[[str, str], bool]] = {
    "prefix": lambda value, wanted: value.startswith(wanted),
    "suffix": lambda value, wanted: value.endswith(wanted),
    "equals-ignore-case": lambda value, wanted: value.lower() == wanted.lower(),
    "wildcard": lambda value, wanted: wildcards.fits(wanted, value, WILDCARD),
    "cidr": _is_within,
}
