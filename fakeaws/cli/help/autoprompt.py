"""`--cli-auto-prompt`: the command line is completed at a prompt before it is run.

It is enabled with that option or with AWS_CLI_AUTO_PROMPT=on; `on-partial` prompts only where the command line is
refused. It needs prompt_toolkit (the extra `prompt`) and a terminal.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fakeaws.cli.errors import GeneralError
from fakeaws.cli.help.completion import candidates

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Streams

ON = "--cli-auto-prompt"
OFF = "--no-cli-auto-prompt"


def mode(argv: list[str], streams: Streams) -> str:
    """`on`, `on-partial` or `off`."""
    if OFF in argv or not _is_terminal(streams):
        return "off"
    if ON in argv:
        return "on"
    chosen = streams.env.get("AWS_CLI_AUTO_PROMPT", "off")
    return chosen if chosen in ("on", "on-partial") else "off"


def _is_terminal(streams: Streams) -> bool:
    return bool(streams.stdin.isatty() and streams.stdout.isatty())


def prompt(argv: list[str], streams: Streams) -> list[str]:
    """The command line as the user completes it at a prompt that begins with `argv`."""
    try:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.completion import Completer, Completion
    except ImportError as error:
        raise GeneralError(
            "--cli-auto-prompt needs prompt_toolkit: install fakeaws with the extra `prompt` (fakeaws[prompt])."
        ) from error

    class Commands(Completer):  # type: ignore[misc]
        def get_completions(self, document: Any, complete_event: Any) -> Iterator[Any]:
            text = document.text_before_cursor
            for found in candidates(f"{streams.program} {text}"):
                yield Completion(found, start_position=-len(text.split(" ")[-1]))

    given = [word for word in argv if word != ON]
    session: Any = PromptSession(completer=Commands(), complete_while_typing=True)
    line = session.prompt(f"> {streams.program} ", default=shlex.join(given) + (" " if given else ""))
    return [*shlex.split(line), OFF]
