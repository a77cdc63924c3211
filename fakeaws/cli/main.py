"""`fakeaws`: a command line is parsed by the tree, then carried out."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from fakeaws.cli.arguments.parser import UsageError
from fakeaws.cli.errors import INTERRUPTED, CliError, GeneralError
from fakeaws.cli.invocation import Globals, Invocation, Streams
from fakeaws.cli.output.failures import report, report_fault, trace
from fakeaws.cli.tree.nodes import CommandCall, Help, Version, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from fakeaws.cli.invocation import Document, Perform
    from fakeaws.cli.tree.nodes import Parsed

    PerformFor = Callable[[Globals, Streams], Perform]


def main() -> None:
    """The entry point: the process's own arguments, streams and environment; exits with the command's code."""
    name = os.path.basename(sys.argv[0])
    program = "aws" if name in ("aws", "aws.exe") else "fakeaws"
    streams = Streams(sys.stdin, sys.stdout, sys.stderr, os.environ, os.environ.get("FAKEAWS_PROGRAM") or program)
    try:
        raise SystemExit(_answer(sys.argv[1:], streams))
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    except Exception as problem:  # noqa: BLE001 - the edge of the command line: an unexpected error is one line
        raise SystemExit(report_fault(problem, streams, "--debug" in sys.argv)) from None


def _answer(argv: list[str], streams: Streams) -> int:
    """Complete a command where the shell requests it, else run one."""
    if streams.env.get("FAKEAWS_COMPLETE"):
        from fakeaws.cli.help.completion import answer

        return answer(streams)
    return run(argv, streams)


def run(argv: list[str], streams: Streams, perform_for: PerformFor | None = None) -> int:
    """Run the command `argv`; the exit code. `perform_for` replaces the cloud in tests."""
    options = Globals()
    try:
        return _execute(_parse(argv, streams, options), streams, options, perform_for)
    except (CliError, OSError, UnicodeError, RecursionError) as error:
        if options.debug or "--debug" in argv:
            trace(error, streams)
        return report(_worded(error, streams), streams, options)
    except KeyboardInterrupt:
        streams.stdout.write("\n")
        return INTERRUPTED
    finally:
        _finish_work(options, streams)


def _finish_work(options: Globals, streams: Streams) -> None:
    """Do what nobody waits for, once the answer has been shown."""
    if options.cloud is not None:
        from fakeaws.cli.calls.local import finish_work

        with suppress(OSError):
            streams.stdout.flush()
        finish_work(options.cloud)


def _worded(error: Exception, streams: Streams) -> CliError:
    """A failure as an error of the command line; errors of the operating system keep their own message."""
    if isinstance(error, UsageError):
        return error.complete(streams.program)
    return error if isinstance(error, CliError) else GeneralError(str(error))


def _parse(argv: list[str], streams: Streams, options: Globals) -> Parsed:
    """The command of `argv`, completed at a prompt where that is enabled."""
    if "--cli-auto-prompt" not in argv and "AWS_CLI_AUTO_PROMPT" not in streams.env:
        return parse(argv, streams, options)
    from fakeaws.cli.help import autoprompt

    mode = autoprompt.mode(argv, streams)
    if mode == "on":
        argv = autoprompt.prompt(argv, streams)
    try:
        return parse(argv, streams, options)
    except CliError:
        if mode != "on-partial":
            raise
    return parse(autoprompt.prompt(argv, streams), streams, options)


def _execute(parsed: Parsed, streams: Streams, options: Globals, perform_for: PerformFor | None) -> int:
    if perform_for is None:
        from fakeaws.cli.calls.local import initialise

        initialise(streams.env)
    if isinstance(parsed, Invocation):
        options.most_items = parsed.max_items
        try:
            return _invoke(parsed, _perform(options, streams, perform_for), streams)
        finally:
            _close_bodies(parsed)
    if isinstance(parsed, CommandCall):
        return parsed.function(parsed.argv, options, streams, _perform(options, streams, perform_for))
    if isinstance(parsed, Version):
        streams.stdout.write(parsed.text + "\n")
        return 0
    assert isinstance(parsed, Help)
    from fakeaws.cli.help.pages import show

    return show(parsed.path, streams)


def _invoke(invocation: Invocation, perform: Perform, streams: Streams) -> int:
    """Make the calls of an operation's command, or show its skeleton."""
    if invocation.skeleton is not None:
        from fakeaws.cli.help import skeleton

        return skeleton.show(invocation, streams)
    from fakeaws.cli.calls import execution

    return execution.run(invocation, perform, streams)


def _close_bodies(invocation: Invocation) -> None:
    """Close the files that were opened to be sent."""
    for value in invocation.params.values():
        if hasattr(value, "close"):
            value.close()


def _perform(options: Globals, streams: Streams, perform_for: PerformFor | None) -> Perform:
    """Calls the cloud, which is opened at the first call: many commands make none."""
    opened: list[Perform] = []

    def perform(service: str, operation: str, params: Document) -> Document:
        if not opened:
            opened.append((perform_for or _local_cloud())(options, streams))
        return opened[0](service, operation, params)

    return perform


def _local_cloud() -> PerformFor:
    from fakeaws.cli.calls import local

    return local.perform_for
