"""Filter policies: which messages a subscription gets, by their attributes or by what their JSON says."""

from __future__ import annotations

import fnmatch
import ipaddress
import json
from collections.abc import Callable
from typing import Any

Document = dict[str, Any]


def is_wanted(subscription: Document, message: str, attributes: Document) -> bool:
    """Whether a subscription's filter policy lets a message through."""
    text = subscription.get("FilterPolicy")
    if not text:
        return True
    policy = json.loads(text)
    if subscription.get("FilterPolicyScope") == "MessageBody":
        try:
            body = json.loads(message)
        except ValueError:
            return False
        return isinstance(body, dict) and _fits(policy, body)
    return _fits(policy, {name: _value(one) for name, one in attributes.items()})


def _value(attribute: Document) -> Any:
    kind, text = attribute["DataType"], attribute.get("StringValue", "")
    if kind.startswith("Number"):
        return float(text)
    if kind == "String.Array":
        return json.loads(text)
    return text


def _fits(policy: Document, held: Any) -> bool:
    """Every member of a policy has to fit; alternatives stand under `$or`."""
    for name, wanted in policy.items():
        if name == "$or":
            if not any(_fits(one, held) for one in wanted):
                return False
        elif isinstance(wanted, dict):
            if not any(_fits(wanted, one) for one in _each(held.get(name)) if isinstance(one, dict)):
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
        return not any(_equals(one, value) for one in _each(wanted))
    if test == "numeric":
        return _is_number(value) and all(_COMPARES[wanted[i]](value, wanted[i + 1]) for i in range(0, len(wanted), 2))
    if not isinstance(value, str):
        return False
    if test == "cidr":
        return ipaddress.ip_address(value) in ipaddress.ip_network(wanted)
    return _TEXTS[test](value, wanted)


def _is_number(*values: Any) -> bool:
    return all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)


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
    "wildcard": lambda value, wanted: fnmatch.fnmatchcase(value, wanted.replace("[", "[[]").replace("?", "[?]")),
}
