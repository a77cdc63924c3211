"""The shorthand syntax, and how texts are made to fit a shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fakeaws.cli.arguments.schema import shape_of
from fakeaws.cli.arguments.shorthand import ShorthandError, fit, parse
from tests.cli.lines import failure, params


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("a=b", {"a": "b"}),
        ("a=b,c=d", {"a": "b", "c": "d"}),
        ("a=b,c", {"a": ["b", "c"]}),
        ("a=b,c,d=e", {"a": ["b", "c"], "d": "e"}),
        ("a=b\\,c", {"a": "b,c"}),
        ("a='b,c'", {"a": "b,c"}),
        ('a="b,c",d=e', {"a": "b,c", "d": "e"}),
        ("a='it\\'s'", {"a": "it's"}),
        ("a='b\\'", {"a": "b\\"}),
        ("a=", {"a": ""}),
        ("a=[b,c]", {"a": ["b", "c"]}),
        ("a=[]", {"a": []}),
        ("a={b=c,d=[e,{f=g}]}", {"a": {"b": "c", "d": ["e", {"f": "g"}]}}),
        ("a = b , c = d", {"a": "b", "c": "d"}),
        ("a=b=c", {"a": "b=c"}),
        ("a=x y z,b=1", {"a": "x y z", "b": "1"}),
        ("tag:Name=b", {"tag:Name": "b"}),
    ],
)
def test_what_a_text_stands_for(text: str, document: dict[str, Any]) -> None:
    assert parse(text) == document


def test_a_value_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "v").write_text("a,b=c")
    assert parse(f"Key@=file://{tmp_path}/v,Other=x") == {"Key": "a,b=c", "Other": "x"}
    (tmp_path / "b").write_bytes(b"\xff")
    assert parse(f"Key@=fileb://{tmp_path}/b") == {"Key": b"\xff"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a", "Expected: '=', received: 'EOF' for input:\n a\n ^"),
        ("a=[b", "Expected: ',', received: 'EOF' for input:\n a=[b\n    ^"),
        ("a=b,", "Expected: '<second>', received: '<none>' for input:\n a=b,\n    ^"),
        ("a='b", "Expected: '<singled quoted>', received: '<none>' for input:\n a='b\n  ^"),
        ("x\ny=1", "Expected: '=', received: 'y' for input:\n x\ny=1\n^"),
    ],
)
def test_an_error_points_at_the_place(text: str, message: str) -> None:
    with pytest.raises(ShorthandError) as caught:
        parse(text)
    assert str(caught.value) == message


def test_a_key_given_twice_is_taken_for_a_missing_space() -> None:
    with pytest.raises(ShorthandError, match='Second instance of key "a" encountered'):
        parse("a=b,a=c")


def test_texts_become_what_the_shape_wants() -> None:
    shape = shape_of(
        {
            "type": "object",
            "properties": {
                "count": {"type": "integer"},
                "share": {"type": "double"},
                "on": {"type": "boolean"},
                "names": {"type": "array", "items": {"type": "string"}},
            },
        }
    )
    found = fit(parse("count=3,share=.5,on=False,names=x"), shape)
    assert found == {"count": 3, "share": 0.5, "on": False, "names": ["x"]}


def test_each_word_of_a_list_is_one_structure() -> None:
    found = params("ec2 describe-instances --filters Name=a,Values=b,c Name=d,Values=e")
    assert found == {"Filters": [{"Name": "a", "Values": ["b", "c"]}, {"Name": "d", "Values": ["e"]}]}


def test_json_is_known_by_its_first_character() -> None:
    assert params("ec2 create-tags --resources i", "--tags", '[{"Key":"a","Value":"b"}]')["Tags"] == [
        {"Key": "a", "Value": "b"}
    ]
    error = failure("ec2 create-tags --resources i", "--tags", "[{Key=a}]")
    assert error.message.startswith("Error parsing parameter '--tags': Invalid JSON: Expecting")


def test_lists_of_one_member_are_given_bare_where_they_always_were() -> None:
    found = params("elb deregister-instances-from-load-balancer --load-balancer-name b --instances i-1 i-2")
    assert found["Instances"] == [{"InstanceId": "i-1"}, {"InstanceId": "i-2"}]


def test_documents_need_json() -> None:
    error = failure("bedrock-runtime converse --model-id m --additional-model-request-fields a=b")
    assert "Invalid JSON" in error.message
