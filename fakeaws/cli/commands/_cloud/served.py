"""Manages a served cloud through its `/_fakeaws/` addresses, with the secret in this cloud's folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fakeaws.cli.errors import GeneralError
from fakeaws.cli.profile.settings import home

Document = dict[str, Any]
TIMEOUT = 60


def change(url: str, env: Mapping[str, str], name: str, body: Document) -> Document:
    """Change the cloud at `url` (`reset`, `snapshot`, `clock`); GeneralError where the server refuses it."""
    return _called(url, env, name, json.dumps(body).encode())


def clock(url: str, env: Mapping[str, str]) -> Document:
    """The time of the cloud at `url`."""
    return _called(url, env, "clock", None)


def _called(url: str, env: Mapping[str, str], name: str, body: bytes | None) -> Document:
    from urllib.error import HTTPError, URLError
    from urllib.request import ProxyHandler, Request, build_opener

    from fakeaws.cli.calls.remote import check_address
    from fakeaws.wire.server.admin import PREFIX
    from fakeaws.wire.server.admin_secret import HEADER

    check_address(url)
    request = Request(url.rstrip("/") + PREFIX + name, data=body, headers={"Content-Type": "application/json"})
    through: list[ProxyHandler] = []
    if secret := _secret_for(url, env):
        request.add_header(HEADER, secret)
        through.append(ProxyHandler({}))
    try:
        with build_opener(*through).open(request, timeout=TIMEOUT) as response:
            found: Document = json.load(response)
    except HTTPError as refused:
        raise GeneralError(_worded(refused.read(), refused.code)) from refused
    except (URLError, ValueError) as failed:
        raise GeneralError(f"No fakeaws server answers at {url}: {failed}") from failed
    return found


def _secret_for(url: str, env: Mapping[str, str]) -> str:
    """The secret of the folder of this environment, for a server of this machine: it is sent to no other machine and
    through no proxy."""
    from urllib.parse import urlsplit

    from fakeaws.wire.requests.origins import is_loopback
    from fakeaws.wire.server.admin_secret import known_secret

    return known_secret(home(env)) if is_loopback(urlsplit(url).hostname or "") else ""


def _worded(body: bytes, status: int) -> str:
    try:
        return str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        return f"The server answers with status {status}: {body[:200].decode('utf-8', 'replace').strip()}"
