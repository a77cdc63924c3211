"""Whom an access key stands for, and which keys are refused."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fakeaws.core.pipeline import clock
from fakeaws.core.pipeline.enforcement import is_enforced
from fakeaws.core.resources.caller import DEFAULT_ACCOUNT, Caller, root
from fakeaws.core.resources.places import store_of
from fakeaws.core.store.interface import Store
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError

if TYPE_CHECKING:
    from fakeaws.core.model.models import Operation
    from fakeaws.core.resources.request import Request

CREDENTIALS = "iam.Credential"


def caller_of(database: Store, access_key: str, region: str, token: str | None = None) -> Caller:
    """Keys that this cloud issued are their user's or role session's; 12 digits are that account's root user; any other
    key is the root user of the default account. A `token` that is not the session's makes the key nobody's."""
    issued = database.table(CREDENTIALS).anywhere(access_key) if access_key else None
    if issued is not None:
        caller = _issued(issued, region)
        if token is not None and issued.get("token") and _digest(token) != issued["token"]:
            issued["active"] = False
        return caller
    if len(access_key) == 12 and access_key.isdecimal():
        return root(access_key, region, access_key)
    caller = root(DEFAULT_ACCOUNT, region, access_key)
    caller.unsigned = not access_key
    return caller


def account_of(call: Request, access_key: str) -> str:
    """The account of whom an access key stands for: 12 digits."""
    return caller_of(store_of(call), access_key, call.region).account


def _digest(token: str) -> str:
    import hashlib

    return hashlib.sha256(token.encode()).hexdigest()


def _issued(credential: Resource, region: str) -> Caller:
    caller = Caller(
        credential.scope[0], region, credential["kind"], credential["arn"], credential["user_id"], credential.key
    )
    caller.credential = credential
    return caller


def refuse_stale(database: Store, caller: Caller, operation: Operation) -> None:
    """AwsError for a key that is inactive or gone, or a session that is over, in the words of the service; where
    policies are enforced also for one that nobody issued."""
    credential = caller.credential
    if credential is None:
        if caller.access_key and is_enforced(database) and _is_foreign(database, caller.access_key):
            raise _refused("invalid", caller, operation)
        return
    if not credential.get("active", True):
        raise _refused("invalid", caller, operation)
    if credential.get("expires") is not None and clock.now(database) >= credential["expires"]:
        raise _refused("expired", caller, operation)


def _is_foreign(database: Store, key: str) -> bool:
    """Whether a key that was not issued is neither the root user's nor an account's."""
    if len(key) == 12 and key.isdigit():
        return False
    from fakeaws.core.pipeline import initial_keys

    return not initial_keys.is_one(os.path.dirname(database.path) if database.path else None, key)


def _refused(reason: str, caller: Caller, operation: Operation) -> AwsError:
    """The service's own error for keys that are `invalid` or `expired` (`credentials` in its shape), else its
    protocol's."""
    service = operation.service
    usual = _REFUSALS[reason]
    error = service.facts.get("credentials", {}).get(reason) or usual.get(service.protocol, usual["query"])
    code, text, status, *shown = error
    return AwsError(code, text, status=status, **dict.fromkeys(shown, caller.access_key))


_UNKNOWN = "The security token included in the request is invalid."
_OVER = "The security token included in the request is expired"
_REFUSALS = {
    "invalid": {
        "query": ("InvalidClientTokenId", _UNKNOWN, 403),
        "json": ("UnrecognizedClientException", _UNKNOWN, 400),
        "smithy-rpc-v2-cbor": ("UnrecognizedClientException", _UNKNOWN, 400),
        "rest-json": ("UnrecognizedClientException", _UNKNOWN, 403),
        "ec2": ("AuthFailure", "AWS was not able to validate the provided access credentials", 401),
    },
    "expired": {
        "query": ("ExpiredToken", _OVER, 403),
        "json": ("ExpiredTokenException", _OVER, 400),
        "smithy-rpc-v2-cbor": ("ExpiredTokenException", _OVER, 400),
        "rest-json": ("ExpiredTokenException", _OVER, 403),
        "ec2": ("RequestExpired", "Request has expired.", 400),
    },
}
"""Errors for keys by the service's protocol."""
