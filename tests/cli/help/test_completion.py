"""The candidates that a shell is offered."""

from __future__ import annotations

import pytest

from fakeaws.cli.help.completion import answer, candidates, script
from tests.cli.lines import streams


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("aws sq", ["sqs"]),
        ("aws sqs create", ["create-queue"]),
        ("aws --region us-east-1 sqs create", ["create-queue"]),
        ("aws sqs create-queue --queue", ["--queue-name"]),
        ("aws sqs create-queue --queue-name q --queue", []),
        ("aws ec2 create-volume --volume-type gp", ["gp2", "gp3"]),
        ("aws ec2 wait instance-r", ["instance-running"]),
        ("aws ec2 describe-vpcs --output ya", ["yaml", "yaml-stream"]),
        ("fakeaws cloud snapshot s", ["save"]),
        ("aws nothing ", []),
    ],
)
def test_candidates(line: str, found: list[str]) -> None:
    assert candidates(line) == found


def test_hidden_arguments_are_not_offered() -> None:
    assert "--next-token" not in candidates("aws ec2 describe-instances --")
    assert "--starting-token" in candidates("aws ec2 describe-instances --")


def test_the_shell_asks_by_its_environment() -> None:
    terminal = streams(COMP_LINE="aws sqs create-q", COMP_POINT="16")
    assert answer(terminal) == 0
    assert terminal.stdout.getvalue() == "create-queue\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts_name_the_programs(shell: str) -> None:
    assert "fakeaws aws" in script(shell)
    assert "{" + "variable" not in script(shell)
