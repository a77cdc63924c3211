"""Profiles that sign in through IAM Identity Center: the token that `sso login` caches, and the keys fetched with it.

Tokens are in `sso/cache` and keys in `cli/cache` of the cloud's folder, in files named as the AWS CLI names them.
"""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from fakeaws.cli.errors import CONFIGURATION_ERROR, CliError, GeneralError, ServiceError
from fakeaws.cli.profile.settings import SIGN_IN, Credentials, Profile, home
from fakeaws.cli.profile.signing import now
from fakeaws.core.store.folders import make_private

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeaws.cli.invocation import Perform

Document = dict[str, Any]
EXPIRES_SOON = timedelta(minutes=15)
SCOPE = "sso:account:access"
EXPIRED = (
    "The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session run "
    "aws sso login with the corresponding profile."
)


class Session:
    """Where a profile signs in: `name` of its sso-session, empty for settings in the profile itself."""

    def __init__(self, profile: Profile, section: Document, name: str | None = None, program: str = "aws") -> None:
        self.name = name or str(section.get("sso_session", ""))
        settings = profile.other_section(f"sso-session {self.name}") if self.name else section
        missing = [key for key in ("sso_start_url", "sso_region") if not settings.get(key)]
        if missing:
            raise CliError(
                f"Missing the following required SSO configuration values: {', '.join(missing)}. To make sure this "
                f"profile is properly configured to use SSO, please run: {program} configure sso",
                "Configuration",
                CONFIGURATION_ERROR,
            )
        self.url, self.region = str(settings["sso_start_url"]), str(settings["sso_region"])
        scopes = str(settings.get("sso_registration_scopes", SCOPE if self.name else ""))
        self.scopes = [scope.strip() for scope in scopes.split(",") if scope.strip()]
        self.env = profile.env

    @property
    def path(self) -> str:
        digest = hashlib.sha1((self.name or self.url).encode(), usedforsecurity=False).hexdigest()
        return os.path.join(home(self.env), "sso", "cache", f"{digest}.json")

    def token(self) -> str:
        """The access token of the last sign-in; CliError where there is none or it has expired."""
        cached = _read(self.path)
        if cached is None or "accessToken" not in cached:
            what = self.name or self.url
            raise GeneralError(f"Error loading SSO Token: Token for {what} does not exist")
        if datetime.fromisoformat(cached["expiresAt"]) <= now():
            raise GeneralError(EXPIRED)
        return str(cached["accessToken"])

    def save(self, document: Document) -> None:
        """Cache the answer of a sign-in, readable by its owner only."""
        _write(self.path, document)


def keys(perform: Perform, profile: Profile, section: Document) -> Credentials:
    """The keys of the account and role of a profile, as long as its user is signed in."""
    session = Session(profile, section)
    named = {"accountId": str(section["sso_account_id"]), "roleName": str(section["sso_role_name"])}
    where = {"sessionName": session.name} if session.name else {"startUrl": session.url}
    text = json.dumps({**named, **where}, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
    path = os.path.join(home(profile.env), "cli", "cache", f"{digest}.json")
    cached = _read(path)
    if cached is None or datetime.fromisoformat(cached["Credentials"]["Expiration"]) <= now() + EXPIRES_SOON:
        cached = _fetched(perform, {**named, "accessToken": session.token()})
        _write(path, cached)
    found = cached["Credentials"]
    return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"], SIGN_IN)


def _fetched(perform: Perform, params: Document) -> Document:
    try:
        found = perform("sso", "GetRoleCredentials", params)["roleCredentials"]
    except ServiceError as refused:
        if refused.code == "UnauthorizedException":
            raise GeneralError(EXPIRED) from refused
        raise
    until = datetime.fromtimestamp(found["expiration"] / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    given = {"AccessKeyId": found["accessKeyId"], "SecretAccessKey": found["secretAccessKey"]}
    about = {"SessionToken": found["sessionToken"], "Expiration": until, "AccountId": params["accountId"]}
    return {"ProviderType": "sso", "Credentials": {**given, **about}}


def delete_tokens(env: Mapping[str, str]) -> list[str]:
    """Delete all cached tokens and the keys fetched with them; returns the deleted tokens."""
    tokens = []
    for folder in ("sso", "cli"):
        place = os.path.join(home(env), folder, "cache")
        for name in sorted(os.listdir(place)) if os.path.isdir(place) else ():
            cached = _read(os.path.join(place, name)) or {}
            if folder == "sso" or cached.get("ProviderType") == "sso":
                tokens += [cached["accessToken"]] if "accessToken" in cached else []
                os.unlink(os.path.join(place, name))
    return tokens


def _read(path: str) -> Document | None:
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _write(path: str, document: Document) -> None:
    make_private(os.path.dirname(path))
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(document, file)
