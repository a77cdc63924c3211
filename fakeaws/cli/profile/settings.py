"""Settings as AWS CLI finds them: options, then the environment, then the profile in the configuration files.

The files are those that AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name, else `config` and `credentials` of the
cloud's folder; `~/.aws` is never read.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fakeaws.cli.errors import CONFIGURATION_ERROR, CliError, GeneralError

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Streams

Section = dict[str, Any]

FORMATS = ("json", "text", "table", "yaml", "yaml-stream", "off")


SIGN_IN = "sso"
"""The method of keys that a sign-in through IAM Identity Center gives."""


class Credentials:
    """Keys, and where they were found: `env`, `shared-credentials-file`, `config-file`, `assume-role`, …; the keys of
    `sso` are empty until the call fetches them (calls/local)."""

    def __init__(self, access_key: str, secret_key: str, token: str | None, method: str) -> None:
        self.access_key = access_key
        self.secret_key = secret_key
        self.token = token
        self.method = method


class Profile:
    """The settings of one command. Files are read when a setting is first needed."""

    def __init__(self, options: Globals, streams: Streams) -> None:
        self._options = options
        self.env: Mapping[str, str] = streams.env
        self._program = streams.program
        self._files: tuple[dict[str, Section], dict[str, Section]] | None = None

    @property
    def name(self) -> str | None:
        """The profile that is named, by --profile or the environment; None for the default one."""
        env = self.env
        return self._options.profile or env.get("AWS_PROFILE") or env.get("AWS_DEFAULT_PROFILE") or None

    @property
    def profiles(self) -> dict[str, Section]:
        """All profiles by name: the credentials file overrides the configuration file."""
        config, credentials = self._read_files()
        found: dict[str, Section] = {}
        for header, section in config.items():
            if header == "default" and "default" not in found:
                found["default"] = dict(section)
            elif header.startswith("profile "):
                found[_unquoted(header.removeprefix("profile "))] = dict(section)
        for name, section in credentials.items():
            found.setdefault(name, {}).update(section)
        return found

    @property
    def section(self) -> Section:
        """The settings of the current profile; CliError if a named profile does not exist."""
        profiles = self.profiles
        if self.name is None:
            return profiles.get("default", {})
        if self.name not in profiles:
            raise GeneralError(f"The config profile ({self.name}) could not be found")
        return profiles[self.name]

    def other_section(self, name: str) -> Section:
        """A section of the configuration file that is no profile (`plugins`); empty if it does not exist."""
        return self._read_files()[0].get(name, {})

    def check(self) -> None:
        """CliError if the files cannot be parsed or the profile does not exist."""
        _ = self.section

    def get(self, key: str, *variables: str) -> str | None:
        """A setting: the first of the environment variables that is set, else the profile's `key`."""
        for variable in variables:
            if self.env.get(variable):
                return self.env[variable]
        value = self.section.get(key)
        return value if isinstance(value, str) else None

    @property
    def region(self) -> str | None:
        if self._options.region is not None:
            return self._options.region
        return self.get("region", "AWS_REGION", "AWS_DEFAULT_REGION")

    @property
    def output(self) -> str:
        """The output format; CliError if the environment or the profile names an unknown one."""
        found = self._options.output or self.get("output", "AWS_DEFAULT_OUTPUT") or "json"
        if found not in FORMATS:
            raise GeneralError(f"Unknown output type: {found}")
        return found

    @property
    def error_style(self) -> str:
        found = self._options.cli_error_format or self.get("cli_error_format", "AWS_CLI_ERROR_FORMAT")
        return (found or "enhanced").lower()

    def need_region(self) -> str:
        """The region; CliError if none is set."""
        if self.region is None:
            raise CliError(
                "You must specify a region. You can also configure your region by running "
                f'"{self._program} configure".',
                "NoRegion",
                CONFIGURATION_ERROR,
            )
        return self.region

    def need_credentials(self) -> Credentials:
        """The keys to sign with; CliError if there are none."""
        found = self.credentials()
        if found is None:
            raise CliError(
                f'Unable to locate credentials. You can configure credentials by running "{self._program} login".',
                "NoCredentials",
                CONFIGURATION_ERROR,
            )
        return found

    def credentials(self) -> Credentials | None:
        """The current keys: the environment's unless --profile is given, then those of the files."""
        if self._options.profile is None:
            found = self._from_environment()
            if found is not None:
                return found
        return self._from_profile(self.name or "default", ())

    def is_role(self, found: Credentials | None) -> bool:
        """Whether the current keys are only used to assume the profile's role."""
        if found is not None and found.method == "env" and self._options.profile is None and "role_arn" in self.section:
            return False
        return "role_arn" in self.section and (found is None or found.method in ("assume-role", "env"))

    def _from_environment(self) -> Credentials | None:
        access_key = self.env.get("AWS_ACCESS_KEY_ID")
        if not access_key:
            return None
        secret = self.env.get("AWS_SECRET_ACCESS_KEY")
        if not secret:
            raise _partial("env", "AWS_SECRET_ACCESS_KEY")
        return Credentials(access_key, secret, self.env.get("AWS_SESSION_TOKEN") or None, "env")

    def _from_profile(self, name: str, seen: tuple[str, ...]) -> Credentials | None:
        config, shared = self._read_files()
        section = self.profiles.get(name, {})
        if "role_arn" in section and name not in seen:
            return self._assumed(name, section, (*seen, name))
        if "sso_account_id" in section and "sso_role_name" in section:
            return Credentials("", "", None, SIGN_IN)
        for method, source in (
            ("shared-credentials-file", shared.get(name, {})),
            ("config-file", config.get(f"profile {name}", config.get(name, {}))),
        ):
            if "aws_access_key_id" in source:
                return _keys(source, method)
        if "credential_process" in section:
            return _from_process(str(section["credential_process"]))
        return None

    def _assumed(self, name: str, section: Section, seen: tuple[str, ...]) -> Credentials | None:
        """The keys that a role is assumed with; roles.session exchanges them for the role's."""
        source = section.get("source_profile")
        if source is None:
            return self._from_environment()
        if source not in self.profiles:
            raise GeneralError(
                f'The source_profile "{source}" referenced in the profile "{name}" does not exist.',
            )
        found = self._from_profile(str(source), seen)
        if found is not None:
            found.method = "assume-role"
        return found

    def config_path(self) -> str:
        return self._path("AWS_CONFIG_FILE", "config")

    def credentials_path(self) -> str:
        return self._path("AWS_SHARED_CREDENTIALS_FILE", "credentials")

    def _path(self, variable: str, name: str) -> str:
        named = self.env.get(variable)
        if named:
            return os.path.expanduser(named)
        return os.path.join(home(self.env), name)

    def _read_files(self) -> tuple[dict[str, Section], dict[str, Section]]:
        if self._files is None:
            self._files = read_ini(self.config_path()), read_ini(self.credentials_path())
        return self._files


