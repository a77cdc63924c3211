"""`logout`: `login` stores nothing, so there is nothing to delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.profile.settings import Profile

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams


def run(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Sign out: there are no sessions, the keys of the profile stay."""
    parse_command((Option("--all", nargs=0, default=False),), argv)
    profile = Profile(options, streams)
    profile.check()
    streams.stdout.write(f"Removed cached login credentials for profile {profile.name or 'default'}\n")
    return 0
