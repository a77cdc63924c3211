"""`ecr-public get-login-password`: the password for `docker login` at the public registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeaws.cli.arguments.parser import parse_command
from fakeaws.cli.calls.client import client_for
from fakeaws.cli.commands.ecr import password_of

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams


def get_login_password(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Retrieve the password to log in to the public registry with, valid for twelve hours."""
    parse_command((), argv)
    answer = client_for(perform, options, streams)("ecr-public", "GetAuthorizationToken", {})
    streams.stdout.write(password_of(answer["authorizationData"]) + "\n")
    return 0


SUBCOMMANDS = {"get-login-password": get_login_password}
