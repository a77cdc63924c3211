"""The pager: on a terminal, output goes through the program that the settings name (`less`)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TextIO

from fakeaws.cli.errors import CONFIGURATION_ERROR, CliError

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Streams
    from fakeaws.cli.profile.settings import Profile

DEFAULT = "more" if sys.platform == "win32" else "less"


def paged(streams: Streams, options: Globals, profile: Profile) -> Any:
    """A context manager that gives the stream to write to: the pager's where there is one, else stdout."""
    command = chosen(streams, options, profile)
    return _through(command, streams) if command else _direct(streams)


def chosen(streams: Streams, options: Globals, profile: Profile) -> str:
    """The pager's command line; empty for no pager: away from a terminal, --no-cli-pager, an empty setting."""
    if not options.cli_pager or not streams.stdout.isatty():
        return ""
    for variable in ("AWS_PAGER", "PAGER"):
        if variable in streams.env and (variable == "AWS_PAGER" or profile.section.get("cli_pager") is None):
            return streams.env[variable]
    setting = profile.section.get("cli_pager")
    return DEFAULT if setting is None else str(setting)


@contextmanager
def _direct(streams: Streams) -> Iterator[TextIO]:
    try:
        yield streams.stdout
        streams.stdout.flush()
    except BrokenPipeError:
        _discard(streams.stdout)


@contextmanager
def _through(command: str, streams: Streams) -> Iterator[Any]:
    import shlex
    import subprocess

    env = {**streams.env, "LESS": streams.env.get("LESS", "FRX")}
    try:
        process = subprocess.Popen(shlex.split(command), stdin=subprocess.PIPE, env=env, text=True, encoding="utf-8")
    except OSError as error:
        raise _no_pager(error, streams) from error
    assert process.stdin is not None
    try:
        yield process.stdin
    except BrokenPipeError:
        pass
    finally:
        _close(process)


def _close(process: Any) -> None:
    with suppress(BrokenPipeError):
        process.stdin.close()
    process.wait()


def _no_pager(error: OSError, streams: Streams) -> CliError:
    return CliError(
        "Unable to redirect output to pager. Received the following error when opening pager:\n"
        f'{error}\n\nLearn more about configuring the output pager by running "{streams.program} help config-vars".',
        "Configuration",
        CONFIGURATION_ERROR,
    )


def _discard(stream: Any) -> None:
    """The reader has closed the pipe: the rest of the buffer must not fail again at exit."""
    import os

    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
