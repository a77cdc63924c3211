"""Values between YAML and DynamoDB's typed attributes."""

from __future__ import annotations

from typing import Any

from fakeaws.cli.errors import GeneralError

Attribute = dict[str, Any]


def typed(value: Any) -> Attribute:
    """A plain value as an attribute: `1` → `{"N": "1"}`."""
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int | float):
        return {"N": str(value)}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bytes):
        return {"B": value}
    if isinstance(value, dict):
        return {"M": {str(key): typed(item) for key, item in value.items()}}
    if isinstance(value, set | frozenset):
        return _typed_set(list(value))
    if isinstance(value, list | tuple):
        return {"L": [typed(item) for item in value]}
    raise GeneralError(f'Unsupported type "{type(value)}" for value "{value}"')


def _typed_set(values: list[Any]) -> Attribute:
    kinds = {next(iter(typed(value))) for value in values}
    if kinds not in ({"S"}, {"N"}, {"B"}):
        raise GeneralError("A set holds only strings, only numbers, or only binary values.")
    kind = kinds.pop()
    return {f"{kind}S": sorted(typed(value)[kind] for value in values)}


def plain(attribute: Attribute) -> Any:
    """An attribute as a plain value."""
    [(kind, value)] = attribute.items()
    if kind == "NULL":
        return None
    if kind == "N":
        return number(value)
    if kind == "M":
        return {key: plain(item) for key, item in value.items()}
    if kind == "L":
        return [plain(item) for item in value]
    if kind == "NS":
        return [number(item) for item in value]
    return value


def number(text: str) -> int | float:
    """A number of DynamoDB's, whole where it is whole."""
    try:
        return int(text)
    except ValueError:
        return float(text)
