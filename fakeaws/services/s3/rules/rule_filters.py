"""Rules that are for some of a bucket's keys: those of lifecycle and of replication."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def fits(rule: Document, key: str, tags: Document, size: int = 0) -> bool:
    """Whether a rule is for an object: by prefix, tags and size, alone or together, or by a prefix of its own."""
    given: Document = rule.get("Filter") or {}
    both: Document = given.get("And", given)
    wanted = [*both.get("Tags", ()), *([both["Tag"]] if "Tag" in both else [])]
    return (
        key.startswith(rule.get("Prefix") or both.get("Prefix") or "")
        and all(tags.get(tag["Key"]) == tag["Value"] for tag in wanted)
        and both.get("ObjectSizeGreaterThan", -1) < size < both.get("ObjectSizeLessThan", 1 << 62)
    )
