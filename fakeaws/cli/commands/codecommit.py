"""`codecommit credential-helper`: a user and a password for git, computed from a signature."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.profile.settings import Credentials, Profile
from fakeaws.cli.profile.signing import now, signing_key
from fakeaws.cli.tree.dispatch import dispatch

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

IGNORE_HOST = Option("--ignore-host-check", nargs=0, default=False)


def credential_helper(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Provide a SigV4 compatible user name and password for git smart HTTP."""
    return dispatch("codecommit credential-helper", HELPER, argv, options, streams, perform)


def get(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Answer git, which names protocol, host and path on standard input."""
    given = parse_command((IGNORE_HOST,), argv)
    request = dict(line.rstrip("\n").split("=", 1) for line in streams.stdin if "=" in line)
    host = request.get("host", "")
    if not given["ignore_host_check"] and "amazon.com" not in host and "amazonaws.com" not in host:
        return 0
    profile = Profile(options, streams)
    keys = profile.need_credentials()
    user = keys.access_key + (f"%{keys.token}" if keys.token else "")
    password = _password(host, request.get("path", ""), _region(host, profile), keys)
    streams.stdout.write(f"username={user}\npassword={password}\n")
    return 0


def _region(host: str, profile: Profile) -> str:
    parts = host.split(".")
    return parts[1] if len(parts) > 2 and parts[0].startswith("git-codecommit") else profile.need_region()


def _password(host: str, path: str, region: str, keys: Credentials) -> str:
    """The time and the signature of a request with the method GIT."""
    moment = now()
    canonical = f"GIT\n/{path}\n\nhost:{host}\n\nhost\n"
    scope = f"{moment:%Y%m%d}/{region}/codecommit/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{moment:%Y%m%dT%H%M%S}\n{scope}\n{digest}"
    signature = hmac.new(signing_key(keys.secret_key, scope), text.encode(), hashlib.sha256).hexdigest()
    return f"{moment:%Y%m%dT%H%M%S}Z{signature}"


def nothing(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Nothing to store or erase: each password is generated."""
    parse_command((IGNORE_HOST,), argv)
    return 0


HELPER = {"get": get, "store": nothing, "erase": nothing}
SUBCOMMANDS = {"credential-helper": credential_helper}
