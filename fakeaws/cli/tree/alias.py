"""Aliases of commands, from `cli/alias` in the cloud's folder or beside the configuration file.

    [toplevel]
    whoami = sts get-caller-identity --query Account --output text
    hello = !f() { echo "hi $1"; }; f

    [command ec2]
    regions = describe-regions --query Regions[].RegionName

The words of an alias replace its name, and its arguments follow them; with `!` it is run by the shell. An alias
may be named as the command that it begins with.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from fakeaws.cli.arguments import globals
from fakeaws.cli.arguments.parser import parse_known
from fakeaws.cli.errors import CliError, GeneralError

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

Aliases = dict[str, str]


def aliases(env: Mapping[str, str], path: tuple[str, ...] = ()) -> Aliases:
    """The aliases of the top level, or of the command `path` (`("ec2",)`), by name."""
    file = _file(env)
    if file is None:
        return {}
    try:
        with open(file, encoding="utf-8") as text:
            sections = _sections(text.read())
    except OSError:
        return {}
    except UnicodeDecodeError as error:
        raise GeneralError(f"Unable to parse config file: {file}") from error
    return sections.get(" ".join(("command", *path)) if path else "toplevel", {})


def _file(env: Mapping[str, str]) -> str | None:
    """The file of aliases: in the cloud's folder, else beside the configuration file that AWS_CONFIG_FILE names."""
    folders = [env.get("FAKEAWS_HOME") or "~/.fakeaws"]
    if env.get("AWS_CONFIG_FILE"):
        folders.append(os.path.dirname(env["AWS_CONFIG_FILE"]))
    files = (os.path.join(os.path.expanduser(folder), "cli", "alias") for folder in folders)
    return next((file for file in files if os.path.exists(file)), None)


def _sections(text: str) -> dict[str, Aliases]:
    """`[section]`, `name = value`; an indented line continues the value."""
    found: dict[str, Aliases] = {}
    section: Aliases = {}
    name = ""
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped or stripped[0] in "#;":
            continue
        if line[0].isspace() and name:
            section[name] += "\n" + stripped
        elif stripped.startswith("[") and stripped.endswith("]"):
            section = found.setdefault(" ".join(stripped[1:-1].split()), {})
            name = ""
        else:
            name, _, value = (part.strip() for part in stripped.partition("="))
            section[name] = value
    return found


def expand(name: str, value: str, options: Globals) -> list[str]:
    """The words of an alias; the global options among them are set in `options`."""
    import shlex

    try:
        words = shlex.split(value)
    except ValueError as error:
        raise GeneralError(
            f'Value of alias "{name}" could not be parsed. Received error: {error} when parsing:\n{value}'
        ) from error
    given, rest = parse_known(globals.OPTIONS, words)
    for name_of in ("debug", "profile"):
        if given[name_of]:
            raise CliError(
                f'Global parameter "--{name_of}" detected in alias "{name}" which is not support in subcommand aliases.'
            )
    for option in globals.OPTIONS:
        if hasattr(options, option.dest) and given[option.dest] != option.default:
            setattr(options, option.dest, given[option.dest])
    return rest


class Shell:
    """An alias that the shell runs, as a command: what follows it becomes the shell's arguments."""

    def __init__(self, value: str) -> None:
        self._command = value.removeprefix("!")

    def __call__(self, argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
        import shlex
        import subprocess
        import sys

        command = " ".join([self._command, *(shlex.quote(word) for word in argv)])
        if streams.stdout is sys.stdout:
            return subprocess.call(command, shell=True, env=dict(streams.env))
        done = subprocess.run(command, shell=True, env=dict(streams.env), capture_output=True, text=True, check=False)
        streams.stdout.write(done.stdout)
        streams.stderr.write(done.stderr)
        return done.returncode
