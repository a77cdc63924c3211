"""Which resources a list operation asks for, and in which order.

What its parameters mean is inferred (`core/model/list_parameters.py`); one whose meaning is not known is refused as
soon as it would matter, rather than passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fakeaws.core.resources import filters, kinds
from fakeaws.core.resources.places import service_of
from fakeaws.core.store.tables import Resource, values_at
from fakeaws.core.tools.errors import AwsError

if TYPE_CHECKING:
    from fakeaws.core.resources.request import Request

Document = dict[str, Any]
NOTHING: tuple[Any, ...] = (None, [], {}, "", False)
PLAIN = ("eq", "equals", "equal", "in", "string_equals", "is")
"""Operators of filters that mean no more than that a value is among those given."""


def page(call: Request, kind: kinds.Kind, binding: Document, rows: Iterator[Resource]) -> list[Resource]:
    """The page asked for of those rows that the parameters ask for; AwsError for parameters that are not understood."""
    found = _wanted(call, kind, binding, rows)
    orders = {m: how for m, how in binding.get("orders", {}).items() if call.get(m) is not None}
    if not orders:
        return call.page(found)
    whole = list(found)
    if len(whole) > 1:
        whole = _ordered(call, kind, orders, whole)
    taken = call.page(iter(whole))
    if len(taken) < len(whole):
        raise unsupported(call, next(iter(orders)))
    return taken


def unsupported(call: Request, member: str) -> AwsError:
    """The error for a parameter that is not supported."""
    return AwsError(
        "NotImplemented",
        f"fakeaws does not support the parameter {member} of {service_of(call)} {call.operation.name} yet.",
        status=501,
    )


def _wanted(call: Request, kind: kinds.Kind, binding: Document, rows: Iterator[Resource]) -> Iterator[Resource]:
    asks = [(m, test, v) for m, test in binding.get("asks", {}).items() if (v := call.get(m)) is not None]
    unknown = next((m for m in binding.get("refuses", ()) if call.get(m) not in NOTHING), None)
    for row in rows:
        if all(_fits(call, kind, member, test, value, row) for member, test, value in asks):
            if unknown is not None:
                raise unsupported(call, unknown)
            yield row


def _fits(call: Request, kind: kinds.Kind, member: str, test: list[Any], value: Any, row: Resource) -> bool:
    """Whether a resource is what one parameter asks for."""
    how, *rest = test
    if how == "filters":
        return all(_passes(call, kind, member, one, row) for one in value)
    if how == "map":
        return all(_passes(call, kind, member, {"Name": k, "Values": v}, row) for k, v in value.items())
    if how == "each":
        return all(_fits_part(call, kind, member, rest[0], name, part, row) for name, part in value.items())
    if how == "owner":
        return str(value).upper() == "SELF" or value == call.account
    if how == "has":
        return _mentions(row, value)
    held = [item for found in values_at(row, rest[0].split(".")) for item in _each(found)]
    if not held and how == "may":
        raise unsupported(call, member)
    return any(_compare(how, item, wanted) for item in held for wanted in _each(value))


def _fits_part(
    call: Request, kind: kinds.Kind, member: str, tests: Document, name: str, part: Any, row: Resource
) -> bool:
    if name not in tests:
        if part in NOTHING:
            return True
        raise unsupported(call, f"{member}.{name}")
    return _fits(call, kind, f"{member}.{name}", tests[name], part, row)


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _compare(how: str, held: Any, wanted: Any) -> bool:
    if how == "starts":
        return str(held).startswith(str(wanted))
    if how == "contains":
        return str(wanted).lower() in str(held).lower()
    if how in ("after", "before"):
        return isinstance(held, (int, float)) and ((held >= wanted) if how == "after" else (held <= wanted))
    return bool(held == wanted)


def _mentions(held: Any, wanted: Any) -> bool:
    if isinstance(held, dict):
        return any(_mentions(item, wanted) for item in held.values())
    if isinstance(held, list):
        return any(_mentions(item, wanted) for item in held)
    return bool(held == wanted)


def _passes(call: Request, kind: kinds.Kind, member: str, one: Document, row: Resource) -> bool:
    """Whether a resource passes a filter; only EC2 has an error for names that it lacks."""
    operators = [
        v for m, v in one.items() if m.lower() in ("operator", "comparator", "comparison", "condition", "option")
    ]
    if any(str(operator).lower() not in PLAIN for operator in operators):
        raise unsupported(call, member)
    try:
        return filters.matching(kind, [one], row)
    except AwsError as error:
        if call.operation.service.protocol == "ec2":
            raise
        raise unsupported(call, member) from error


# Order


def _ordered(call: Request, kind: kinds.Kind, orders: dict[str, str], rows: list[Resource]) -> list[Resource]:
    by, way = "", ""
    for member, how in orders.items():
        if not how:
            raise unsupported(call, member)
        if how == "sort":
            by = call[member]
        else:
            way = call[member]
    path = _sorted_by(kind, by, rows[0])
    if not path or any(row.get(path) is None for row in rows):
        raise unsupported(call, next(iter(orders)))
    return sorted(rows, key=lambda row: (row[path], row.key), reverse=way.lower().startswith("desc"))


def _sorted_by(kind: kinds.Kind, by: str, row: Resource) -> str:
    """The member that a sort is by: when it was made, where nothing is said."""
    from fakeaws.core.model.words import role

    wanted = role(by.replace("_", "").replace("-", "") or "createdat", kind.name)
    return next((m for m, v in row.items() if role(m, kind.name) == wanted and not isinstance(v, (dict, list))), "")
