"""What makes an alarm: values over a threshold in enough of its periods, or the states of other alarms."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]
Window = list[tuple[int, float | None]]
"""The periods that are looked at, each with its start and what was measured in it."""
Token = tuple[str, str, str]
IsIn = Callable[[str, str], bool]
"""Whether an alarm is in a state: (state, name of the alarm) → bool."""
BREACHES: dict[str, tuple[str, Callable[[float, float], bool]]] = {
    "GreaterThanThreshold": ("greater than", lambda value, limit: value > limit),
    "GreaterThanOrEqualToThreshold": ("greater than or equal to", lambda value, limit: value >= limit),
    "LessThanThreshold": ("less than", lambda value, limit: value < limit),
    "LessThanOrEqualToThreshold": ("less than or equal to", lambda value, limit: value <= limit),
}


def judged(alarm: Document, window: Window) -> tuple[str, str]:
    """The state of an alarm and its reason. Periods without data count as the alarm says; as `missing`, those with data
    decide alone."""
    treated, needed = alarm.get("TreatMissingData", "missing"), alarm.get("DatapointsToAlarm", len(window))
    breaches = BREACHES[alarm["ComparisonOperator"]][1]
    seen = [(start, value) for start, value in window if value is not None]
    over = [one for one in seen if breaches(one[1], alarm["Threshold"])]
    absent = len(window) - len(seen)
    if not seen and treated == "ignore":
        return alarm["StateValue"], alarm["StateReason"]
    if not seen and treated == "missing":
        unseen = "datapoint was" if absent == 1 else "datapoints were"
        return "INSUFFICIENT_DATA", f"Insufficient Data: {absent} {unseen} unknown."
    count = len(over) + (absent if treated == "breaching" else 0)
    alone = treated == "missing" and bool(over) and len(over) == len(seen)
    state = "ALARM" if count >= needed or alone else "OK"
    text = over if state == "ALARM" else [one for one in seen if one not in over]
    return state, _reason(alarm, state, text, len(window), needed) if text else _unseen(absent, treated)


def _reason(alarm: Document, state: str, message: list[tuple[int, float]], size: int, needed: int) -> str:
    words, is_alarm = BREACHES[alarm["ComparisonOperator"]][0], state == "ALARM"
    data = ", ".join(f"{value} ({_moment(start)})" for start, value in reversed(message))
    verb = ("was" if len(message) == 1 else "were") + ("" if is_alarm else " not")
    turn = "OK -> ALARM" if is_alarm else "ALARM -> OK"
    least = f"minimum {needed} datapoint{'s' * (needed > 1)} for {turn} transition"
    text = f"Threshold Crossed: {len(message)} out of the last {size} datapoints [{data}] {verb} {words}"
    return f"{text} the threshold ({float(alarm['Threshold'])}) ({least})."


def _unseen(absent: int, treated: str) -> str:
    several = absent > 1
    kind = "Breaching" if treated == "breaching" else "NonBreaching"
    periods = f"{absent} period{'s' * several}"
    points = f"{absent} missing datapoint{'s were' if several else ' was'}"
    return f"Threshold Crossed: no datapoints were received for {periods} and {points} treated as [{kind}]."


def _moment(start: int) -> str:
    return datetime.fromtimestamp(start, UTC).strftime("%d/%m/%y %H:%M:%S")


# Rules over other alarms


_TOKEN = re.compile(
    r"""\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*+["']?([^"')]++)["']?\s*\)|(AND|OR|NOT|TRUE|FALSE|\(|\)))"""
)


def _tokens(rule: str) -> list[Token]:
    found: list[Token] = []
    place = 0
    while rule[place:].strip():
        match = _TOKEN.match(rule, place)
        if match is None:
            raise _wrong(rule)
        found.append((match[1] or "", (match[2] or "").rstrip(), match[3] or ""))
        place = match.end()
    return found


def _wrong(rule: str) -> AwsError:
    return AwsError("ValidationError", f"AlarmRule must be a valid expression: {rule}")


def children(rule: str) -> list[str]:
    """The names of the alarms that a rule mentions."""
    return [name.rsplit(":alarm:", 1)[-1] for state, name, _ in _tokens(rule) if state]


def holds(rule: str, is_in: IsIn) -> bool:
    """Whether a rule holds: `ALARM("a") AND NOT (OK("b") OR FALSE)`; ValidationError where it is none."""
    tokens = _tokens(rule)
    value = _either(tokens, is_in)
    if tokens:
        raise _wrong(rule)
    return value


def _either(tokens: list[Token], is_in: IsIn) -> bool:
    value = _both(tokens, is_in)
    while tokens and tokens[0][2] == "OR":
        tokens.pop(0)
        value = _both(tokens, is_in) or value
    return value


def _both(tokens: list[Token], is_in: IsIn) -> bool:
    value = _one(tokens, is_in)
    while tokens and tokens[0][2] == "AND":
        tokens.pop(0)
        value = _one(tokens, is_in) and value
    return value


def _one(tokens: list[Token], is_in: IsIn) -> bool:
    state, name, word = tokens.pop(0) if tokens else ("", "", "")
    if state:
        return is_in(state, name)
    if word == "NOT":
        return not _one(tokens, is_in)
    if word == "(":
        value = _either(tokens, is_in)
        if not tokens or tokens.pop(0)[2] != ")":
            raise _wrong("(")
        return value
    if word in ("TRUE", "FALSE"):
        return word == "TRUE"
    raise _wrong(word)
