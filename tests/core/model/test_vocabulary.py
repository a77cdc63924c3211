"""What a shape may say: `shapes/README.md` explains it, everything else is refused."""

import re
from pathlib import Path

import pytest

from fakeaws.core.model import vocabulary
from fakeaws.core.tools.errors import CloudError

OPERATIONS = ["CreateQueue", "GetQueue"]
PAGE = (Path(__file__).resolve().parents[3] / "shapes" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ({"Queue": {"ids": "QueueName"}}, "[Queue] unknown key ids"),
        ({"Queue": {"id": ["QueueName"]}}, "[Queue] id is no str"),
        ({"Queue": {"errors": {"mising": ["NoSuchQueue", ""]}}}, "[Queue] unknown error mising"),
        ({"Queue": {"operations": {"make": "CreateQueue"}}}, "[Queue] unknown verb make"),
        ({"Queue": {"operations": {"create": "MakeQueue"}}}, "[Queue] the service has no operation MakeQueue"),
        (
            {"Queue": {"operations": {"create": [{"operation": "CreateQueue", "kye": ["a"]}]}}},
            "[Queue] unknown key kye of an operation",
        ),
        ({"scop": "global"}, "unknown key scop"),
        ({"missing": ["MakeQueue"]}, "the service has no operation MakeQueue"),
        ({"unsupported": {"MakeQueue": ["a"]}}, "the service has no operation MakeQueue"),
    ],
)
def test_what_says_nothing_is_refused(shape, message):
    with pytest.raises(CloudError, match=r"shapes/README\.md has the vocabulary") as refused:
        vocabulary.refuse_unknown("sqs", shape, OPERATIONS)
    assert str(refused.value).startswith(f"shapes/sqs.toml: {message};")


def test_what_says_something_is_taken():
    queue = {"id": "QueueName", "errors": {"missing": ["NoSuchQueue", ""]}, "operations": {"read": "GetQueue"}}
    vocabulary.refuse_unknown("sqs", {"scope": "global", "Queue": queue}, OPERATIONS)


def _explained(heading: str) -> set[str]:
    section = PAGE.partition(f"\n## {heading}")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("A resource type", set(vocabulary.TYPE)),
        ("An operation", vocabulary.BINDING - {"operation"}),
        ("A service", set(vocabulary.SERVICE)),
    ],
)
def test_the_page_explains_every_word(heading, words):
    assert _explained(heading) == words


def test_the_page_names_every_verb_and_error():
    section = PAGE.partition("\n## An operation")[2].partition("\n| key")[0]
    assert set(re.findall(r"`([a-z-]+)`", section)) >= vocabulary.VERBS
    errors = next(line for line in PAGE.splitlines() if line.startswith("| `errors`"))
    assert all(name in errors for name in vocabulary.ERRORS)
