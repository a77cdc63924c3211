"""Signature Version 4 in a URL: presigned links and authentication tokens.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from fakeaws.cli.profile.settings import Credentials, Profile

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals

LOCAL_ENDPOINT = "http://127.0.0.1:4566"
"""Where `fakeaws serve` listens by default."""

UNSIGNED = "UNSIGNED-PAYLOAD"
EMPTY_HASH = hashlib.sha256(b"").hexdigest()


def now() -> datetime:
    """The moment of signing; tests replace this function."""
    return datetime.now(UTC)


def endpoint_of(service: str, options: Globals, profile: Profile) -> str:
    """The endpoint that a URL is made for: the configured one, else a server on this machine."""
    variable = f"AWS_ENDPOINT_URL_{service.upper().replace('-', '_')}"
    named = options.endpoint_url or profile.get("endpoint_url", variable, "AWS_ENDPOINT_URL")
    return (named or LOCAL_ENDPOINT).rstrip("/")


def presigned(
    base: str,
    path: str,
    service: str,
    region: str,
    keys: Credentials,
    seconds: int,
    *,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    method: str = "GET",
    payload: str = EMPTY_HASH,
) -> str:
    """`base/path` with a signature that holds for so many seconds. `headers` are signed beside the host; `payload` is
    the hash of the body, or UNSIGNED where any body may be sent."""
    moment = now()
    url = f"{base}/{quote(path, safe='/-_.~')}"
    parts = urlsplit(url)
    signed = {"host": parts.netloc, **{name.lower(): value for name, value in (headers or {}).items()}}
    scope = f"{moment:%Y%m%d}/{region}/{service}/aws4_request"
    arguments = {
        **(query or {}),
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{keys.access_key}/{scope}",
        "X-Amz-Date": f"{moment:%Y%m%dT%H%M%SZ}",
        "X-Amz-Expires": str(seconds),
        "X-Amz-SignedHeaders": ";".join(sorted(signed)),
    }
    if keys.token is not None:
        arguments["X-Amz-Security-Token"] = keys.token
    canonical = _canonical(method, parts.path, arguments, signed, payload)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"AWS4-HMAC-SHA256\n{arguments['X-Amz-Date']}\n{scope}\n{digest}"
    signature = hmac.new(signing_key(keys.secret_key, scope), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{url}?{_encoded(arguments)}&X-Amz-Signature={signature}"


def _canonical(method: str, path: str, arguments: Mapping[str, str], headers: Mapping[str, str], payload: str) -> str:
    """The canonical request: method, path, sorted query and headers, payload hash."""
    lines = [f"{name}:{headers[name]}" for name in sorted(headers)]
    query = _encoded(dict(sorted(arguments.items())))
    return "\n".join((method, path, query, *lines, "", ";".join(sorted(headers)), payload))


def _encoded(arguments: Mapping[str, str]) -> str:
    return "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in arguments.items())


def signing_key(secret: str, scope: str) -> bytes:
    """The key of `DATE/REGION/SERVICE/aws4_request`."""
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
