"""Condition blocks: every operator, with IfExists, ForAllValues and ForAnyValue.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from fakeaws.policies.matching import Unknown, filled, is_arn_like, is_like, plain

Test = Callable[[str, str], bool]
"""(value in the policy, value in the request) → whether they fit."""


class Context:
    """What a request says of itself."""

    def values(self, key: str) -> list[str] | None:
        """The values of a key in lower case; None where the request has no such key."""
        raise NotImplementedError

    def one(self, key: str) -> str | None:
        """The value of a key that has a single one, for policy variables."""
        values = self.values(key)
        return values[0] if values and len(values) == 1 else None


def holds(conditions: Iterable[tuple[str, str, tuple[str, ...]]], context: Context, variables: bool) -> bool:
    """Whether all conditions hold."""
    return all(_holds(operator, key, wanted, context, variables) for operator, key, wanted in conditions)


def _holds(operator: str, key: str, wanted: tuple[str, ...], context: Context, variables: bool) -> bool:
    name, over = operator.lower(), ""
    for prefix in ("forallvalues:", "foranyvalue:"):
        if name.startswith(prefix):
            name, over = name.removeprefix(prefix), prefix
    if_exists, name = name.endswith("ifexists"), name.removesuffix("ifexists")
    values = context.values(key.lower())
    if name == "null":
        return any((value.lower() == "true") == (not values) for value in wanted)
    negated, test = TESTS[name]
    if not values:
        return _without(over, if_exists, negated)
    fits = [_fits(test, wanted, value, context, variables, name) is not negated for value in values]
    if over == "foranyvalue:":
        return any(fits)
    return all(fits) if over or negated else any(fits)


def _without(over: str, if_exists: bool, negated: bool) -> bool:
    """What a condition on a key that the request lacks comes to."""
    if if_exists or over == "forallvalues:":
        return True
    return negated and over != "foranyvalue:"


def _fits(test: Test, wanted: tuple[str, ...], value: str, context: Context, variables: bool, name: str) -> bool:
    """Whether the value fits any of those wanted."""
    for pattern in wanted:
        try:
            if variables and "${" in pattern and name.startswith(("string", "arn")):
                fill = filled if "like" in name or name.startswith("arn") else plain
                pattern = fill(pattern, context.one)
            if test(pattern, value):
                return True
        except (Unknown, ValueError):
            continue
    return False


def _moment(text: str) -> float:
    """A date in ISO 8601 or epoch seconds; ValueError for anything else."""
    try:
        return float(text)
    except ValueError:
        from datetime import UTC, datetime

        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _in_network(network: str, address: str) -> bool:
    from ipaddress import ip_address, ip_network

    return ip_address(address) in ip_network(network, strict=False)


def _compared(convert: Callable[[str], float]) -> dict[str, tuple[bool, Test]]:
    return {
        "equals": (False, lambda wanted, value: convert(value) == convert(wanted)),
        "notequals": (True, lambda wanted, value: convert(value) == convert(wanted)),
        "lessthan": (False, lambda wanted, value: convert(value) < convert(wanted)),
        "lessthanequals": (False, lambda wanted, value: convert(value) <= convert(wanted)),
        "greaterthan": (False, lambda wanted, value: convert(value) > convert(wanted)),
        "greaterthanequals": (False, lambda wanted, value: convert(value) >= convert(wanted)),
    }


def _same(wanted: str, value: str) -> bool:
    return wanted == value


def _same_but_case(wanted: str, value: str) -> bool:
    return wanted.lower() == value.lower()


TESTS: dict[str, tuple[bool, Test]] = {
    "stringequals": (False, _same),
    "stringnotequals": (True, _same),
    "stringequalsignorecase": (False, _same_but_case),
    "stringnotequalsignorecase": (True, _same_but_case),
    "stringlike": (False, is_like),
    "stringnotlike": (True, is_like),
    "bool": (False, _same_but_case),
    "binaryequals": (False, _same),
    "ipaddress": (False, _in_network),
    "notipaddress": (True, _in_network),
    "arnequals": (False, is_arn_like),
    "arnlike": (False, is_arn_like),
    "arnnotequals": (True, is_arn_like),
    "arnnotlike": (True, is_arn_like),
    **{f"numeric{how}": test for how, test in _compared(float).items()},
    **{f"date{how}": test for how, test in _compared(_moment).items()},
}
"""Operator → whether it is negated, and its test."""
