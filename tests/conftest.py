"""A terminal for tests: `aws("sqs create-queue --queue-name jobs")` answers with what the command prints."""

from __future__ import annotations

import io
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fakeaws.cli.invocation import Streams
from fakeaws.cli.main import run
from fakeaws.core import clock as clocks
from fakeaws.core.cloud import Cloud


class Printed(str):
    """What a command printed to stdout, with its stderr and exit code."""

    stderr: str
    code: int

    @property
    def json(self) -> Any:
        return json.loads(self)


class Terminal:
    """Runs commands on one cloud, in this process; they must succeed unless told otherwise."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env = env

    def __call__(self, command: str, code: int = 0, **options: str) -> Printed:
        argv = shlex.split(command)
        for name, value in options.items():
            argv += [_option(name), value]
        stdout = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        stderr = io.StringIO()
        streams = Streams(io.StringIO(), stdout, stderr, self.env, "aws")
        exit_code = run(argv, streams)
        printed = Printed(stdout.buffer.getvalue().decode())  # type: ignore[attr-defined]
        printed.stderr, printed.code = stderr.getvalue(), exit_code
        assert exit_code == code, f"{command}\n{printed}{printed.stderr}"
        return printed

    def refused(self, command: str, code: str, message: str | None = None, **options: str) -> Printed:
        """The command must be refused by the service with this error code (and text)."""
        printed = self(command, code=254, **options)
        found = re.search(
            r"An error occurred \(([^)]+)\) when calling the \w+ operation: (.*)", printed.stderr, re.DOTALL
        )
        assert found is not None, printed.stderr
        assert found.group(1) == code, printed.stderr
        if message is not None:
            assert found.group(2).strip() == message
        return printed


def _option(name: str) -> str:
    return "--" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of a new cloud."""
    return tmp_path / "cloud"


@pytest.fixture
def aws(home: Path) -> Terminal:
    """A terminal at a new cloud, in us-east-1."""
    return Terminal({"FAKEAWS_HOME": str(home), "HOME": str(home.parent), "AWS_PAGER": "", "COLUMNS": "80"})


class Clock:
    """The clock of the cloud, frozen: it moves when the test says so."""

    def __init__(self, cloud: Cloud) -> None:
        self._database = cloud.database
        with self._database.transaction(write=True):
            clocks.freeze(self._database, 1_800_000_000.0)

    def advance(self, seconds: float) -> None:
        with self._database.transaction(write=True):
            clocks.advance(self._database, seconds)


@pytest.fixture
def clock(home: Path) -> Clock:
    return Clock(Cloud(home))


@pytest.fixture
def cloud() -> Cloud:
    """A cloud in memory, for tests that call operations without a command line."""
    return Cloud(None)


Refused = Callable[..., Printed]
