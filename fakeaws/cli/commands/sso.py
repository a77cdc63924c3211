"""`sso login` and `logout`: sessions of IAM Identity Center, of which a cloud on this machine has none to offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeaws.cli.errors import CONFIGURATION_ERROR, CliError, GeneralError
from fakeaws.cli.parser import Option, parse_command
from fakeaws.cli.profile import Profile

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

LOGIN_OPTIONS = (
    Option("--no-browser", nargs=0, default=False),
    Option("--use-device-code", nargs=0, default=False),
    Option("--sso-session"),
)


def login(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Retrieves and caches an access token to exchange for AWS credentials."""
    given = parse_command(LOGIN_OPTIONS, argv)
    profile = Profile(options, streams)
    session = given["sso_session"] or profile.section.get("sso_session")
    settings = profile.other_section(f"sso-session {session}") if session else profile.section
    missing = [name for name in ("sso_start_url", "sso_region") if not settings.get(name)]
    if missing:
        raise CliError(
            f"Missing the following required SSO configuration values: {', '.join(missing)}. To make sure this profile "
            f"is properly configured to use SSO, please run: {streams.program} configure sso",
            "Configuration",
            CONFIGURATION_ERROR,
        )
    raise GeneralError(
        f"{settings['sso_start_url']} cannot be reached: nothing leaves this machine. Run "
        f'"{streams.program} configure" to give the profile keys of this cloud.'
    )


def logout(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Removes all cached SSO access tokens and any cached temporary AWS credentials: there are none."""
    parse_command((), argv)
    return 0


SUBCOMMANDS = {"login": login, "logout": logout}
