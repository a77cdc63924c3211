"""Schedule expressions: `rate(5 minutes)`, `cron(0 12 ? * MON-FRI *)`, `at(2026-12-01T08:00:00)`.

The forms of Amazon EventBridge (EventBridge Scheduler User Guide, "Schedule types"), which other services share.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))
FAR = 366 * 30
"""Days after which a date that has not come is taken never to come."""


def next_after(expression: str, moment: float, start: float = 0.0, zone: tzinfo = UTC) -> float | None:
    """The first time after `moment` (epoch seconds), None where there is none; `start` is when a rate began to count.

    ValueError for an expression that is none.
    """
    kind, _, inside = expression.partition("(")
    if not inside.endswith(")") or kind not in ("rate", "cron", "at"):
        raise ValueError(expression)
    inside = inside[:-1].strip()
    if kind == "rate":
        period = _period(inside)
        return start + period * (int(max(0.0, moment - start) // period) + 1)
    if kind == "at":
        due = datetime.fromisoformat(inside).replace(tzinfo=zone).timestamp()
        return due if due > moment else None
    return _next_of_cron(_Cron(inside), datetime.fromtimestamp(moment, zone))


def _period(text: str) -> int:
    found = re.fullmatch(r"([1-9]\d*) (minute|hour|day)(s?)", text)
    if found is None or (found[1] == "1") is bool(found[3]):
        raise ValueError(text)
    return int(found[1]) * SECONDS[found[2]]


class _Cron:
    """The six fields: minutes, hours, day of the month, month, day of the week, year."""

    def __init__(self, text: str) -> None:
        fields = text.upper().split()
        if len(fields) != 6 or (fields[2] == "?") is (fields[4] == "?"):
            raise ValueError(text)
        self.minutes, self.hours = _numbers(fields[0], 0), _numbers(fields[1], 1)
        self.months, self.years = _numbers(fields[3], 3, MONTHS), _numbers(fields[5], 5)
        self.has_day = _week_days(fields[4]) if fields[2] == "?" else _month_days(fields[2])

    def has(self, day: date) -> bool:
        return day.year in self.years and day.month in self.months and self.has_day(day)


def _month_days(field: str) -> Callable[[date], bool]:
    """`L` is the last day, `L-3` the third before it, `15W` the weekday nearest to the 15th, `LW` the last weekday."""
    if field == "LW":
        return lambda day: day.day == _nearest_weekday(day, _last(day))
    if re.fullmatch(r"\d+W", field):
        return lambda day: day.day == _nearest_weekday(day, int(field[:-1]))
    if re.fullmatch(r"L(-\d+)?", field):
        return lambda day: day.day == _last(day) + int(field[1:] or "0")
    numbers = _numbers(field, 2)
    return lambda day: day.day in numbers


def _week_days(field: str) -> Callable[[date], bool]:
    """`L` is Saturday, `6L` the last Friday of the month, `3#2` its second Tuesday."""
    found = re.fullmatch(r"([1-7]|[A-Z]{3})(L|#([1-5]))", field)
    if found is None:
        numbers = {7} if field == "L" else _numbers(field, 4, DAYS)
        return lambda day: _week_day(day) in numbers
    [wanted] = _numbers(found[1], 4, DAYS)
    if found[3]:
        return lambda day: _week_day(day) == wanted and (day.day + 6) // 7 == int(found[3])
    return lambda day: _week_day(day) == wanted and day.day + 7 > _last(day)


def _week_day(day: date) -> int:
    return day.isoweekday() % 7 + 1


def _last(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _nearest_weekday(month: date, wanted: int) -> int:
    """The weekday nearest to a day of a month, without leaving the month."""
    last = _last(month)
    day = min(wanted, last)
    week_day = date(month.year, month.month, day).isoweekday()
    if week_day == 6:
        return day - 1 if day > 1 else day + 2
    if week_day == 7:
        return day + 1 if day < last else day - 2
    return day


def _numbers(field: str, place: int, names: dict[str, int] | None = None) -> set[int]:
    """The numbers that a field names: lists of numbers, ranges and steps."""
    first, last = RANGES[place]
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        low, _, high = span.partition("-")
        start = first if low == "*" else _number(low, names)
        end = _number(high, names) if high else last if low == "*" or step else start
        if not first <= start <= end <= last:
            raise ValueError(field)
        found.update(range(start, end + 1, _number(step) if step else 1))
    return found


def _number(text: str, names: dict[str, int] | None = None) -> int:
    return names[text] if names and text in names else int(text)


def _next_of_cron(cron: _Cron, moment: datetime) -> float | None:
    times = [time(hour, minute) for hour in sorted(cron.hours) for minute in sorted(cron.minutes)]
    for days in range(FAR):
        day = moment.date() + timedelta(days)
        if cron.has(day):
            for each in times:
                due = datetime.combine(day, each, moment.tzinfo)
                if due > moment:
                    return due.timestamp()
    return None
