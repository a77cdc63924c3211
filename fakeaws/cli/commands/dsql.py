"""`dsql generate-db-connect-auth-token`: a password for a cluster of Aurora DSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.profile.settings import Profile

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

OPTIONS = (Option("--hostname", required=True), Option("--expires-in", default=900, convert=int))


def generate_db_connect_auth_token(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Generate an authentication token to connect to a cluster with a custom role."""
    return _generate("DbConnect", argv, options, streams)


def generate_db_connect_admin_auth_token(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Generate an authentication token to connect to a cluster as its administrator."""
    return _generate("DbConnectAdmin", argv, options, streams)


def _generate(action: str, argv: list[str], options: Globals, streams: Streams) -> int:
    from fakeaws.cli.profile.signing import presigned

    given = parse_command(OPTIONS, argv)
    profile = Profile(options, streams)
    url = presigned(
        f"https://{given['hostname']}",
        "",
        "dsql",
        profile.need_region(),
        profile.need_credentials(),
        given["expires_in"],
        query={"Action": action},
    )
    streams.stdout.write(url.removeprefix("https://") + "\n")
    return 0


SUBCOMMANDS = {
    "generate-db-connect-auth-token": generate_db_connect_auth_token,
    "generate-db-connect-admin-auth-token": generate_db_connect_admin_auth_token,
}
