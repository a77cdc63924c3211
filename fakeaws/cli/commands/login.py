"""`login`: shows whose keys the profile has. A local cloud needs no sign-in: it has keys of its root user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.errors import GeneralError
from fakeaws.cli.profile.settings import Profile

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

OPTIONS = (Option("--remote", nargs=0, default=False),)


def run(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Show whose keys the profile has; a local cloud needs no sign-in."""
    parse_command(OPTIONS, argv)
    profile = Profile(options, streams)
    profile.check()
    if profile.credentials() is None:
        raise GeneralError(
            "No browser can be opened to sign in to a cloud on this machine. Run "
            f'"{streams.program} configure" to set the keys of the profile.'
        )
    caller = perform("sts", "GetCallerIdentity", {})
    streams.stdout.write(f"Successfully logged into profile {profile.name or 'default'} as {caller['Arn']}\n")
    return 0
