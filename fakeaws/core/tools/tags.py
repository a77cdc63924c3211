"""Tags, in whichever of its forms a service keeps them: a list of keys and values, or a map.

The keys of a list's items are spelled as the service spells them: Key and Value, key and value, TagKey and TagValue, …
"""

from __future__ import annotations

from typing import Any, Protocol

Document = dict[str, Any]
SPELLINGS = (("Key", "Value"), ("key", "value"), ("TagKey", "TagValue"), ("tagKey", "tagValue"))


class Tagged(Protocol):
    """A type of resources."""

    @property
    def tags(self) -> str:
        """The path of its tags; empty where it has none."""


def read(kind: Tagged, resource: Document) -> dict[str, str]:
    """The tags of a resource, by key."""
    return as_map(at(resource, kind.tags)) if kind.tags else {}


def at(document: Document, path: str) -> Any:
    """The member at a dotted path, or None."""
    found: Any = document
    for step in path.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(step)
    return found


def as_map(tags: Any) -> dict[str, str]:
    """Tags in any form as a map, in their order."""
    if isinstance(tags, dict):
        return {str(key): "" if value is None else str(value) for key, value in tags.items()}
    found: dict[str, str] = {}
    for tag in tags if isinstance(tags, (list, tuple)) else ():
        for key, value in SPELLINGS:
            if isinstance(tag, dict) and key in tag:
                found[str(tag[key])] = str(tag.get(value) or "")
    return found


def as_list(tags: dict[str, str], spelling: tuple[str, str]) -> list[Document]:
    """Tags as a list of items that spell their members so."""
    key, value = spelling
    return [{key: name, value: text} for name, text in tags.items()]


def spelling(tags: list[Document]) -> tuple[str, str]:
    """How the items of a list of tags spell their key and value."""
    return next((pair for pair in SPELLINGS if tags and pair[0] in tags[0]), SPELLINGS[0])
