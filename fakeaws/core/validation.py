"""Parameters checked against the model, and refused in the words of the service's protocol family."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fakeaws.core.models import Operation, Shape

Document = dict[str, Any]


def checked(operation: Operation, params: Document) -> Document:
    """The parameters, with every timestamp as epoch seconds; AwsError where the model does not allow them."""
    if operation.input is None:
        return {}
    found: Document = _value(operation.input, params)
    return found


def _value(shape: Shape, value: Any) -> Any:
    if shape.type == "structure" and isinstance(value, dict) and not shape.get("document"):
        return {name: _value(shape.at(name), item) if shape.has_member(name) else item for name, item in value.items()}
    if shape.type == "list":
        return [_value(shape.member, item) for item in value]
    if shape.type == "map":
        return {key: _value(shape.value, item) for key, item in value.items()}
    if shape.type == "timestamp":
        return _seconds(value)
    return value


def _seconds(value: Any) -> float:
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, datetime):
        moment = value
    else:
        try:
            return float(value)
        except ValueError:
            moment = datetime.fromisoformat(value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
