"""Filter policies: which messages a subscription gets, by their attributes or by what their JSON says."""

from __future__ import annotations

import json
from typing import Any

from fakeaws.core.tools import event_pattern_checks
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.event_patterns import is_choice

Document = dict[str, Any]
MOST_KEYS = 5
MOST_COMBINATIONS = 150


def check(text: str, scope: str | None, place: str = "") -> None:
    """Refuse a filter policy that is none, or that is too complex.

    https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
    """
    policy: Document = json.loads(text or "{}")
    if scope != "MessageBody" and any(isinstance(wanted, dict) for wanted in policy.values()):
        reason = "Filter policy scope MessageAttributes does not support nested filter policy"
        raise AwsError("InvalidParameter", f"Invalid parameter: {reason}")
    try:
        event_pattern_checks.check(policy)
    except event_pattern_checks.Unacceptable as error:
        raise AwsError("InvalidParameter", f"Invalid parameter: {place}FilterPolicy: {error}") from error
    if len(policy) > MOST_KEYS:
        reason = f"Filter policy can not have more than {MOST_KEYS} keys"
        raise AwsError("InvalidParameter", f"Invalid parameter: {place}FilterPolicy: {reason}")
    if _combinations(policy) > MOST_COMBINATIONS:
        raise AwsError("InvalidParameter", f"Invalid parameter: {place}FilterPolicy: Filter policy is too complex")


def _combinations(policy: Document, level: int = 1) -> int:
    """The numbers of values, each with the level that it stands at, multiplied; alternatives are added up."""
    product = 1
    for name, wanted in policy.items():
        if is_choice(name, wanted):
            product *= sum(_combinations(one, level) for one in wanted)
        elif isinstance(wanted, dict):
            product *= _combinations(wanted, level + 1)
        else:
            product *= len(wanted) * level
    return product


def is_wanted(subscription: Document, message: str, attributes: Document) -> bool:
    """Whether a subscription's filter policy lets a message through."""
    text = subscription.get("FilterPolicy")
    if not text:
        return True
    policy = json.loads(text)
    if subscription.get("FilterPolicyScope") == "MessageBody":
        try:
            body = json.loads(message)
        except (ValueError, RecursionError):
            return False
        return isinstance(body, dict) and event_pattern_checks.lets_through(policy, body)
    return event_pattern_checks.lets_through(policy, {name: _value(one) for name, one in attributes.items()})


def _value(attribute: Document) -> Any:
    kind, text = attribute["DataType"], attribute.get("StringValue", "")
    if kind.startswith("Number"):
        return float(text)
    if kind == "String.Array":
        return json.loads(text)
    return text
