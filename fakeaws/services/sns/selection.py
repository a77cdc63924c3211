"""Filter policies: which messages a subscription gets, by their attributes or by what their JSON says."""

from __future__ import annotations

import json
from typing import Any

from fakeaws.core.content_filters import fits

Document = dict[str, Any]


def is_wanted(subscription: Document, message: str, attributes: Document) -> bool:
    """Whether a subscription's filter policy lets a message through."""
    text = subscription.get("FilterPolicy")
    if not text:
        return True
    policy = json.loads(text)
    if subscription.get("FilterPolicyScope") == "MessageBody":
        try:
            body = json.loads(message)
        except ValueError:
            return False
        return isinstance(body, dict) and fits(policy, body)
    return fits(policy, {name: _value(one) for name, one in attributes.items()})


def _value(attribute: Document) -> Any:
    kind, text = attribute["DataType"], attribute.get("StringValue", "")
    if kind.startswith("Number"):
        return float(text)
    if kind == "String.Array":
        return json.loads(text)
    return text
