"""What a service keeps: its resource types, as `shapes/SERVICE.toml` declares them (`shapes/README.md` has the
vocabulary) and as inferred from its model (`core/model/inference.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from fakeaws.core.model import models

Document = dict[str, Any]


class Kind:
    """One resource type of a service."""

    def __init__(self, service: str, name: str, declared: Document) -> None:
        self.service = service
        self.name = name
        self.declared = declared
        self.table = f"{service}.{name}"
        self.shape: str = declared.get("shape", "")
        self.id: str = declared.get("id", "")
        self.make: str | None = declared.get("make")
        self.arn: str | None = declared.get("arn")
        self.arn_member: str | None = declared.get("arn_member")
        self.also: list[str] = declared.get("also", [])
        self.within: dict[str, str] = declared.get("within", {})
        self.is_global: bool = declared.get("scope") == "global"
        self.tags: str = declared.get("tags", "")
        self.status: str = declared.get("status", "")
        self.states: dict[str, list[Any]] = declared.get("states", {})
        self.operations: Document = declared.get("operations", {})
        self.defaults: Document = declared.get("defaults", {})
        self.errors: dict[str, list[str]] = declared.get("errors", {})
        self.filters: dict[str, str] = declared.get("filters", {})
        self.index: list[str] = declared.get("index", [])
        self.names: list[str] = declared.get("names", [])
        self.keys: list[str] = declared.get("keys", [])
        self.makes: dict[str, str] = declared.get("makes", {})
        self.unique: str = declared.get("unique", "")
        self.sets: dict[str, str] = declared.get("sets", {})
        self.views: dict[str, dict[str, str | None]] = declared.get("views", {})
        self.inherits: dict[str, str] = declared.get("inherits", {})
        self.children: list[str] = declared.get("children", [])
        self.holders: list[list[str]] = declared.get("holders", [])
        self.sealed: frozenset[str] = frozenset(declared.get("sealed", ()))
        self.origin: str = declared.get("origin", "")

    @property
    def parents(self) -> list[str]:
        """The names of the types that this one stands within, the outermost first."""
        return list(self.within)

    @property
    def parent(self) -> str | None:
        """The name of the type that this one stands within."""
        return next(iter(self.within), None)


@cache
def kind(service: str, name: str) -> Kind:
    """The resource type `name` of `service`; KeyError where the service has none of that name."""
    declared = models.service(service).kind(name)
    if declared is None:
        raise KeyError(f"{service}.{name}")
    return Kind(service, name, declared)


def of(service: str) -> Iterator[Kind]:
    """All resource types of a service."""
    for name in models.service(service).kind_names:
        yield kind(service, name)
