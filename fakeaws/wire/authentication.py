"""Whose key signed a request, and whether it is to be believed."""

from __future__ import annotations

from typing import Any

from fakeaws.core import machine
from fakeaws.core.errors import AwsError
from fakeaws.core.sealing import unseal
from fakeaws.core.store.tables import Table
from fakeaws.wire import signature_v2
from fakeaws.wire.bodies import is_chunked
from fakeaws.wire.http import Request
from fakeaws.wire.routing import Route, addressed_path
from fakeaws.wire.signature import check_payload, verify
from fakeaws.wire.traits import BARE_ERRORS, BARE_UNKNOWN_KEY, RAW_PATHS


class Keys:
    """The access keys that a cloud knows. `strict`: others, and requests without a signature, are refused."""

    def __init__(self, cloud: Any, strict: bool) -> None:
        self.cloud = cloud
        self.strict = strict

    def secret(self, access_key: str) -> str | None:
        """The secret of a key that this cloud issued, None for any other."""
        issued = Table(self.cloud.database, "iam.Credential").anywhere(access_key)
        if issued is None or not issued.get("active", True):
            return None
        sealed = issued.get("secret")
        return unseal(self.cloud.database, sealed) if sealed else None


def authenticate(keys: Keys, meant: Route, request: Request) -> str | None:
    """The secret that signed the request, None where it is not checked. AwsError where it is not to be believed."""
    credential = meant.credential
    if not credential.access_key:
        if keys.strict and not _may_be_unsigned(meant):
            raise AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", status=403)
        return None
    secret = known_secret(keys, meant)
    if secret is None:
        return None
    if credential.algorithm == "AWS":
        signature_v2.verify(request, addressed_path(meant.service.name, request), secret, machine.utc_now())
        return secret
    raw_path = credential.service in RAW_PATHS
    verify(request, credential, secret, machine.utc_now(), raw_path)
    if raw_path and not is_chunked(request):
        check_payload(request)
    return secret


def known_secret(keys: Keys, meant: Route) -> str | None:
    """The secret of the key that signed; None for an unknown one, which is refused where all are to be known."""
    secret = keys.secret(meant.credential.access_key)
    if secret is None and keys.strict:
        raise _unknown_key(meant)
    return secret


def _may_be_unsigned(meant: Route) -> bool:
    """Operations that take no signature, and services whose resources may be public."""
    raw = meant.operation.raw if meant.operation else {}
    is_open = raw.get("authtype") == "none" or "smithy.api#noAuth" in raw.get("auth", ())
    return is_open or meant.service.name in BARE_ERRORS


def _unknown_key(meant: Route) -> AwsError:
    if meant.service.name in BARE_ERRORS:
        code, message = BARE_UNKNOWN_KEY
        return AwsError(code, message, status=403, AWSAccessKeyId=meant.credential.access_key)
    if meant.protocol == "ec2":
        message = "AWS was not able to validate the provided access credentials"
        return AwsError("AuthFailure", message, status=401)
    return AwsError("InvalidClientTokenId", "The security token included in the request is invalid.", status=403)
