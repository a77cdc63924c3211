"""How a failure is printed: the frame on stderr, or a document where `--cli-error-format` names a format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeaws.cli.errors import GENERAL_ERROR, CliError

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Streams


def report(error: CliError, streams: Streams, options: Globals) -> int:
    """Print `error` on stderr in the format of `--cli-error-format`, the environment or the profile; the exit code."""
    if error.preface:
        streams.stderr.write(f"\n{error.preface}\n")
    style = _style(options, streams) if error.structured else "enhanced"
    if error.code is not None and style not in ("legacy", "enhanced"):
        _write_structured(error, style, streams, options)
    else:
        streams.stderr.write(f"\n{streams.program}: [ERROR]: {error.sentence(style).strip()}".rstrip(" ") + "\n")
    return error.exit_code


def report_fault(problem: Exception, streams: Streams, debug: bool) -> int:
    """Print an unexpected exception in one line; the exit code, as in the AWS CLI."""
    if debug:
        trace(problem, streams)
    text = " ".join(str(problem).split())
    if not isinstance(problem, OSError):
        advice = "please report it" if debug else "please report it, with what --debug shows"
        text = f"internal error ({type(problem).__name__}: {text}); {advice}"
    streams.stderr.write(f"\n{streams.program}: [ERROR]: {text}\n")
    return GENERAL_ERROR


def trace(problem: Exception, streams: Streams) -> None:
    """Print the traceback of a failure, as the AWS CLI does under --debug."""
    import traceback

    streams.stderr.write("".join(traceback.format_exception(problem)))


def _style(options: Globals, streams: Streams) -> str:
    from fakeaws.cli.profile.settings import Profile

    try:
        return Profile(options, streams).error_style
    except CliError:
        return "enhanced"


def _write_structured(error: CliError, style: str, streams: Streams, options: Globals) -> None:
    from fakeaws.cli.output import formatter, plain

    formatter(style)("error", plain(error.document()), streams.stderr, options.color)
