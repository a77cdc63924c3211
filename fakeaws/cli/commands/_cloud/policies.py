"""`fakeaws cloud enforce`, `explain` and `least-privilege`: enforcing policies, and explaining their decisions."""

from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.calls.local import open_cloud
from fakeaws.cli.commands._cloud import suggestions
from fakeaws.cli.errors import CliError, GeneralError
from fakeaws.cli.profile.settings import Profile
from fakeaws.core.pipeline import clock, enforcement
from fakeaws.policies import advice

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
LEAST_OPTIONS = (
    Option("--since", default="1d", help="How far to look back: 90s, 5m, 2h, 30d or 1w."),
    Option("--caller", help="The ARN of a user or role. Default: all callers of the account."),
)
EXPLAIN_OPTIONS = (Option("--call", convert=int, help="The number of a recorded call. Default: the last refused one."),)


def enforce_on(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Enforce policies: from now on every call must be allowed by one."""
    return _enforce(argv, streams, True)


def enforce_off(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Stop enforcing policies: from now on every call is allowed."""
    return _enforce(argv, streams, False)


def _enforce(argv: list[str], streams: Streams, wanted: bool) -> int:
    parse_command((), argv)
    cloud = open_cloud(streams.env)
    with cloud.database.transaction(write=True):
        enforcement.enforce(cloud.database, wanted)
    streams.stdout.write("Policies are enforced.\n" if wanted else "Policies are not enforced.\n")
    return 0


def enforce_show(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Show whether policies are enforced: on or off."""
    parse_command((), argv)
    found = enforcement.is_enforced(open_cloud(streams.env).database)
    streams.stdout.write("on\n" if found else "off\n")
    return 0


def explain(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Explain why a call was refused: the statement that decided or is missing, and a command that helps."""
    values = parse_command(EXPLAIN_OPTIONS, argv)
    cloud = open_cloud(streams.env)
    found = [*itertools.islice(cloud.database.refused(values["call"]), 1)]
    if not found:
        raise GeneralError("No such call is recorded." if values["call"] else "No call has been refused yet.")
    [(number, _, event, account, region)] = found
    if "errorCode" not in event:
        raise GeneralError(f"Call {number} was not refused.")
    streams.stdout.write(f"Call {number}: ")
    for line in advice.explained(cloud, event, account, region):
        streams.stdout.write(line + "\n")
    if "why" not in event:
        for line in suggestions.lines(advice.again(cloud, event, account, region), event["errorCode"]):
            streams.stdout.write(line + "\n")
    return 0


def least_privilege(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Print the smallest policy that allows the recorded calls."""
    values = parse_command(LEAST_OPTIONS, argv)
    given = re.fullmatch(r"(\d+)([smhdw])", values["since"])
    if given is None:
        raise CliError(f"{values['since']!r} is not a duration such as 90s, 5m, 2h, 30d or 1w.")
    cloud, profile = open_cloud(streams.env), Profile(options, streams)
    keys = profile.credentials()
    caller = cloud.caller(keys.access_key if keys else "", profile.region or "us-east-1")
    since = clock.now(cloud.database) - int(given[1]) * UNITS[given[2]]
    events = [
        (event, caller.account, region)
        for _, _, event, _, region in cloud.database.recorded(caller.account, None, since)
        if "errorCode" not in event and values["caller"] in (None, event["caller"][1], (event.get("role") or [""])[0])
    ]
    streams.stdout.write(json.dumps(advice.least(cloud, events), indent=4) + "\n")
    return 0


SUBCOMMANDS = {
    "enforce": {"on": enforce_on, "off": enforce_off, "show": enforce_show},
    "explain": explain,
    "least-privilege": least_privilege,
}
