"""Step five of the road: calls are recorded, as CloudTrail does it, also those that were refused.

What only moves data (messages, objects, items: CloudTrail's data events) is recorded where it was refused, where
policies are enforced, or where the note `DATA` says that somebody wants to know.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fakeaws.core import catalogue, clock
from fakeaws.core.callers import Caller
from fakeaws.core.enforcement import is_enforced
from fakeaws.core.errors import AwsError
from fakeaws.core.models import Operation
from fakeaws.core.store import history
from fakeaws.core.store.database import Database

if TYPE_CHECKING:
    from fakeaws.core.cloud import Cloud

Document = dict[str, Any]
Watcher = Callable[..., None]
LARGEST = 100
"""Members of a call that are recorded of a list or map."""
LONGEST = 4096
DATA = "record data"
READING = ("Describe", "Get", "List", "Head", "Search", "BatchGet", "Lookup", "Query", "Scan", "Check")
"""How the names of operations begin that change nothing; of others the answer is recorded too."""
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"


def watch(database: Database, service: str, function: Watcher) -> None:
    """Have a function of a service's module told of all calls to the service that come from outside, once they are
    over: (cloud, operation, parameters, caller, answer or None, error or None)."""
    database.keep_note(f"watch {service}", {"module": function.__module__, "function": function.__name__})


def _tell(
    cloud: Cloud,
    operation: Operation,
    params: Document,
    caller: Caller,
    answer: Document | None,
    error: AwsError | None,
) -> None:
    place = cloud.database.note(f"watch {operation.service.name}")
    if place is not None:
        function = getattr(importlib.import_module(place["module"]), place["function"])
        function(cloud, operation, params, caller, answer, error)


def record(
    cloud: Cloud,
    operation: Operation,
    params: Document,
    caller: Caller,
    answer: Document | None,
    error: AwsError | None = None,
) -> None:
    """Add a call to the history, and tell those who watch its service."""
    service = operation.service.name
    _tell(cloud, operation, params, caller, answer, error)
    if error is None and is_data(service, operation.name) and not _is_data_wanted(cloud):
        return
    event: Document = {
        "service": service,
        "operation": operation.name,
        "caller": [caller.kind, caller.arn, caller.user_id, caller.access_key],
        "params": _plain(params),
    }
    if caller.credential is not None and "role_arn" in caller.credential:
        event["role"] = [caller.credential["role_arn"], caller.credential.get("issued")]
    if answer and not operation.name.startswith(READING):
        event["answer"] = _plain(answer)
    if error is not None:
        event["errorCode"], event["message"] = error.code, error.message
        why = getattr(error, "why", None)
        if why is not None:
            event["why"] = why
    history.record(cloud.database, clock.now(cloud.database), caller.account, caller.region, event)


def is_heard(cloud: Cloud, operation: Operation) -> bool:
    """Whether anybody wants to know of a call: those who watch its service, or the history."""
    service = operation.service.name
    is_watched = cloud.database.note(f"watch {service}") is not None
    return is_watched or not is_data(service, operation.name) or _is_data_wanted(cloud)


def _is_data_wanted(cloud: Cloud) -> bool:
    return is_enforced(cloud.database) or cloud.database.note(DATA) is not None


def is_data(service: str, operation: str) -> bool:
    """Whether an operation moves data rather than manages anything."""
    found = catalogue.load("data_events").get(service, ())
    return found == "*" or operation in found


def _plain(value: Any, name: str = "") -> Any:
    """Parameters and answers without secrets and bodies."""
    if name in SECRETS and isinstance(value, (str, bytes)):
        return HIDDEN
    if isinstance(value, dict):
        return {key: _plain(item, key) for key, item in list(value.items())[:LARGEST]}
    if isinstance(value, list):
        return [_plain(item, name) for item in value[:LARGEST]]
    if isinstance(value, str) and len(value) > LONGEST:
        return value[:LONGEST]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value if isinstance(value, (str, int, float, bool)) or value is None else HIDDEN


SECRETS = {
    *("Password", "OldPassword", "NewPassword", "MasterUserPassword", "AuthToken", "PrivateKey", "SecretString"),
    *("SecretBinary", "SecretAccessKey", "SessionToken", "Plaintext", "KeyMaterial", "ExternalId", "TokenCode"),
    *("SAMLAssertion", "WebIdentityToken", "ServicePassword", "ServiceCredentialSecret", "Secret", "AccessToken"),
    *(
        "IdToken",
        "RefreshToken",
        "accessToken",
        "idToken",
        "refreshToken",
        "clientSecret",
        "deviceCode",
        "ClientSecret",
    ),
    *("Base32StringSeed", "DataKey", "Credentials", "authToken", "NewPassword", "PreviousPassword", "ProposedPassword"),
    *("SecretCode", "secretAccessKey", "sessionToken", "password", "privateKey", "assertion", "AuthParameters"),
}
"""Members that are recorded without their value."""
