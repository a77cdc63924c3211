"""Shapes of arguments that no model has: those that the AWS CLI describes by a schema of its own.

A schema is a document: `{"type": "object", "properties": {…}}`, `{"type": "array", "items": {…}}`, `{"type": "map",
"key": {…}, "value": {…}}` or a scalar's `{"type": "string"}`; a property may be `"required": True` and have an `enum`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from fakeaws.core.model.models import Shape

if TYPE_CHECKING:
    from fakeaws.core.model.models import Service

Document = dict[str, Any]


class _Made:
    """The shapes made from one schema: the interface that a Shape needs of its service."""

    name = ""

    def __init__(self) -> None:
        self._raw: list[Document] = []

    def add(self, schema: Document) -> Document:
        """Make the shape of `schema`; a reference to it."""
        raw = self._traits(schema)
        self._raw.append(raw)
        return {"shape": str(len(self._raw) - 1)}

    def _traits(self, schema: Document) -> Document:
        kind = schema["type"]
        raw: Document = {key: schema[key] for key in ("enum", "description") if key in schema}
        if kind == "object":
            properties: Document = schema["properties"]
            members = {name: self.add(part) for name, part in properties.items()}
            required = [name for name, part in properties.items() if part.get("required")]
            return {**raw, "type": "structure", "members": members, "required": required}
        if kind == "array":
            return {**raw, "type": "list", "member": self.add(schema["items"])}
        if kind == "map":
            return {**raw, "type": "map", "key": self.add(schema["key"]), "value": self.add(schema["value"])}
        return {**raw, "type": kind}

    def shape(self, name: str, reference: Document | None = None) -> Shape:
        return Shape(cast("Service", self), name, {**self._raw[int(name)], **(reference or {})})


def shape_of(schema: Document) -> Shape:
    """The shape that `schema` describes."""
    made = _Made()
    return made.shape(made.add(schema)["shape"])
