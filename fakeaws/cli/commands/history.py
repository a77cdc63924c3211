"""`history`: the commands that were run, recorded with `cli_history = enabled`."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.errors import GeneralError
from fakeaws.cli.profile.settings import home
from fakeaws.cli.tree.dispatch import dispatch

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

FILE = "history.jsonl"
"""The file of the cloud's folder that holds a command a line: its id, time, arguments and exit code."""


def run(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Commands to interact with the history of commands run over time."""
    return dispatch("history", SUBCOMMANDS, argv, options, streams, perform)


def list_commands(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Shows a list of previously run commands and their command ids, the latest first."""
    parse_command((), argv)
    for entry in reversed(_entries(streams)):
        line = " ".join(entry["argv"])
        shown = line if len(line) <= 40 else line[:37] + "..."
        streams.stdout.write(f"{entry['id']}  {entry['time']}  {shown:<40}  {entry['rc']}\n")
    return 0


def show(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Shows the record of a command, by default the latest."""
    wanted = parse_command(
        (Option("command_id", nargs="?"), Option("--include", nargs="+"), Option("--exclude", nargs="+")), argv
    )["command_id"]
    entries = _entries(streams)
    found = entries[-1] if wanted in (None, "latest") else next((e for e in entries if e["id"] == wanted), None)
    if found is None:
        raise GeneralError(f"Unknown command id: {wanted}")
    streams.stdout.write(
        f"AWS CLI command entered\nat: {found['time']}\nwith arguments: {found['argv']}\n\n"
        f"AWS CLI command exited\nwith return code: {found['rc']}\n"
    )
    return 0


def _entries(streams: Streams) -> list[dict[str, Any]]:
    path = os.path.join(home(streams.env), FILE)
    if not os.path.exists(path):
        raise GeneralError(
            "Could not locate history. Make sure cli_history is set to enabled in the ~/.aws/config file"
        )
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


SUBCOMMANDS = {"show": show, "list": list_commands}
