"""Lifecycle rules as they are put: what S3 takes, and in which words it refuses the rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.s3.base import stored

Document = dict[str, Any]
DAY = 86400
ACTIONS = (
    "Expiration",
    "NoncurrentVersionExpiration",
    "Transitions",
    "NoncurrentVersionTransitions",
    "AbortIncompleteMultipartUpload",
)
INFREQUENT = ("STANDARD_IA", "ONEZONE_IA")
LEAST = 30
"""Days before an object may go to a class for infrequent access, and for which it stays there."""


def checked(call: Call, rule: Document) -> Document:
    """A rule in its newer form, with an id; AwsError where it is none."""
    for old, new in (("Transition", "Transitions"), ("NoncurrentVersionTransition", "NoncurrentVersionTransitions")):
        if old in rule:
            rule[new] = [rule.pop(old)]
    if rule.get("Status") not in ("Enabled", "Disabled") or ("Filter" in rule) == ("Prefix" in rule):
        raise stored.malformed()
    if not any(rule.get(action) for action in ACTIONS):
        raise _refused("At least one action needs to be specified in a rule")
    _check_filter(rule, rule.get("Filter", {}))
    for action in [rule.get("Expiration", {}), *rule.get("Transitions", ())]:
        _check_when(action)
    _check_numbers(rule)
    _check_moves(rule)
    rule["ID"] = rule.get("ID") or call.make("{uuid}")
    if len(rule["ID"]) > 255:
        raise stored.invalid("ID length should not exceed allowed limit of 255", "ID", rule["ID"])
    return rule


def _refused(text: str) -> AwsError:
    return AwsError("InvalidRequest", text, status=400)


def _wrong(text: str) -> AwsError:
    return AwsError("InvalidArgument", text, status=400)


def _check_filter(rule: Document, given: Document) -> None:
    """Markers and uploads have neither tags nor a size that a filter could go by."""
    both = given.get("And", given)
    parts = len(both.get("Tags", ())) + sum(1 for name in both if name != "Tags")
    if len(given) > 1 or ("And" in given and parts < 2):
        raise stored.malformed()
    tags = [tag["Key"] for tag in both.get("Tags", ())]
    if len(set(tags)) != len(tags):
        raise _refused("Duplicate Tag Keys are not allowed.")
    if both.get("ObjectSizeGreaterThan", -1) >= both.get("ObjectSizeLessThan", 1 << 62):
        raise _refused("'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.")
    for action, is_there in _without_content(rule):
        if is_there and ("Tag" in both or tags):
            raise _refused(f"{action} cannot be specified with Tags.")
        if is_there and any(name.startswith("ObjectSize") for name in both):
            raise _refused(f"{action} cannot be specified with Object Size.")


def _without_content(rule: Document) -> Iterator[tuple[str, bool]]:
    yield "ExpiredObjectDeleteMarker", "ExpiredObjectDeleteMarker" in rule.get("Expiration", {})
    yield "AbortIncompleteMultipartUpload", "AbortIncompleteMultipartUpload" in rule


def _check_when(action: Document) -> None:
    if not action:
        return
    if len([name for name in ("Date", "Days", "ExpiredObjectDeleteMarker") if name in action]) != 1:
        raise stored.malformed()
    is_move = "StorageClass" in action
    days = action.get("Days")
    if days is not None and (days < 0 or (days == 0 and not is_move)):
        raise _wrong(f"'Days' for {'Transition' if is_move else 'Expiration'} action must be a positive integer")
    date = action.get("Date")
    if date is not None and date % DAY:
        shown = datetime.fromtimestamp(date, UTC).isoformat().replace("+00:00", "Z")
        raise stored.invalid("'Date' must be at midnight GMT", "Date", shown)


def _check_numbers(rule: Document) -> None:
    given = rule.get("AbortIncompleteMultipartUpload", {})
    if "AbortIncompleteMultipartUpload" in rule and given.get("DaysAfterInitiation", 0) < 1:
        raise _wrong("'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer")
    older = rule.get("NoncurrentVersionExpiration")
    if older is not None and "NoncurrentDays" not in older:
        raise stored.malformed()
    if older is not None and older["NoncurrentDays"] < 1:
        raise _wrong("'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer")


def _check_moves(rule: Document) -> None:
    """Each class once, no sooner than S3 allows, and all before the object expires."""
    shown = f"filter '{_shown(rule)}'"
    for member, days, name in (
        ("Transitions", "Days", "Transition"),
        ("NoncurrentVersionTransitions", "NoncurrentDays", "NoncurrentVersionTransition"),
    ):
        moves = rule.get(member, ())
        classes = [move["StorageClass"] for move in moves]
        if len(set(classes)) != len(classes):
            raise _refused(f"'StorageClass' must be different for '{name}' actions in same 'Rule' with {shown}")
        for move in moves:
            if move["StorageClass"] in INFREQUENT and move.get(days, LEAST) < LEAST:
                raise _wrong(
                    f"'{days}' in {name} action must be greater than or equal to {LEAST} for storageClass"
                    f" '{move['StorageClass']}'"
                )
        _check_stays(sorted(moves, key=lambda move: move.get(days, 0)), days, name, shown)
    _check_order(rule, shown)


def _check_stays(moves: list[Document], days: str, name: str, shown: str) -> None:
    for one, other in pairwise(moves):
        if one["StorageClass"] in INFREQUENT and days in other and other[days] < one.get(days, 0) + LEAST:
            raise _wrong(
                f"'{days}' in the '{name}' action for StorageClass '{other['StorageClass']}' for {shown} must be"
                f" {LEAST} days more than '{days}' in the '{name}' action for StorageClass '{one['StorageClass']}'"
            )


def _check_order(rule: Document, shown: str) -> None:
    dated = [action for action in (rule.get("Expiration"), *rule.get("Transitions", ())) if action]
    if len({name for action in dated for name in ("Date", "Days") if name in action}) > 1:
        text = f"Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for {shown}"
        raise _refused(text)
    end = rule.get("Expiration", {}).get("Days")
    if end is not None and any(move.get("Days", 0) >= end for move in rule.get("Transitions", ())):
        raise _wrong(
            f"'Days' in the Expiration action for {shown} must be greater than 'Days' in the Transition action"
        )


def _shown(rule: Document) -> str:
    """A filter as S3's messages have it."""
    given = rule.get("Filter", {})
    both = given.get("And", given)
    parts = [f"prefix={both.get('Prefix', rule.get('Prefix', ''))}"]
    tags = [*both.get("Tags", ()), *([both["Tag"]] if "Tag" in both else [])]
    parts += [f"tag: key={tag['Key']}, value={tag['Value']}" for tag in tags]
    return f"({' and '.join(parts)})"
