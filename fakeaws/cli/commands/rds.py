"""`rds generate-db-auth-token`: a password for a database that trusts IAM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.profile.settings import Profile

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

OPTIONS = (
    Option("--hostname", required=True),
    Option("--port", required=True, convert=int),
    Option("--username", required=True),
)


def generate_db_auth_token(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Generate an authentication token to connect to a database with, valid for fifteen minutes."""
    from fakeaws.cli.profile.signing import presigned

    given = parse_command(OPTIONS, argv)
    profile = Profile(options, streams)
    url = presigned(
        f"https://{given['hostname']}:{given['port']}",
        "",
        "rds-db",
        profile.need_region(),
        profile.need_credentials(),
        900,
        query={"Action": "connect", "DBUser": given["username"]},
    )
    streams.stdout.write(url.removeprefix("https://") + "\n")
    return 0


SUBCOMMANDS = {"generate-db-auth-token": generate_db_auth_token}
