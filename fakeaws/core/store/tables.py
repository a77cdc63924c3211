"""Resources, and where they stand in the table of their type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

Document = dict[str, Any]
Scope = tuple[str, str]
"""(account, region); the region is empty for resources that AWS keeps globally."""
Position = tuple[str, str]
"""(parent, key): where a resource stands in the order of its table."""


class Resource(dict[str, Any]):
    """A stored document and where it stands."""

    __slots__ = ("key", "parent", "scope")

    def __init__(self, document: Document, scope: Scope, parent: str, key: str) -> None:
        super().__init__(document)
        self.scope = scope
        self.parent = parent
        self.key = key

    @property
    def path(self) -> str:
        """What its children have as parent."""
        return f"{self.parent}/{self.key}" if self.parent else self.key


def values_at(document: Any, path: Iterable[str]) -> Iterator[Any]:
    """The scalars at a dotted path; lists on the way stand for each of their items."""
    found = [document]
    for step in path:
        found = [item[step] for each in found for item in _each(each) if isinstance(item, dict) and step in item]
    for each in found:
        for item in _each(each):
            if item is not None and not isinstance(item, (dict, list)):
                yield item


def _each(found: Any) -> Iterable[Any]:
    return found if isinstance(found, list) else (found,)
