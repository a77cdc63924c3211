"""Calls of the cloud in `$FAKEAWS_HOME`, made by the caller that the profile identifies."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from fakeaws.cli.errors import GeneralError
from fakeaws.cli.profile.settings import SIGN_IN, Profile, home
from fakeaws.core.model import models
from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.resources.caller import DEFAULT_REGION
from fakeaws.core.store.folders import make_private
from fakeaws.core.tools.errors import CloudError
from fakeaws.core.tools.pace import pace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakeaws.cli.invocation import Globals, Perform, Streams
    from fakeaws.core.resources.caller import Caller

Document = dict[str, Any]


def perform_for(options: Globals, streams: Streams) -> Perform:
    """The function that carries out a command's calls: in the local cloud, or on the server of an endpoint URL."""
    profile = Profile(options, streams)
    url = endpoint(options, profile)
    if url is not None:
        from fakeaws.cli.calls.remote import perform_at

        return perform_at(url, options, profile)
    cloud = options.cloud = open_cloud(streams.env)
    callers: dict[bool, Caller] = {}

    def caller_of(signed: bool) -> Caller:
        if signed not in callers:
            callers[signed] = _caller(cloud, profile, streams) if signed else _anonymous(cloud, profile)
        return callers[signed]

    def perform(service: str, operation: str, params: Document) -> Document:
        takes_none = models.service(service).operation(operation).takes_no_signature
        try:
            caller = caller_of(options.sign_request and not takes_none)
            return cloud.perform(service, operation, params, caller, options.most_items)
        except CloudError as error:
            raise GeneralError(str(error)) from error

    return perform


def open_cloud(env: Mapping[str, str], renewed: bool = False) -> Cloud:
    """The cloud of `$FAKEAWS_HOME`; GeneralError where its folder cannot be used. `renewed`: its content will be
    replaced and need not be readable."""
    folder = home(env)
    try:
        return Cloud.renewed(folder) if renewed else Cloud(folder)
    except (OSError, CloudError) as error:
        raise GeneralError(f"The cloud in {folder} cannot be opened: {error}") from error


def finish_work(cloud: Cloud) -> None:
    """Do what the command has left to be done after it, or what another command has left that was killed; at a pace of
    AWS's a process of its own does it, and nobody waits. What cannot be done now is left for the next command."""
    with suppress(CloudError):
        if not cloud.has_due_work():
            return
        if pace() == 0:
            cloud.finish_work()
        else:
            _leave_work()


def _leave_work() -> None:
    import subprocess
    import sys

    nothing = subprocess.DEVNULL
    command = [sys.executable, "-m", "fakeaws", "cloud", "work", "--run"]
    subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True)


def initialise(env: Mapping[str, str]) -> None:
    """Write into a new cloud's folder what `aws configure` would write: a region, and access keys of the root user."""
    folder = home(env)
    if os.path.exists(os.path.join(folder, "credentials")):
        return
    from fakeaws.core.pipeline import initial_keys

    try:
        make_private(folder)
        key, secret = os.urandom(8), os.urandom(20)
        _write_new(os.path.join(folder, initial_keys.FILE), _keys_file(f"AKIA{key.hex().upper()}", secret.hex()))
        _write_new(os.path.join(folder, "config"), f"[default]\nregion = {DEFAULT_REGION}\n")
        _write_new(os.path.join(folder, "credentials"), _keys_file(*initial_keys.first(folder)))
    except OSError as error:
        raise GeneralError(f"The cloud's folder {folder} cannot be created: {error}") from error


def _keys_file(key: str, secret: str) -> str:
    return f"[default]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n"


def _write_new(path: str, text: str) -> None:
    """Write a private file in one step, unless another process has written it."""
    draft = f"{path}.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)


def endpoint(options: Globals, profile: Profile) -> str | None:
    """The server to call, where the command line, the environment or the profile names one."""
    if options.endpoint_url:
        return options.endpoint_url
    if profile.env.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return None
    return profile.get("endpoint_url", "AWS_ENDPOINT_URL")


def _anonymous(cloud: Cloud, profile: Profile) -> Caller:
    return cloud.caller("", profile.region or DEFAULT_REGION)


def _caller(cloud: Cloud, profile: Profile, streams: Streams) -> Caller:
    region = profile.region or DEFAULT_REGION
    keys = profile.credentials()
    if profile.is_role(keys):
        from fakeaws.cli.profile.roles import session

        keys = session(cloud, profile, streams)
    if keys is None:
        return _anonymous(cloud, profile)
    if keys.method == SIGN_IN:
        from fakeaws.cli.profile.roles import signed_in

        keys = signed_in(cloud, profile, profile.section)
    return cloud.caller(keys.access_key, region, keys.token or "")
