"""`ecr get-login-password`: the password for `docker login`."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments.parser import parse_command
from fakeaws.cli.calls.client import client_for

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams


def get_login_password(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Retrieve the password to log in to a registry with, valid for twelve hours."""
    parse_command((), argv)
    [data] = client_for(perform, options, streams)("ecr", "GetAuthorizationToken", {})["authorizationData"][:1]
    streams.stdout.write(password_of(data) + "\n")
    return 0


def password_of(data: dict[str, Any]) -> str:
    """The password in an authorization token, which is `user:password` in base64."""
    return base64.b64decode(data["authorizationToken"]).decode().partition(":")[2]


SUBCOMMANDS = {"get-login-password": get_login_password}
