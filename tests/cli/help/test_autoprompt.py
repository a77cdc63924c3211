"""When the command line is completed at a prompt."""

from __future__ import annotations

import io

import pytest

from fakeaws.cli.help.autoprompt import mode
from fakeaws.cli.invocation import Streams


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("argv", "setting", "wanted"),
    [
        (["--cli-auto-prompt"], "off", "on"),
        (["sqs"], "on", "on"),
        (["sqs"], "on-partial", "on-partial"),
        (["sqs", "--no-cli-auto-prompt"], "on", "off"),
        (["sqs"], "nonsense", "off"),
    ],
)
def test_modes(argv: list[str], setting: str, wanted: str) -> None:
    terminal = Streams(Terminal(), Terminal(), io.StringIO(), {"AWS_CLI_AUTO_PROMPT": setting}, "aws")
    assert mode(argv, terminal) == wanted


def test_away_from_a_terminal_nothing_is_asked() -> None:
    terminal = Streams(io.StringIO(), io.StringIO(), io.StringIO(), {}, "aws")
    assert mode(["--cli-auto-prompt"], terminal) == "off"
