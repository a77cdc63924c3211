"""When schedule expressions come due: the examples of the EventBridge Scheduler User Guide, and what is none."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from fakeaws.core.tools.timetable import next_after

SATURDAY = datetime(2026, 11, 28, 16, 0, 30, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("expression", "due"),
    [
        ("rate(1 hour)", "2026-11-28T17:00:00"),
        ("rate(5 minutes)", "2026-11-28T16:05:00"),
        ("at(2027-01-01T00:00:00)", "2027-01-01T00:00:00"),
        ("cron(0 12 * * ? *)", "2026-11-29T12:00:00"),
        ("cron(0/15 * * * ? *)", "2026-11-28T16:15:00"),
        ("cron(0,30 8-10 * * ? *)", "2026-11-29T08:00:00"),
        ("cron(0 18 ? * MON-FRI *)", "2026-11-30T18:00:00"),
        ("cron(0 8 1 * ? *)", "2026-12-01T08:00:00"),
        ("cron(0 10 L * ? *)", "2026-11-30T10:00:00"),
        ("cron(0 10 L-3 DEC ? *)", "2026-12-28T10:00:00"),
        ("cron(0 10 15W * ? 2027)", "2027-01-15T10:00:00"),
        ("cron(0 10 1W AUG ? 2027)", "2027-08-02T10:00:00"),
        ("cron(0 10 LW JAN ? 2027)", "2027-01-29T10:00:00"),
        ("cron(0 10 ? * 6L *)", "2026-12-25T10:00:00"),
        ("cron(0 10 ? * 3#2 *)", "2026-12-08T10:00:00"),
        ("cron(0 10 ? * L *)", "2026-12-05T10:00:00"),
    ],
)
def test_the_next_time(expression: str, due: str) -> None:
    found = next_after(expression, SATURDAY, SATURDAY - 30)
    assert found is not None
    assert datetime.fromtimestamp(found, UTC).strftime("%Y-%m-%dT%H:%M:%S") == due


def test_what_never_comes() -> None:
    assert next_after("cron(0 0 31 2 ? *)", SATURDAY) is None
    assert next_after("at(2020-01-01T00:00:00)", SATURDAY) is None


def test_a_zone_has_times_of_its_own() -> None:
    there = next_after("cron(0 9 1 7 ? 2027)", SATURDAY, zone=ZoneInfo("Europe/Berlin"))
    assert there == datetime(2027, 7, 1, 7, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    "expression",
    [
        "rate(1 minutes)",
        "rate(2 minute)",
        "rate(0 minutes)",
        "rate(5)",
        "cron(0 12 * * * *)",
        "cron(0 12 ? * ? *)",
        "cron(0 12 * * ?)",
        "cron(60 0 * * ? *)",
        "cron(0 0 ? * FOO *)",
        "at(noon)",
        "every day",
    ],
)
def test_what_is_no_schedule(expression: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        next_after(expression, SATURDAY)
