"""Content filtering: the language in which event patterns and filter policies say which documents they let through.

A pattern is an object: its leaves are lists of alternatives, its inner members are those of the document. The same
language serves Amazon EventBridge, Amazon SNS and others (EventBridge User Guide, "Comparison operators").
"""

from __future__ import annotations

import ipaddress
import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from fakeaws.core.tools import wildcards

Document = dict[str, Any]
Test = Callable[[Any], bool]
WILDCARD = wildcards.Syntax(one="", escape="\\")
TESTS = ("prefix", "suffix", "anything-but", "numeric", "exists", "cidr", "equals-ignore-case", "wildcard")


def is_choice(name: str, wanted: Any) -> bool:
    """Whether a member is a choice of patterns; any other `$or` is a name like others.

    Event Ruler's README, "The $or Primitive"; Amazon SNS Developer Guide, "OR operator"
    """
    return (
        name == "$or"
        and isinstance(wanted, list)
        and len(wanted) > 1
        and all(isinstance(one, dict) and one.keys().isdisjoint(TESTS) for one in wanted)
    )


def fits(pattern: Document, held: Any) -> bool:
    """Whether a document has what every member of the pattern asks for; alternatives stand under `$or`."""
    for name, wanted in pattern.items():
        if is_choice(name, wanted):
            if not any(fits(one, held) for one in wanted):
                return False
        elif isinstance(wanted, dict):
            objects = [one for one in _each(held.get(name)) if isinstance(one, dict)]
            if not any(fits(wanted, one) for one in objects or [{}]):
                return False
        elif not _passes(wanted, held, name):
            return False
    return True


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _passes(rules: list[Any], held: Document, name: str) -> bool:
    """`exists` is of values: what holds members instead counts as missing (Event Ruler's README, "Exists matching")."""
    values = [value for value in _each(held[name]) if not isinstance(value, dict)] if name in held else []
    presence = [rule["exists"] for rule in rules if isinstance(rule, dict) and "exists" in rule]
    if any(bool(values) is wanted for wanted in presence):
        return True
    test = _any_of([rule for rule in rules if not (isinstance(rule, dict) and "exists" in rule)])
    return any(map(test, values))


def _any_of(rules: list[Any]) -> Test:
    """Whether a value fits any of the rules. Those of one kind are looked up together: many take little longer."""
    plain = {_key(rule) for rule in rules if _is_scalar(rule)}
    expected: dict[str, list[Any]] = defaultdict(list)
    for rule in rules:
        if isinstance(rule, dict):
            [(name, wanted)] = rule.items()
            if wanted not in expected[name]:
                expected[name].append(wanted)
    tests = [_KINDS[name](wanted) for name, wanted in expected.items()]
    return lambda value: (_is_scalar(value) and _key(value) in plain) or any(test(value) for test in tests)


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, (dict, list))


def _key(value: Any) -> tuple[bool, Any]:
    """What is the same for equal values; in Python, True equals 1."""
    return isinstance(value, bool), value


def _other_than(wanted: list[Any]) -> Test:
    unwanted = [_any_of(_each(_spread(each))) for each in wanted]
    return lambda value: not all(test(value) for test in unwanted)


def _spread(wanted: Any) -> Any:
    """`{"prefix": ["a", "b"]}` as the alternatives that it stands for."""
    if isinstance(wanted, dict):
        [(test, values)] = wanted.items()
        return [{test: value} for value in _each(values)]
    return wanted


def _in_ranges(wanted: list[Any]) -> Test:
    """Ranges that overlap are made one, so that a number has one to be in."""
    lows: list[float] = []
    highs: list[float] = []
    for low, high in sorted(map(_range, wanted)):
        if highs and low <= highs[-1]:
            highs[-1] = max(highs[-1], high)
        else:
            lows.append(low)
            highs.append(high)

    def test(value: Any) -> bool:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        place = bisect_right(lows, value) - 1
        return place >= 0 and value <= highs[place]

    return test


def _range(wanted: list[Any]) -> tuple[float, float]:
    """The least and the greatest number that `[">", 0, "<=", 5]` and the like let through."""
    low, high = -math.inf, math.inf
    for comparison, number in zip(wanted[::2], wanted[1::2], strict=True):
        if comparison in ("=", ">", ">="):
            low = max(low, math.nextafter(number, math.inf) if comparison == ">" else number)
        if comparison in ("=", "<", "<="):
            high = min(high, math.nextafter(number, -math.inf) if comparison == "<" else number)
    return low, high


def _in_networks(wanted: list[str]) -> Test:
    """Networks of one size are looked up by the bits that their addresses share."""
    known: dict[tuple[int, int], set[int]] = defaultdict(set)
    for each in wanted:
        network = ipaddress.ip_network(each, strict=False)
        bits = network.max_prefixlen - network.prefixlen
        known[network.version, bits].add(int(network.network_address) >> bits)

    def test(value: str) -> bool:
        try:
            address = ipaddress.ip_address(value)
        except ValueError:
            return False
        return any(address.version == version and int(address) >> bits in of for (version, bits), of in known.items())

    return _of_text(test)


def _of_text(test: Callable[[str], bool]) -> Test:
    return lambda value: isinstance(value, str) and test(value)


def _at_end(wanted: list[Any], test: Callable[[str, tuple[str, ...]], bool]) -> Test:
    """Whether a text begins, or ends, with one of those wanted; those in an object may be in any case."""
    exact = tuple(each for each in wanted if isinstance(each, str))
    folded = tuple(each["equals-ignore-case"].lower() for each in wanted if isinstance(each, dict))
    return _of_text(lambda value: test(value, exact) or (bool(folded) and test(value.lower(), folded)))


def _but_for_case(wanted: list[str]) -> Test:
    lowered = {each.lower() for each in wanted}
    return _of_text(lambda value: value.lower() in lowered)


def _like(wanted: list[str]) -> Test:
    patterns = [wildcards.compiled(each, WILDCARD) for each in wanted]
    return _of_text(lambda value: any(pattern.fits(value) for pattern in patterns))


_KINDS: dict[str, Callable[[list[Any]], Test]] = {
    "anything-but": _other_than,
    "numeric": _in_ranges,
    "prefix": lambda wanted: _at_end(wanted, str.startswith),
    "suffix": lambda wanted: _at_end(wanted, str.endswith),
    "equals-ignore-case": _but_for_case,
    "wildcard": _like,
    "cidr": _in_networks,
}
