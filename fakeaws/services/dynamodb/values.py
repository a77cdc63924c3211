"""Attribute values: `{"S": "text"}`, `{"N": "1"}`, …: how they compare, how large they are, how they are checked."""

from __future__ import annotations

import re
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, InvalidOperation
from typing import Any

from fakeaws.core.tools.errors import AwsError

Value = dict[str, Any]
Item = dict[str, Value]
SETS = ("SS", "NS", "BS")
DEEPEST = 32
ORDERED = ("S", "N", "B")
EXACT = Context(prec=1000, Emax=MAX_EMAX, Emin=MIN_EMIN)
"""Arithmetic without rounding: numbers have up to 38 digits, and sums of them at most 256."""
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
"""What Java's BigDecimal takes; Python's Decimal also takes spaces, underscores and the digits of all scripts."""


EMPTY = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
SEVERAL = "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"


def kind(value: Value) -> str:
    """`S`, `N`, `B`, `BOOL`, `NULL`, `L`, `M`, `SS`, `NS` or `BS`; AwsError for a value that has none of them."""
    found = next(iter(value), None)
    if found is None:
        raise invalid(EMPTY)
    return found


def check(value: Value, depth: int = 0) -> None:
    """Refuse what is no value: not one type, a number that is none, an empty set or one with an element twice, or lists
    and maps within one another beyond 32 levels."""
    if depth > DEEPEST:
        raise invalid(
            "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported"
            " limit"
        )
    if len(value) != 1:
        raise invalid(SEVERAL if value else EMPTY)
    [(name, content)] = value.items()
    if name == "N":
        number(content)
    elif name in SETS:
        _check_set(name, content)
    elif name == "NULL" and content is not True:
        raise invalid(
            "One or more parameter values were invalid: Null attribute value types must have the value of true"
        )
    for inner in content.values() if name == "M" else content if name == "L" else ():
        check(inner, depth + 1)


def _check_set(name: str, content: list[Any]) -> None:
    names = {"SS": "string", "NS": "number", "BS": "binary"}
    if not content:
        raise invalid(f"One or more parameter values were invalid: An {names[name]} set  may not be empty")
    distinct = {number(one) for one in content} if name == "NS" else set(content)
    if len(distinct) != len(content):
        shown = "[" + ", ".join(str(one) for one in content) + "]"
        raise invalid(f"One or more parameter values were invalid: Input collection {shown} contains duplicates.")


def number(text: str) -> Decimal:
    """A number as DynamoDB takes it: up to 38 digits, from 1E-130 to 9.9…E+125."""
    try:
        found = Decimal(text if NUMBER.fullmatch(text) else "NaN")
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise invalid("The parameter cannot be converted to a numeric value: " + text)
    if len(found.normalize(EXACT).as_tuple().digits) > 38:
        raise invalid("Attempting to store more than 38 significant digits in a Number")
    if found and not -130 <= found.adjusted() <= 125:
        large = found.adjusted() > 0
        raise invalid(
            f"Number {'overflow' if large else 'underflow'}. Attempting to store a number with magnitude"
            f" {'larger' if large else 'smaller'} than supported range"
        )
    return found


def shown(value: Decimal) -> str:
    """A number as DynamoDB answers with it: plain digits, no zeros at its ends."""
    text = format(value.normalize(EXACT), "f")
    return "0" if text == "-0" else text


def same(one: Value | None, other: Value | None) -> bool:
    """Whether two values are equal: of one type, numbers by value, sets in any order."""
    if one is None or other is None or kind(one) != kind(other):
        return False
    name = kind(one)
    if name == "N":
        return Decimal(one["N"]) == Decimal(other["N"])
    if name == "NS":
        return {Decimal(n) for n in one["NS"]} == {Decimal(n) for n in other["NS"]}
    if name in SETS:
        return set(one[name]) == set(other[name])
    if name == "L":
        return len(one["L"]) == len(other["L"]) and all(map(same, one["L"], other["L"]))
    if name == "M":
        return one["M"].keys() == other["M"].keys() and all(same(v, other["M"][k]) for k, v in one["M"].items())
    return bool(one[name] == other[name])


def rank(value: Value) -> Any:
    """What orders values of one type: numbers by value, text and bytes by their bytes."""
    name = kind(value)
    if name == "N":
        return Decimal(value["N"])
    return value["S"].encode() if name == "S" else bytes(value[name])


def size(value: Value) -> int:
    """The bytes that a value counts for (DynamoDB developer guide, item sizes)."""
    name = kind(value)
    content = value[name]
    if name in ("S", "B"):
        return len(content.encode() if name == "S" else content)
    if name == "N":
        return len(content.lstrip("-").replace(".", "").strip("0")) // 2 + 2
    if name in SETS:
        return sum(size({name[0]: one}) for one in content)
    if name == "L":
        return 3 + sum(1 + size(one) for one in content)
    if name == "M":
        return 3 + sum(1 + len(key.encode()) + size(one) for key, one in content.items())
    return 1


def size_of_item(item: Item) -> int:
    """The bytes of an item: its names and its values."""
    return sum(len(name.encode()) + size(value) for name, value in item.items())


def invalid(text: str) -> AwsError:
    """DynamoDB's refusal of a request that cannot be right."""
    return AwsError("ValidationException", text)
