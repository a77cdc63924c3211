"""Whose key signed a request, and whether it is to be believed."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from fakeaws.core.pipeline import initial_keys
from fakeaws.core.pipeline.callers import CREDENTIALS
from fakeaws.core.store.key import unseal
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import machine
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.http import Request
from fakeaws.wire.messages.traits import BARE_ERRORS, BARE_UNKNOWN_KEY, RAW_PATHS
from fakeaws.wire.requests.routing import Route, addressed_path
from fakeaws.wire.requests.scope import check_form, check_headers, check_scope
from fakeaws.wire.signatures import signature_v2
from fakeaws.wire.signatures.signature import verify
from fakeaws.wire.signatures.validity import check_time


class Keys:
    """The access keys that a cloud knows. `strict`: others, and requests without a signature, are refused."""

    def __init__(self, cloud: Any, strict: bool) -> None:
        self.cloud = cloud
        self.strict = strict

    def secret(self, access_key: str) -> str | None:
        """The secret of a key that this cloud issued or was initialised with, None for any other."""
        if not access_key:
            return None
        issued = self.issued(access_key)
        if issued is None:
            return initial_keys.secret(self.cloud.path, access_key)
        sealed = issued.get("secret") if issued.get("active", True) else None
        return unseal(self.cloud.database, sealed) if sealed else None

    def issued(self, access_key: str) -> Resource | None:
        """What IAM or STS keeps of a key."""
        found: Resource | None = self.cloud.database.table(CREDENTIALS).anywhere(access_key)
        return found


def authenticate(keys: Keys, meant: Route, request: Request) -> str | None:
    """The secret that signed the request, None where it is not checked. AwsError where it is not to be believed."""
    credential = meant.credential
    if not credential.access_key:
        if credential.is_claimed:
            check_form(meant, request)
        if keys.strict and not _may_be_unsigned(meant):
            raise AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", status=403)
        return None
    secret = known_secret(keys, meant)
    if secret is None:
        return None
    check_token(keys, meant)
    is_s3 = meant.service.name in BARE_ERRORS
    if credential.algorithm == "AWS":
        check_v2 = signature_v2.verify if is_s3 else signature_v2.verify_query
        check_v2(request, addressed_path(meant.service.name, request), secret, machine.utc_now())
        return secret
    check_form(meant, request)
    check_time(request, credential, machine.utc_now(), is_s3)
    check_scope(meant, request)
    check_headers(meant, request)
    verify(request, credential, secret, credential.service in RAW_PATHS)
    return secret


def known_secret(keys: Keys, meant: Route) -> str | None:
    """The secret of the key that signed; None for an unknown one, which is refused where all are to be known."""
    secret = keys.secret(meant.credential.access_key)
    if secret is None and keys.strict and meant.credential.access_key:
        raise _unknown_key(meant)
    return secret


def check_token(keys: Keys, meant: Route) -> None:
    """Refuse a session's key without its session token, and a token that is not the key's."""
    issued = keys.issued(meant.credential.access_key)
    kept, given = issued.get("token", "") if issued is not None else "", meant.credential.token
    if not kept and not given:
        return
    if not given:
        raise _unknown_key(meant)
    if not hmac.compare_digest(kept, hashlib.sha256(given.encode()).hexdigest()):
        raise _wrong_token(meant)


def _wrong_token(meant: Route) -> AwsError:
    if meant.service.name in BARE_ERRORS:
        return AwsError("InvalidToken", "The provided token is malformed or otherwise invalid.", status=400)
    return _unknown_key(meant)


def _may_be_unsigned(meant: Route) -> bool:
    """Operations that take no signature, and services whose resources may be public."""
    is_open = meant.operation is not None and meant.operation.takes_no_signature
    return is_open or meant.service.name in BARE_ERRORS


def _unknown_key(meant: Route) -> AwsError:
    if meant.service.name in BARE_ERRORS:
        code, message = BARE_UNKNOWN_KEY
        return AwsError(code, message, status=403, AWSAccessKeyId=meant.credential.access_key)
    if meant.protocol == "ec2":
        message = "AWS was not able to validate the provided access credentials"
        return AwsError("AuthFailure", message, status=401)
    return AwsError("InvalidClientTokenId", "The security token included in the request is invalid.", status=403)
