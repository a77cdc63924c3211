"""Patterns and the documents that they let through, after the EventBridge User Guide's comparison operators."""

from typing import Any

import pytest

from fakeaws.core.content_filters import fits

EVENT: dict[str, Any] = {
    "source": "shop",
    "detail": {"state": "paid", "total": 42, "ip": "10.0.0.7", "tags": ["new", "big"], "note": None, "file": "a.PNG"},
}


@pytest.mark.parametrize(
    ("asked", "fitting"),
    [
        ({"state": ["paid", "open"]}, True),
        ({"state": ["open"]}, False),
        ({"total": [42.0]}, True),
        ({"total": ["42"]}, False),
        ({"tags": ["big"]}, True),
        ({"note": [None]}, True),
        ({"state": [{"prefix": "pa"}], "file": [{"suffix": ".PNG"}]}, True),
        ({"file": [{"suffix": {"equals-ignore-case": ".png"}}]}, True),
        ({"file": [{"equals-ignore-case": "A.png"}]}, True),
        ({"file": [{"wildcard": "a.*G"}]}, True),
        ({"file": [{"wildcard": "*.gif"}]}, False),
        ({"state": [{"anything-but": ["open", "lost"]}]}, True),
        ({"state": [{"anything-but": {"prefix": "pa"}}]}, False),
        ({"state": [{"anything-but": {"suffix": ["x", "id"]}}]}, False),
        ({"total": [{"numeric": [">", 40, "<=", 42]}]}, True),
        ({"total": [{"numeric": ["=", 41]}]}, False),
        ({"state": [{"numeric": ["=", 41]}]}, False),
        ({"ip": [{"cidr": "10.0.0.0/24"}]}, True),
        ({"state": [{"cidr": "10.0.0.0/24"}]}, False),
        ({"missing": [{"exists": False}]}, True),
        ({"state": [{"exists": False}]}, False),
        ({"$or": [{"state": ["open"]}, {"total": [{"numeric": [">", 1]}]}]}, True),
    ],
)
def test_what_fits(asked: dict[str, Any], fitting: bool) -> None:
    assert fits({"source": ["shop"], "detail": asked}, EVENT) is fitting
