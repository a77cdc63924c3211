"""`configure`: the settings and keys of the profiles, prompted for or set one by one."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments.paramfile import load_text
from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.commands.sso import sign_in
from fakeaws.cli.errors import CONFIGURATION_ERROR, CliError, GeneralError
from fakeaws.cli.profile import config_file
from fakeaws.cli.profile.settings import Credentials, Profile
from fakeaws.cli.profile.sso_session import Session
from fakeaws.cli.tree.dispatch import dispatch

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

KEYS = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
"""The settings that belong in the credentials file."""

SECTIONS = ("plugins",)
"""Sections of the configuration file that are no profiles."""

QUESTIONS = (
    ("aws_access_key_id", "AWS Access Key ID"),
    ("aws_secret_access_key", "AWS Secret Access Key"),
    ("region", "Default region name"),
    ("output", "Default output format"),
)

FORMATS = ("process", "env", "env-no-export", "powershell", "windows-cmd", "fish")


def run(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Configure AWS CLI options."""
    if argv and not argv[0].startswith("-"):
        return dispatch("configure", SUBCOMMANDS, argv, options, streams, perform)
    parse_command((), argv)
    return _ask(options, streams)


def _ask(options: Globals, streams: Streams) -> int:
    profile = Profile(options, streams)
    name = profile.name or "default"
    known = profile.profiles.get(name, {})
    if not known:
        streams.stdout.write(
            "\nTip: You can deliver temporary credentials to the AWS CLI using your AWS Console session "
            f"by running the command '{streams.program} login'.\n\n"
        )
    answers: dict[str, str] = {}
    for key, question in QUESTIONS:
        current = known.get(key)
        shown = masked(current) if key in KEYS else current
        answer = read_line(streams, f"{question} [{shown}]: ")
        if answer and answer != current:
            answers[key] = answer
    if answers:
        _write(profile, name, answers)
    return 0


def read_line(streams: Streams, prompt: str) -> str:
    """A line of the user's after `prompt`; GeneralError at the end of the input."""
    streams.stdout.write(prompt)
    streams.stdout.flush()
    line: str = streams.stdin.readline()
    if not line:
        raise GeneralError("EOF when reading a line")
    return line.rstrip("\r\n")


def masked(value: str | None) -> str | None:
    """A key with all but its last four characters hidden."""
    return None if value is None else "*" * 16 + value[-4:]


def _write(profile: Profile, name: str, values: dict[str, Any]) -> None:
    keys = {key: value for key, value in values.items() if key in KEYS}
    if keys:
        config_file.update(profile.credentials_path(), name, keys)
    others = {key: value for key, value in values.items() if key not in KEYS}
    config_file.update(profile.config_path(), config_file.profile_section(name), others)


