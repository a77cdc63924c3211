"""Documented walk-throughs, command by command, with the ids of their answers fed forward."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import jmespath
import pytest

from tests.conftest import Printed, Terminal

TEXT = Path(__file__).with_name("walkthroughs.txt").read_text(encoding="utf-8")
WALKS = dict(part.split("\n", 1) for part in TEXT.split("\n## ")[1:])


class Walk:
    """One walk-through on the way: the last answer, and the names that were kept of earlier ones."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.kept: dict[str, str] = {}
        self.printed = Printed("{}")

    def step(self, line: str, following: str) -> None:
        if line.startswith("$ "):
            self.command(line[2:].format(**self.kept), following)
        elif " == " in line:
            path, _, wanted = line.partition(" == ")
            found = jmespath.search(path, self.printed.json)
            assert found == json.loads(wanted.strip("`").format(**self.kept)), (line, self.printed)
        elif " = " in line:
            name, _, path = line.partition(" = ")
            self.kept[name] = jmespath.search(path, self.printed.json)
            assert self.kept[name], (line, self.printed)

    def command(self, command: str, following: str) -> None:
        quoted = shlex.join(command.split(" "))
        if following.startswith("! "):
            self.terminal.refused(quoted, following[2:])
        else:
            self.printed = self.terminal(quoted)


@pytest.mark.parametrize("title", WALKS)
def test_a_walk_through_works_as_documented(terminal, title):
    walk = Walk(terminal)
    lines = [line for line in WALKS[title].splitlines() if line and not line.startswith("#")]
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        walk.step(line, following)
