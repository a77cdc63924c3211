"""Command lines in tests: what they mean, and how they fail."""

from __future__ import annotations

import io
from typing import Any

from fakeaws.cli.errors import CliError
from fakeaws.cli.invocation import Globals, Invocation, Streams
from fakeaws.cli.tree.nodes import Parsed, parse


def streams(program: str = "aws", **env: str) -> Streams:
    return Streams(io.StringIO(), io.StringIO(), io.StringIO(), env, program)


def parsed(*argv: str, options: Globals | None = None) -> Parsed:
    return parse(list(argv), streams(), options)


def invocation(*argv: str) -> Invocation:
    found = parsed(*argv)
    assert isinstance(found, Invocation)
    return found


def params(line: str, *more: str) -> dict[str, Any]:
    """The parameters of an operation: the words of `line`, then `more` arguments as they are."""
    return invocation(*line.split(), *more).params


def failure(line: str, *more: str) -> CliError:
    """How a command line is refused."""
    try:
        parsed(*line.split(), *more)
    except CliError as error:
        return error
    raise AssertionError(f"accepted: {line} {more}")