def get(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Get a configuration value from the config file."""
    name = parse_command((Option("varname"),), argv)["varname"]
    profile = Profile(options, streams)
    value = profile.section.get(name) if "." not in name else _dotted(profile, name.split("."))
    if isinstance(value, dict):
        streams.stderr.write(f"varname ({name}) must reference a value, not a section or sub-section.")
    if not isinstance(value, str):
        return 1
    streams.stdout.write(value + "\n")
    return 0


def _dotted(profile: Profile, parts: list[str]) -> Any:
    if len(parts) == 2 and parts[0] in SECTIONS:
        return profile.other_section(parts[0]).get(parts[1])
    if parts[0] == "profile" and len(parts) > 2:
        name, key, rest = parts[1], parts[2], parts[3:]
    elif parts[0] == "default" or parts[0] in profile.profiles:
        name, key, rest = parts[0], parts[1], parts[2:]
    else:
        name, key, rest = profile.name or "default", parts[0], parts[1:]
    value = profile.profiles.get(name, {}).get(key)
    if len(rest) == 1:
        return value.get(rest[0]) if isinstance(value, dict) else None
    return value


def set_value(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Set a configuration value from the config file."""
    values = parse_command((Option("varname"), Option("value")), argv)
    profile = Profile(options, streams)
    section, key, value = _target(profile, values["varname"].split("."), values["value"])
    try:
        if key in KEYS:
            _warn_if_open(profile.credentials_path(), streams)
            config_file.update(profile.credentials_path(), section, {key: value})
        else:
            header = section if section in SECTIONS else config_file.profile_section(section)
            config_file.update(profile.config_path(), header, {key: value})
    except OSError as error:
        raise GeneralError(str(error)) from error
    return 0


def _target(profile: Profile, parts: list[str], value: str) -> tuple[str, str, Any]:
    """The section, key and value of a dotted name."""
    if len(parts) == 2 and parts[0] in SECTIONS:
        return parts[0], parts[1], value
    section = profile.name or "default"
    if parts[0] == "default" and len(parts) > 1:
        section, parts = "default", parts[1:]
    elif parts[0] == "profile" and len(parts) > 2:
        section, parts = parts[1], parts[2:]
    return section, parts[0], {parts[1]: value} if len(parts) == 2 else value


def _warn_if_open(path: str, streams: Streams) -> None:
    if os.path.exists(path) and os.stat(path).st_mode & 0o077:
        streams.stderr.write(
            f"\nWarning: {path} is readable by others. Its permissions should be 600: run `chmod 600 {path}`.\n"
        )


def list_values(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """List the AWS CLI configuration data."""
    parse_command((), argv)
    profile = Profile(options, streams)
    _write_row(streams, "NAME", "VALUE", "TYPE", "LOCATION")
    _write_row(streams, "profile", *_profile_row(options, profile))
    profile.check()
    found = profile.credentials()
    pairs = (("access_key", found.access_key), ("secret_key", found.secret_key)) if found else ()
    for name, value in pairs or (("access_key", None), ("secret_key", None)):
        _write_row(streams, name, masked(value) or _UNSET, found.method if found else None, "" if found else None)
    _write_row(streams, "region", *_region_row(profile))
    return 0


_UNSET = "<not set>"


def _write_row(streams: Streams, name: str, value: str, kind: str | None, location: str | None) -> None:
    streams.stdout.write(f"{name:<10} : {value:<24} : {kind!s:<16} : {location}\n")


def _profile_row(options: Globals, profile: Profile) -> tuple[str, str | None, str | None]:
    if options.profile is not None:
        return options.profile, "manual", "--profile"
    if profile.name is not None:
        return profile.name, "env", "['AWS_PROFILE', 'AWS_DEFAULT_PROFILE']"
    return _UNSET, None, None


def _region_row(profile: Profile) -> tuple[str, str | None, str | None]:
    named = profile.env.get("AWS_REGION") or profile.env.get("AWS_DEFAULT_REGION")
    if named:
        return named, "env", "['AWS_REGION', 'AWS_DEFAULT_REGION']"
    written = profile.section.get("region")
    if written is not None:
        return str(written), "config-file", _with_tilde(profile)
    return _UNSET, None, None


def _with_tilde(profile: Profile) -> str:
    home = profile.env.get("HOME", "")
    path = profile.config_path()
    return "~" + path[len(home) :] if home and path.startswith(home + os.sep) else path


def list_profiles(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """List the profiles available to the AWS CLI."""
    parse_command((), argv)
    streams.stdout.write("".join(f"{name}\n" for name in Profile(options, streams).profiles))
    return 0


def export_credentials(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Export credentials in various formats."""
    style = parse_command((Option("--format", choices=FORMATS, default="process"),), argv)["format"]
    profile = Profile(options, streams)
    try:
        profile.check()
        found = profile.credentials()
    except CliError as error:
        raise GeneralError(f"Unable to retrieve credentials: {error.message}", CONFIGURATION_ERROR) from error
    if found is None:
        raise CliError("Unable to retrieve credentials: no credentials found", "Configuration", CONFIGURATION_ERROR)
    streams.stdout.write(_exported(found, style))
    return 0


def _exported(keys: Credentials, style: str) -> str:
    if style == "process":
        document = {"Version": 1, "AccessKeyId": keys.access_key, "SecretAccessKey": keys.secret_key}
        if keys.token is not None:
            document["SessionToken"] = keys.token
        return json.dumps(document, indent=2) + "\n"
    template = {
        "env": "export {}={}\n",
        "env-no-export": "{}={}\n",
        "powershell": '$Env:{}="{}"\n',
        "windows-cmd": "set {}={}\n",
        "fish": 'set -gx {} "{}"\n',
    }[style]
    values = {"AWS_ACCESS_KEY_ID": keys.access_key, "AWS_SECRET_ACCESS_KEY": keys.secret_key}
    if keys.token is not None:
        values["AWS_SESSION_TOKEN"] = keys.token
    return "".join(template.format(name, value) for name, value in values.items())


def import_keys(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Import CSV credentials generated from the AWS web console."""
    values = parse_command(
        (
            Option("--csv", required=True),
            Option("--skip-invalid", nargs=0, default=False),
            Option("--profile-prefix", default=""),
        ),
        argv,
    )
    text = load_text(values["csv"], "--csv")
    rows = _rows(text if isinstance(text, str) else text.decode("utf-8-sig"), values["skip_invalid"])
    profile = Profile(options, streams)
    for name, access_key, secret_key in rows:
        keys = {"aws_access_key_id": access_key, "aws_secret_access_key": secret_key}
        config_file.update(profile.credentials_path(), values["profile_prefix"] + name, keys)
    streams.stdout.write(f"Successfully imported {len(rows)} profile(s)\n")
    return 0


def _rows(text: str, skip_invalid: bool) -> list[tuple[str, str, str]]:
    import csv

    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    if not lines:
        raise GeneralError("Provided CSV contains no contents")
    reader = csv.DictReader(lines)
    headers = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
    wanted = ("User Name", "Access key ID", "Secret access key")
    for header in wanted:
        if header.lower() not in headers:
            raise GeneralError(f'Expected header "{header}" not found')
    found = []
    for row in reader:
        cells = [(row.get(headers[header.lower()]) or "").strip() for header in wanted]
        if all(cells):
            found.append((cells[0], cells[1], cells[2]))
        elif not skip_invalid:
            missing = wanted[cells.index("")]
            raise GeneralError(f'Failed to parse entry for profile "{cells[0]}", missing "{missing}"')
    return found


def sso(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Configure a profile that signs in through IAM Identity Center, and sign in."""
    parse_command((Option("--use-device-code", nargs=0), Option("--no-browser", nargs=0)), argv)
    profile = Profile(options, streams)
    session = read_line(streams, "SSO session name (Recommended): ")
    url = read_line(streams, "SSO start URL [None]: ")
    region = read_line(streams, "SSO region [None]: ")
    scopes = read_line(streams, "SSO registration scopes [sso:account:access]: ") or "sso:account:access"
    _write_session(profile, session, url, region, scopes)
    signed_in = Session(Profile(options, streams), {"sso_session": session})
    token = {"accessToken": sign_in(signed_in, streams, perform)}
    account = _chosen(streams, perform("sso", "ListAccounts", token)["accountList"], "accountId", "account")
    roles = perform("sso", "ListAccountRoles", {**token, "accountId": account})["roleList"]
    role = _chosen(streams, roles, "roleName", "role")
    values = {"sso_session": session, "sso_account_id": account, "sso_role_name": role}
    for key, question in QUESTIONS[2:]:
        answer = read_line(streams, f"{question} [None]: ")
        values |= {key: answer} if answer else {}
    usual = f"{role}-{account}"
    name = profile.name or read_line(streams, f"Profile name [{usual}]: ") or usual
    config_file.update(profile.config_path(), config_file.profile_section(name), values)
    streams.stdout.write(
        f"To use this profile, specify the profile name using --profile, as shown:\n\n"
        f"{streams.program} sts get-caller-identity --profile {name}\n"
    )
    return 0


def _chosen(streams: Streams, found: list[dict[str, Any]], member: str, what: str) -> str:
    """The only choice, or the one that the user names."""
    names = [str(each[member]) for each in found]
    if not names:
        raise GeneralError(f"No {what}s are available to you.")
    if len(names) == 1:
        streams.stdout.write(f"The only {what} available to you is: {names[0]}\n")
        return names[0]
    streams.stdout.write(f"There are {len(names)} {what}s available to you: {', '.join(names)}\n")
    named = read_line(streams, f"{what.title()} [{names[0]}]: ") or names[0]
    if named not in names:
        raise GeneralError(f"{named} is none of them.")
    return named


def sso_session(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Configure a session of IAM Identity Center that several profiles share."""
    parse_command((), argv)
    session = read_line(streams, "SSO session name: ")
    url = read_line(streams, "SSO start URL [None]: ")
    region = read_line(streams, "SSO region [None]: ")
    scopes = read_line(streams, "SSO registration scopes [sso:account:access]: ") or "sso:account:access"
    _write_session(Profile(options, streams), session, url, region, scopes)
    return 0


def _write_session(profile: Profile, session: str, url: str, region: str, scopes: str) -> None:
    values = {"sso_start_url": url, "sso_region": region, "sso_registration_scopes": scopes}
    config_file.update(profile.config_path(), f"sso-session {session}", values)


SUBCOMMANDS = {
    "list": list_values,
    "get": get,
    "set": set_value,
    "import": import_keys,
    "list-profiles": list_profiles,
    "sso": sso,
    "sso-session": sso_session,
    "export-credentials": export_credentials,
}
