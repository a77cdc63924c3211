"""Step five of the road: calls are recorded, as CloudTrail does it, also those that were refused.

What only moves data (messages, objects, items: CloudTrail's data events) is recorded where policies are enforced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeaws.core import catalogue, clock
from fakeaws.core.callers import Caller
from fakeaws.core.enforcement import is_enforced
from fakeaws.core.errors import AwsError
from fakeaws.core.models import Operation
from fakeaws.core.store import history

if TYPE_CHECKING:
    from fakeaws.core.cloud import Cloud

Document = dict[str, Any]
LARGEST = 100
"""Members of a call that are recorded of a list or map."""
LONGEST = 4096
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"


def record(cloud: Cloud, operation: Operation, params: Document, caller: Caller, error: AwsError | None) -> None:
    """Add a call to the history."""
    service = operation.service.name
    if is_data(service, operation.name) and not is_enforced(cloud.database):
        return
    event: Document = {
        "service": service,
        "operation": operation.name,
        "caller": [caller.kind, caller.arn, caller.user_id, caller.access_key],
        "params": _plain(params),
    }
    if caller.credential is not None and "role_arn" in caller.credential:
        event["role"] = [caller.credential["role_arn"], caller.credential.get("issued")]
    if error is not None:
        event["errorCode"], event["message"] = error.code, error.message
        why = getattr(error, "why", None)
        if why is not None:
            event["why"] = why
    history.record(cloud.database, clock.now(cloud.database), caller.account, caller.region, event)


def is_data(service: str, operation: str) -> bool:
    """Whether an operation moves data rather than manages anything."""
    found = catalogue.load("data_events").get(service, ())
    return found == "*" or operation in found


def _plain(value: Any, name: str = "") -> Any:
    """Parameters without secrets and bodies."""
    if name in SECRETS and isinstance(value, (str, bytes)):
        return HIDDEN
    if isinstance(value, dict):
        return {key: _plain(item, key) for key, item in list(value.items())[:LARGEST]}
    if isinstance(value, list):
        return [_plain(item, name) for item in value[:LARGEST]]
    if isinstance(value, str) and len(value) > LONGEST:
        return value[:LONGEST]
    return value if isinstance(value, (str, int, float, bool)) or value is None else HIDDEN


SECRETS = {
    *("Password", "OldPassword", "NewPassword", "MasterUserPassword", "AuthToken", "PrivateKey", "SecretString"),
    *("SecretBinary", "SecretAccessKey", "SessionToken", "Plaintext", "KeyMaterial", "ExternalId", "TokenCode"),
    *("SAMLAssertion", "WebIdentityToken"),
}
"""Members that are recorded without their value."""
