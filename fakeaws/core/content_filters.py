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
        elif not any(_passes(rule, held, name) for rule in wanted):
            return False
    return True


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _passes(rule: Any, held: Document, name: str) -> bool:
    if isinstance(rule, dict) and "exists" in rule:
        return (name in held) is bool(rule["exists"])
    return name in held and any(_equals(rule, value) for value in _each(held[name]))


def _equals(rule: Any, value: Any) -> bool:
    if not isinstance(rule, dict):
        return (type(rule) is type(value) and bool(rule == value)) or (_is_number(rule, value) and rule == value)
    [(test, wanted)] = rule.items()
    if test == "anything-but":
        return not any(_equals(one, value) for one in _each(_spread(wanted)))
    if test == "numeric":
        return _is_number(value) and all(_COMPARES[wanted[i]](value, wanted[i + 1]) for i in range(0, len(wanted), 2))
    if not isinstance(value, str):
        return False
    if isinstance(wanted, dict):
        return _TEXTS[test](value.lower(), str(wanted["equals-ignore-case"]).lower())
    return _TEXTS[test](value, wanted)


def _spread(wanted: Any) -> Any:
    """`{"prefix": ["a", "b"]}` as the alternatives that it stands for."""
    if isinstance(wanted, dict):
        [(test, values)] = wanted.items()
        return [{test: value} for value in _each(values)]
    return wanted


def _is_number(*values: Any) -> bool:
    return all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)


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
