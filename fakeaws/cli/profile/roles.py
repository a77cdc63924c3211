"""Profiles of a role: `role_arn` with `source_profile`, `credential_source` or `web_identity_token_file`.

A session is cached in `cli/cache` of the cloud's folder, as in the AWS CLI, and used until it is about to expire.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from fakeaws.cli.errors import GeneralError, ServiceError
from fakeaws.cli.profile.settings import Credentials, Profile, home
from fakeaws.core.model.models import service
from fakeaws.core.pipeline import clock
from fakeaws.core.resources.caller import DEFAULT_REGION
from fakeaws.core.store.folders import make_private
from fakeaws.core.tools.errors import AwsError

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Streams
    from fakeaws.core.pipeline.cloud import Cloud

Document = dict[str, Any]
EXPIRES_SOON = 15 * 60


def session(cloud: Cloud, profile: Profile, streams: Streams) -> Credentials:
    """The keys of the current profile's role; ServiceError where it may not be assumed."""
    return _of_profile(cloud, profile, streams, profile.name or "default", ())


def _of_profile(cloud: Cloud, profile: Profile, streams: Streams, name: str, seen: tuple[str, ...]) -> Credentials:
    section = profile.profiles.get(name, {})
    source = section.get("source_profile")
    if name in seen and source != name:
        raise GeneralError(
            f'Infinite loop in credential configuration detected. Attempting to load from profile "{name}" which has'
            f" already been visited. Visited profiles: {list(seen)}"
        )
    if "web_identity_token_file" in section:
        return _exchanged(cloud, profile, _with_token(section), "AssumeRoleWithWebIdentity", None)
    base = _source(cloud, profile, streams, section, name, seen)
    params = _parameters(cloud, section)
    if "mfa_serial" in section:
        cached = _cached(cloud, profile, params)
        if cached is not None:
            return cached
        streams.stderr.write(f"Enter MFA code for {section['mfa_serial']}: ")
        streams.stderr.flush()
        params |= {"SerialNumber": section["mfa_serial"], "TokenCode": streams.stdin.readline().strip()}
    return _exchanged(cloud, profile, params, "AssumeRole", base)


def _source(
    cloud: Cloud, profile: Profile, streams: Streams, section: Document, name: str, seen: tuple[str, ...]
) -> Credentials:
    """The keys that the role is assumed with: another profile's, which may be a role's too, or the environment's."""
    source = section.get("source_profile")
    if source is not None and source != name and "role_arn" in profile.profiles.get(str(source), {}):
        return _of_profile(cloud, profile, streams, str(source), (*seen, name))
    found = profile.credentials()
    if found is not None and not found.access_key:
        return signed_in(cloud, profile, profile.profiles[str(source)])
    if found is None:
        raise GeneralError("Partial credentials found in assume-role, missing: source_profile or credential_source")
    return found


def signed_in(cloud: Cloud, profile: Profile, section: Document) -> Credentials:
    """The keys of a profile whose user has signed in through IAM Identity Center."""
    from fakeaws.cli.profile.sso_session import keys

    def perform(name: str, operation: str, params: Document) -> Document:
        try:
            return cloud.perform(name, operation, params)
        except AwsError as error:
            raise ServiceError(error, service(name).operation(operation)) from error

    return keys(perform, profile, section)


def _parameters(cloud: Cloud, section: Document) -> Document:
    now = int(clock.now(cloud.database))
    params: Document = {
        "RoleArn": section["role_arn"],
        "RoleSessionName": section.get("role_session_name") or f"botocore-session-{now}",
    }
    if "external_id" in section:
        params["ExternalId"] = section["external_id"]
    with suppress(KeyError, ValueError):
        params["DurationSeconds"] = int(section["duration_seconds"])
    return params


def _with_token(section: Document) -> Document:
    try:
        with open(os.path.expanduser(str(section["web_identity_token_file"])), encoding="utf-8") as file:
            token = file.read().strip()
    except OSError as error:
        raise GeneralError(f"[Errno {error.errno}] {error.strerror}: {error.filename!r}") from error
    name = section.get("role_session_name") or "botocore-session"
    return {"RoleArn": section["role_arn"], "RoleSessionName": name, "WebIdentityToken": token}


def _exchanged(
    cloud: Cloud, profile: Profile, params: Document, operation: str, base: Credentials | None
) -> Credentials:
    cached = _cached(cloud, profile, params)
    if cached is not None:
        return cached
    region = profile.region or DEFAULT_REGION
    caller = cloud.caller(base.access_key, region, base.token or "") if base is not None else None
    try:
        found = cloud.perform("sts", operation, params, caller)["Credentials"]
    except AwsError as error:
        raise ServiceError(error, service("sts").operation(operation)) from error
    document = {**found, "Expiration": found["Expiration"].timestamp()}
    _save(profile, params, document)
    return _credentials(document)


def _credentials(document: Document) -> Credentials:
    keys = (document["AccessKeyId"], document["SecretAccessKey"], document["SessionToken"])
    return Credentials(*keys, "assume-role")


def _cached(cloud: Cloud, profile: Profile, params: Document) -> Credentials | None:
    try:
        with open(_path(profile, params), encoding="utf-8") as file:
            document = json.load(file)
    except (OSError, ValueError):
        return None
    issued = cloud.caller(document["AccessKeyId"], DEFAULT_REGION).credential
    if issued is None or document["Expiration"] - clock.now(cloud.database) < EXPIRES_SOON:
        return None
    return _credentials(document)


def _save(profile: Profile, params: Document, document: Document) -> None:
    path = _path(profile, params)
    make_private(os.path.dirname(path))
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(document, file)


def _path(profile: Profile, params: Document) -> str:
    import hashlib

    named = {k: v for k, v in params.items() if k not in ("TokenCode", "SerialNumber", "WebIdentityToken")}
    if str(named["RoleSessionName"]).startswith("botocore-session"):
        del named["RoleSessionName"]
    digest = hashlib.sha1(json.dumps([profile.name, named], sort_keys=True).encode(), usedforsecurity=False)
    return os.path.join(home(profile.env), "cli", "cache", f"{digest.hexdigest()}.json")
