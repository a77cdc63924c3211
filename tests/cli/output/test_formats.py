"""The formats of --output, where the recorded cases do not say why."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from fakeaws.cli.errors import CliError, GeneralError
from fakeaws.cli.output import formatter, plain
from fakeaws.cli.output.yaml import dumps


def shown(style, document, color="off", title="ListThings"):
    out = io.StringIO()
    formatter(style)(title, document, out, color)
    return out.getvalue()


def test_what_json_lacks_is_written_as_the_aws_cli_does():
    moment = datetime(2024, 1, 1, 12, 30, 45, 678000, UTC)
    document = {"At": moment, "Blob": b"\x00\x01", "Body": io.BytesIO(), "List": [moment]}
    assert plain(document) == {
        "At": "2024-01-01T12:30:45.678000+00:00",
        "Blob": "AAE=",
        "List": ["2024-01-01T12:30:45.678000+00:00"],
    }


@pytest.mark.parametrize("style", ["json", "yaml", "table", "text", "off"])
def test_an_empty_answer_shows_nothing(style):
    assert shown(style, {}) == ""


def test_a_table_counts_wide_characters_double():
    assert shown("table", {"Name": "日本"}).splitlines() == [
        "------------------",
        "|   ListThings   |",
        "+-------+--------+",
        "|  Name |  日本  |",
        "+-------+--------+",
    ]


def test_a_table_too_wide_for_the_terminal_stands_upright():
    wide = shown("table", {"A": "a" * 60, "B": "b" * 60}).splitlines()
    assert wide[3].startswith("|  A")
    assert wide[4].startswith("|  B")


def test_a_coloured_table_resets_after_every_piece():
    reset, row = "\x1b[0m", "|  \x1b[1m\x1b[34mName\x1b[0m |  \x1b[1m\x1b[34mx\x1b[0m  |"
    rule = "+-------+-----+"
    lines = [f"{reset}{line}{reset}{reset}\n" for line in ("|      T      |", rule, row, rule)]
    painted = shown("table", {"Name": "x"}, color="on", title="T")
    assert painted == f"{'-' * 15}\n{reset}" + "".join(f"{reset}{line}" for line in lines)[len(reset) :] + reset
    assert "\x1b" not in shown("table", {"Name": "x"}, color="auto")


def test_a_row_of_another_length_is_the_aws_cli_s_own_error():
    with pytest.raises(GeneralError, match="Row should have 2 elements, instead it has 1"):
        shown("table", [["a", "b"], ["c"]])


def test_text_labels_rows_and_puts_what_nests_below():
    document = {"Items": [{"Id": "1", "Tags": [{"Key": "k"}]}, {"Id": "2", "Extra": None}], "Count": 2}
    assert shown("text", document) == "2\nITEMS\t\t1\nTAGS\tk\nITEMS\tNone\t2\n"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("yes", "yes"),
        ("true", "'true'"),
        ("12:30", "12:30"),
        ("1_000", "'1_000'"),
        ("2024-01-01", "'2024-01-01'"),
        ("~", "'~'"),
        ("", "''"),
        ("a: b", "'a: b'"),
        ("a#b", "a#b"),
        ("a #b", "'a #b'"),
        ("it's", "it's"),
        ("'q'", "'''q'''"),
        ("tab\there", '"tab\\there"'),
        ("\U0001f600", '"\\U0001F600"'),
        ("a\nb", "'a\n\n  b'"),
        ("a\n b", '"a\\n b"'),
    ],
)
def test_yaml_quotes_what_would_read_as_something_else(value, written):
    assert dumps({"k": value}) == f"k: {written}\n"


def test_yaml_folds_at_the_first_blank_after_column_80():
    text = " ".join(["word"] * 20)
    assert dumps({"k": text}) == f"k: {text[:79]}\n  {text[80:]}\n"


def test_yaml_sorts_keys_and_hangs_lists_below_them():
    assert dumps({"b": [1, [2, 3]], "a": {"c": None}}) == "a:\n  c: null\nb:\n- 1\n- - 2\n  - 3\n"


def test_a_long_key_has_a_mark_of_its_own():
    key = "k" * 129
    assert dumps({key: 1}) == f"? {key}\n: 1\n"


def test_an_expression_reference_cannot_be_json():
    with pytest.raises(CliError, match="unrecognized type in JSON encoder"):
        shown("json", {"a": object()})


def test_text_cannot_lay_out_structures_beside_other_values():
    with pytest.raises(GeneralError, match="'str' object has no attribute 'items'"):
        shown("text", ["vpc-1", {"CidrBlock": "10.0.0.0/16"}])