def home(env: Mapping[str, str]) -> str:
    """The cloud's folder: `$FAKEAWS_HOME`, else `~/.fakeaws`."""
    return os.path.expanduser(env.get("FAKEAWS_HOME") or "~/.fakeaws")


def _unquoted(name: str) -> str:
    name = name.strip()
    return name[1:-1] if len(name) > 1 and name[0] == name[-1] and name[0] in "\"'" else name


def _keys(section: Section, method: str) -> Credentials:
    if "aws_secret_access_key" not in section:
        raise _partial(method, "aws_secret_access_key")
    return Credentials(
        section["aws_access_key_id"], section["aws_secret_access_key"], section.get("aws_session_token"), method
    )


def _partial(method: str, missing: str) -> CliError:
    return CliError(f"Partial credentials found in {method}, missing: {missing}", "Configuration", CONFIGURATION_ERROR)


def _from_process(command: str) -> Credentials:
    import json
    import shlex
    import subprocess

    try:
        words = shlex.split(command)
    except ValueError as error:
        raise GeneralError(str(error)) from error
    done = subprocess.run(words, capture_output=True, check=False)
    failed = GeneralError(f"Error when retrieving credentials from custom-process: {done.stderr.decode()}".rstrip())
    if done.returncode:
        raise failed
    try:
        found = json.loads(done.stdout)
        return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found.get("SessionToken"), "custom-process")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise failed from error


def read_ini(path: str) -> dict[str, Section]:
    """The sections of a configuration file; indented lines below `key =` are a section of their own.

    Empty if there is no such file or it cannot be read, as in botocore; GeneralError if a line cannot be understood.
    """
    try:
        with open(path, encoding="utf-8") as file:
            return _parse(file.read().splitlines())
    except OSError:
        return {}
    except ValueError as error:
        raise GeneralError(f"Unable to parse config file: {path}") from error


def _parse(lines: list[str]) -> dict[str, Section]:
    sections: dict[str, Section] = {}
    section: Section | None = None
    key = ""
    for line in lines:
        text = line.strip()
        if not text or text[0] in "#;":
            continue
        if text[0] == "[" and not line[0].isspace():
            key = ""
            section = sections[_header(text, sections)] = {}
        elif section is None:
            raise ValueError(line)
        elif line[0].isspace() and key:
            _nest(section, key, text)
        else:
            key, value = _pair(text)
            section[key] = value
    return sections


def _header(text: str, sections: dict[str, Section]) -> str:
    name, closed, _ = text[1:].partition("]")
    if not closed or name in sections:
        raise ValueError(text)
    return name


def _pair(text: str) -> tuple[str, str]:
    at = min((text.find(mark) for mark in "=:" if mark in text), default=-1)
    if at <= 0:
        raise ValueError(text)
    return text[:at].strip().lower(), text[at + 1 :].strip()


def _nest(section: Section, key: str, text: str) -> None:
    """A further line of `key`: a member of the section that it holds, or, after a value, more of the value."""
    value_before = section[key]
    if value_before and not isinstance(value_before, dict):
        section[key] = f"{value_before}\n{text}"
        return
    name, value = _pair(text)
    section[key] = {**(value_before or {}), name: value}
