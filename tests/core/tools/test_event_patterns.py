"""Patterns and the documents that they let through, after the EventBridge User Guide's comparison operators."""

from typing import Any

import pytest

from fakeaws.core.tools.event_pattern_checks import Unacceptable, check, lets_through
from fakeaws.core.tools.event_patterns import fits

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
        ({"$or": [{"state": ["open"]}, {"total": [{"numeric": [">", 42]}]}]}, False),
        ({"total": [{"numeric": [">", 42]}, {"numeric": [">=", 40, "<", 42]}]}, False),
        ({"total": [{"numeric": ["<", 1]}, {"numeric": [">=", 42]}]}, True),
        ({"total": [{"numeric": [">", 0, "<", 9]}, {"numeric": [">", 50, "<", 40]}, {"numeric": [">", 41]}]}, True),
        ({"total": [{"numeric": [">", 0, "<", 9]}, {"numeric": [">", 50, "<", 40]}, {"numeric": [">", 43]}]}, False),
        ({"ip": [{"cidr": "10.1.0.0/16"}, {"cidr": "2001:db8::/32"}, {"cidr": "10.0.0.4/30"}]}, True),
        ({"ip": [{"cidr": "10.0.0.0/30"}, {"cidr": "::/0"}]}, False),
        ({"state": [{"prefix": "x"}, {"prefix": {"equals-ignore-case": "PA"}}]}, True),
        ({"state": [{"anything-but": {"prefix": ["pa", "x"]}}, {"anything-but": "paid"}]}, False),
        ({"state": [{"anything-but": {"prefix": ["pa", "x"]}}, {"anything-but": "open"}]}, True),
        ({"state": [{"anything-but": {"wildcard": ["x*", "p*d"]}}]}, False),
        ({"missing": {"inner": [{"exists": False}]}}, True),
        ({"missing": {"inner": [{"exists": True}]}}, False),
        ({"$or": ["x"]}, False),
    ],
)
def test_what_fits(asked: dict[str, Any], fitting: bool) -> None:
    assert fits({"source": ["shop"], "detail": asked}, EVENT) is fitting


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"prefix": {"equals-ignore-case": "x"}}, None),
        ({"anything-but": {"prefix": ["a", "b"]}}, None),
        ({"anything-but": {"suffix": ["a", "b"]}}, None),
        ({"anything-but": {"equals-ignore-case": ["a", "b"]}}, None),
        ({"anything-but": {"wildcard": ["*a", "b*"]}}, None),
        ({"anything-but": {"prefix": {"equals-ignore-case": "a"}}}, None),
        ({"prefix": ["a"]}, "prefix match pattern must be a string"),
        ({"prefix": {"like": "a"}}, "Unsupported prefix pattern: like"),
        ({"prefix": {"equals-ignore-case": 1}}, "prefix match pattern must be a string"),
        ({"anything-but": {"exists": True}}, "Unsupported anything-but pattern: exists"),
        ({"anything-but": {"numeric": ["=", 1]}}, "Unsupported anything-but pattern: numeric"),
        ({"anything-but": {"prefix": []}}, "Empty arrays are not allowed"),
        ({"anything-but": {"wildcard": ["a**"]}}, "Consecutive wildcard characters at pos 1"),
        ({"numeric": []}, "Invalid member in numeric match: ]"),
        (["a"], "Match value must be String, number, true, false, or null"),
    ],
)
def test_a_rule_is_refused_when_it_is_set_or_works(rule: Any, reason: str | None) -> None:
    pattern = {"a": [rule]}
    if reason is None:
        check(pattern)
        assert [fits(pattern, {"a": value}) for value in (None, 1, True, [], {}, "x")]
        return
    with pytest.raises(Unacceptable) as refusal:
        check(pattern)
    assert str(refusal.value) == reason
    assert not lets_through(pattern, {"a": "b"})


@pytest.mark.parametrize(
    ("pattern", "fitting", "other"),
    [
        ({"$or": {"a": ["x"]}}, {"$or": {"a": "x"}}, {"a": "x"}),
        ({"$or": ["x"]}, {"$or": "x"}, {"x": "x"}),
        ({"$or": [{"prefix": "x"}, {"suffix": "y"}]}, {"$or": "xa"}, {"prefix": "x"}),
        ({"$or": [{"a": ["x"]}, {"b": ["x"]}]}, {"b": "x"}, {"$or": "x"}),
    ],
)
def test_or_is_a_choice_where_it_has_several_patterns_and_else_a_name(
    pattern: dict[str, Any], fitting: dict[str, Any], other: dict[str, Any]
) -> None:
    assert lets_through(pattern, fitting)
    assert not lets_through(pattern, other)


def test_what_holds_members_does_not_exist_itself() -> None:
    assert fits({"detail": {"ip": [{"exists": False}]}}, {"detail": {"ip": {"v4": "10.0.0.7"}}})
    assert not fits({"detail": {"ip": [{"exists": True}]}}, {"detail": {"ip": {"v4": "10.0.0.7"}}})
