"""The AWS CLI's own examples of a few services are understood; `scripts/golden examples` tries all."""

from __future__ import annotations

import pytest

from tests.golden.examples import commands, count

pytest.importorskip("awscli")


@pytest.mark.filterwarnings("ignore:deprecated string literal syntax")
@pytest.mark.parametrize("service", ["ec2", "iam", "route53", "sqs"])
def test_examples_of_a_service(service: str) -> None:
    outcome = count(only=service)
    assert outcome.total > 10
    assert [(" ".join(example.argv), message) for example, message in outcome.refused] == []


def test_command_lines_of_a_page() -> None:
    page = """
    Text with ``aws inline`` commands::

        aws s3api list-objects \\
            --bucket b | jq .
        $ aws iam create-role --policy '{
            "a": 1}'
        {"Output": 1}
    """
    assert list(commands(page)) == [
        ["s3api", "list-objects", "--bucket", "b"],
        ["iam", "create-role", "--policy", '{\n            "a": 1}'],
    ]
