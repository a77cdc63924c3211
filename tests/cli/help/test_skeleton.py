"""`--generate-cli-skeleton`."""

from __future__ import annotations

import json

from fakeaws.cli.main import run
from tests.cli.lines import streams


def shown(line: str) -> str:
    terminal = streams(AWS_DEFAULT_REGION="us-east-1", AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b")
    assert run(line.split(), terminal, lambda options, terminal: lambda *call: {}) == 0
    text: str = terminal.stdout.getvalue()
    return text


def test_an_input_as_json_needs_no_arguments() -> None:
    found = json.loads(shown("sqs create-queue --generate-cli-skeleton"))
    assert found == {"QueueName": "", "Attributes": {"KeyName": ""}, "tags": {"KeyName": ""}}


def test_an_input_as_yaml_is_commented() -> None:
    lines = shown("sqs create-queue --generate-cli-skeleton yaml-input").splitlines()
    assert lines[0] == "QueueName: ''  # [REQUIRED] The name of the new queue."
    assert lines[2].strip() == "KeyName: ''"


def test_an_output_is_a_sample_of_the_answer() -> None:
    found = shown("sqs list-queues --generate-cli-skeleton output --query QueueUrls --output text")
    assert found == "String\n"
