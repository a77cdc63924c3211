"""The tags that a call brings, whatever its service calls them: for what it makes or tags, or to be taken away."""

from __future__ import annotations

import re
from typing import Any

from fakeaws.core.tools import tags

Document = dict[str, Any]
HOLDERS = re.compile(r"(?!remove|exclude|copy)\w*tag(s|ging|list|set|slist)", re.IGNORECASE)
"""`Tags`, `tags`, `TagList`, `UserPoolTags`, `ResourceTags`, `AddTags`, `Tagging`, …"""
KEYS = re.compile(r"\w*(tagkeys|tagkeylist|removetags?)", re.IGNORECASE)
"""`TagKeys`, `tagKeys`, `ResourceTagKeys`, `TagKeyList`, `RemoveTagKeys`: keys alone, of operations that take away."""


def request_tags(params: Document, resource: str = "") -> dict[str, str]:
    """The tags that a call brings, by key; with the ARN of a resource only those for its type, where the call says what
    tags which type gets."""
    found: dict[str, str] = {}
    for member, value in params.items():
        if HOLDERS.fullmatch(member):
            found |= _as_map(value)
    kind = resource.rpartition(":")[2].partition("/")[0]
    for each in specifications(params):
        if resource and each.get("ResourceType", kind) != kind:
            continue
        found |= tags.as_map(each.get("Tags") or each.get("tags"))
    return found


def specifications(params: Document) -> list[Document]:
    """What a request to Amazon EC2 says of tags: for a type of what the call makes each."""
    given = params.get("TagSpecifications")
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []


def tag_keys(params: Document, resource: str = "") -> list[str]:
    """The keys of the tags that a call brings or takes away."""
    taken = (value for member, value in params.items() if KEYS.fullmatch(member) and isinstance(value, list))
    return [*request_tags(params, resource), *(key for keys in taken for key in keys if isinstance(key, str))]


def _as_map(value: Any) -> dict[str, str]:
    """Tags as a list, a map, a structure with a list in it (Amazon CloudFront, S3), or a query string (S3)."""
    if isinstance(value, str):
        from urllib.parse import parse_qsl

        return dict(parse_qsl(value, keep_blank_values=True))
    if isinstance(value, dict):
        listed = value.get("Items", value.get("TagSet"))
        if isinstance(listed, list):
            return tags.as_map(listed)
        return tags.as_map({key: text for key, text in value.items() if text is None or isinstance(text, str)})
    return tags.as_map(value) if isinstance(value, list) else {}
