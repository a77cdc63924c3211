"""Event patterns: what is refused as none, and which events they let through."""

from __future__ import annotations

import json
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.event_pattern_checks import Unacceptable, check
from fakeaws.core.tools.event_patterns import fits

Document = dict[str, Any]


def parsed(text: str) -> Document:
    """A pattern from its JSON; InvalidEventPatternException where it is none."""
    try:
        pattern = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _invalid(f"Unrecognized token in the JSON: {error}") from error
    if not isinstance(pattern, dict):
        raise _invalid(f'Filter is not an object\\n at [Source: (String)"{text}"; line: 1, column: 2]')
    try:
        check(pattern)
    except Unacceptable as error:
        raise _invalid(str(error)) from error
    return pattern


def _invalid(reason: str) -> AwsError:
    return AwsError("InvalidEventPatternException", f"Event pattern is not valid. Reason: {reason}")


def test_event_pattern(call: Call) -> Document:
    pattern = parsed(call["EventPattern"])
    try:
        event = json.loads(call["Event"])
    except ValueError as error:
        raise AwsError("ValidationException", "Parameter Event is not valid.") from error
    needed = ("id", "account", "source", "time", "region", "resources", "detail-type")
    if not isinstance(event, dict) or any(name not in event for name in needed):
        raise AwsError("ValidationException", "Parameter Event is not valid.")
    return {"Result": fits(pattern, event)}
