"""`sso login` and `logout`: sessions of IAM Identity Center. The cloud answers for the browser (`FAKEAWS_SSO_USER`)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.errors import GeneralError
from fakeaws.cli.profile.settings import Profile
from fakeaws.cli.profile.signing import now
from fakeaws.cli.profile.sso_session import Session, delete_tokens
from fakeaws.core.tools.errors import AwsError

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

Document = dict[str, Any]
LOGIN_OPTIONS = (
    Option("--no-browser", nargs=0, default=False),
    Option("--use-device-code", nargs=0, default=False),
    Option("--sso-session"),
)
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
OPEN = """\
Attempting to automatically open the SSO authorization page in your default browser.
If the browser does not open or you wish to use a different device to authorize this request, open the following URL:

{verificationUri}

Then enter the code:

{userCode}
"""
BY_HAND = """\
Browser will not be automatically opened.
Please visit the following URL:

{verificationUri}

Then enter the code:

{userCode}

Alternatively, you may visit the following URL which will autofill the code upon loading:
{verificationUriComplete}
"""


def login(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Retrieves and caches an access token to exchange for AWS credentials."""
    given = parse_command(LOGIN_OPTIONS, argv)
    profile = Profile(options, streams)
    session = Session(profile, profile.section, given["sso_session"], streams.program)
    sign_in(session, streams, perform, BY_HAND if given["no_browser"] else OPEN)
    streams.stdout.write(f"Successfully logged into Start URL: {session.url}\n")
    return 0


def sign_in(session: Session, streams: Streams, perform: Perform, page: str = OPEN) -> str:
    """Run the device flow and cache its token; GeneralError where nobody confirms the code."""
    registration: Document = {"clientName": f"botocore-client-{int(now().timestamp())}", "clientType": "public"}
    if session.scopes:
        registration["scopes"] = session.scopes
    client = perform("sso-oidc", "RegisterClient", registration)
    who = {"clientId": client["clientId"], "clientSecret": client["clientSecret"]}
    device = perform("sso-oidc", "StartDeviceAuthorization", {**who, "startUrl": session.url})
    streams.stdout.write(page.format(**device))
    try:
        token = perform("sso-oidc", "CreateToken", {**who, "grantType": DEVICE, "deviceCode": device["deviceCode"]})
    except AwsError as refused:
        if refused.code == "AuthorizationPendingException":
            raise GeneralError(refused.message) from refused
        raise
    until = now() + timedelta(seconds=token["expiresIn"])
    token_file = {"startUrl": session.url, "region": session.region, "accessToken": token["accessToken"]}
    token_file |= {"expiresAt": until.strftime("%Y-%m-%dT%H:%M:%SZ"), **who}
    session.save({**token_file, **({"refreshToken": token["refreshToken"]} if token.get("refreshToken") else {})})
    return str(token["accessToken"])


def logout(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Removes all cached SSO access tokens and any cached temporary AWS credentials fetched with them."""
    parse_command((), argv)
    for token in delete_tokens(streams.env):
        try:
            perform("sso", "Logout", {"accessToken": token})
        except AwsError:
            continue
    return 0


SUBCOMMANDS = {"login": login, "logout": logout}
