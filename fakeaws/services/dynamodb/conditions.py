"""What expressions say of an item: whether a condition holds, what a path leads to, what a projection shows."""

from __future__ import annotations

from typing import Any

from fakeaws.services.dynamodb.expressions import Path, Tree
from fakeaws.services.dynamodb.values import ORDERED, SETS, Item, Value, invalid, kind, rank, same

LENGTHS = ("S", "B", "L", "M", *SETS)


def holds(tree: Tree, item: Item) -> bool:
    """Whether a condition is true of an item; what the item lacks makes comparisons false."""
    operator, *parts = tree
    if operator == "and":
        return holds(parts[0], item) and holds(parts[1], item)
    if operator == "or":
        return holds(parts[0], item) or holds(parts[1], item)
    if operator == "not":
        return not holds(parts[0], item)
    found = [operand(part, item) for part in parts]
    if operator == "attribute_exists":
        return found[0] is not None
    if operator == "attribute_not_exists":
        return found[0] is None
    if any(one is None for one in found[:2]):
        return operator == "<>" and found != [None, None]
    return _compared(operator, [one for one in found if one is not None])


def _compared(operator: str, found: list[Value]) -> bool:
    one, *others = found
    if operator in ("=", "in"):
        return any(same(one, other) for other in others)
    if operator == "<>":
        return not same(one, others[0])
    if operator == "between":
        return len(others) == 2 and _ordered("<=", others[0], one) and _ordered("<=", one, others[1])
    if operator == "begins_with":
        return _begins_with(one, others[0])
    if operator == "contains":
        return _contains(one, others[0])
    if operator == "attribute_type":
        return kind(one) == others[0].get("S")
    return _ordered(operator, one, others[0])


def _ordered(operator: str, one: Value, other: Value) -> bool:
    if kind(one) != kind(other) or kind(one) not in ORDERED:
        return False
    left, right = rank(one), rank(other)
    return bool({"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator])


def _begins_with(one: Value, start: Value) -> bool:
    if kind(start) not in ("S", "B"):
        raise invalid(
            "Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function:"
            f" begins_with, operand type: {kind(start)}"
        )
    return kind(one) == kind(start) and bool(one[kind(one)].startswith(start[kind(start)]))


def _contains(one: Value, part: Value) -> bool:
    name = kind(one)
    if name in ("S", "B"):
        return kind(part) == name and part[name] in one[name]
    if name in SETS:
        return kind(part) == name[0] and any(same({name[0]: member}, part) for member in one[name])
    return name == "L" and any(same(member, part) for member in one["L"])


def operand(tree: Tree, item: Item) -> Value | None:
    """The value of an operand, None where the item lacks it."""
    if tree[0] == "value":
        value: Value = tree[1]
        return value
    found = at(item, tree[1])
    if tree[0] == "path" or found is None:
        return found
    return {"N": str(len(found[kind(found)]))} if kind(found) in LENGTHS else None


def at(item: Item, path: Path) -> Value | None:
    """What a path leads to in an item, or None."""
    here: Value | None = {"M": item}
    for step in path:
        held: Any = (here or {}).get("M" if isinstance(step, str) else "L")
        if isinstance(step, str):
            here = held.get(step) if held is not None else None
        else:
            here = held[step] if held is not None and step < len(held) else None
        if here is None:
            return None
    return here


def shown(item: Item, paths: list[Path] | None) -> Item:
    """The item as a projection shows it, with the structure around what it names."""
    if paths is None:
        return item
    out: Item = {}
    for path in paths:
        value = at(item, path)
        if value is not None:
            _place(out, path, value)
    return out


def _place(out: Item, path: Path, value: Value) -> None:
    here: Any = {"M": out}
    for step, following in zip(path, [*path[1:], None], strict=True):
        leaf = value if following is None else {"M": {}} if isinstance(following, str) else {"L": []}
        if isinstance(step, str):
            here = here["M"].setdefault(step, leaf)
        else:
            here["L"].append(leaf)
            here = leaf
