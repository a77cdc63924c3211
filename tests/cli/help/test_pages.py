"""`help`: pages in the layout of man pages."""

from __future__ import annotations

import pytest

from fakeaws.cli.arguments.schema import shape_of
from fakeaws.cli.help.syntax import as_json, shorthand
from fakeaws.cli.help.text import Page
from fakeaws.cli.main import run
from tests.cli.lines import streams


def page(line: str) -> str:
    terminal = streams(COLUMNS="80")
    assert run([*line.split(), "help"], terminal) == 0
    text: str = terminal.stdout.getvalue()
    return text


def test_an_operation_has_all_sections() -> None:
    text = page("sqs create-queue")
    headings = [line for line in text.splitlines() if line and line[0].isupper()]
    assert headings == ["NAME", "DESCRIPTION", "SYNOPSIS", "OPTIONS", "GLOBAL OPTIONS", "OUTPUT"]
    assert "\n       --queue-name (string) [required]\n          The name of the new queue." in text
    assert "\n       QueueUrl -> (string)\n" in text
    assert max(map(len, text.partition("OPTIONS")[0].splitlines())) <= 80


def test_options_of_a_list_of_structures_show_both_syntaxes() -> None:
    text = page("ec2 create-tags")
    assert "       Shorthand Syntax:\n\n          Key=string,Value=string ...\n" in text
    assert '          [\n            {\n              "Key": "string",\n              "Value": "string"' in text
    assert "[--dry-run | --no-dry-run]" in text


@pytest.mark.parametrize(
    ("line", "item"),
    [("", "o ec2"), ("ec2", "o run-instances"), ("ec2 wait", "o instance-running"), ("cloud", "o status")],
)
def test_groups_list_their_commands(line: str, item: str) -> None:
    assert f"       {item}\n" in page(line)


def test_documentation_becomes_paragraphs_lists_and_notes() -> None:
    text = Page(60, bold=False)
    text.html("<p>One <code>two</code></p> <ul><li><p>a</p></li></ul> <note><p>n</p></note>", 3)
    assert text.text() == "   One two\n\n   o a\n\n   NOTE:\n      n\n"


def test_recursion_ends() -> None:
    assert "( ... recursive ... )" in page("dynamodb put-item")


def test_syntax_of_nested_shapes() -> None:
    inner = {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "boolean"}}}}
    shape = shape_of({"type": "object", "properties": {"x": {"type": "string", "enum": ["p", "q"]}, "y": inner}})
    assert shorthand(shape) == "x=string,y=[{a=boolean},{a=boolean}]"
    assert as_json(shape).splitlines()[1] == '  "x": "p"|"q",'
