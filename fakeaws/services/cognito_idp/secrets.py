"""Clients that have a secret prove that they know it with each user they name."""

from __future__ import annotations

import base64
import hmac

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError


def check_secret(call: Call, client: Resource, name: str, given: str | None) -> None:
    """NotAuthorizedException unless the hash is that of the name and the client's id under its secret."""
    secret = client.get("ClientSecret")
    if secret is None:
        if given is not None:
            text = f"Client {client.key} is not configured with secret but SECRET_HASH was received"
            raise AwsError("NotAuthorizedException", text)
        return
    if given is None:
        text = f"Client {client.key} is configured with secret but SECRET_HASH was not received"
        raise AwsError("NotAuthorizedException", text)
    digest = hmac.digest(secret.encode(), f"{name}{client.key}".encode(), "sha256")
    if not hmac.compare_digest(base64.b64encode(digest).decode(), given):
        raise AwsError("NotAuthorizedException", f"Unable to verify secret hash for client {client.key}")
