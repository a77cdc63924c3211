"""Step five of a call: calls are recorded, as CloudTrail does it, also those that were refused.

What only moves data (messages, objects, items: CloudTrail's data events) is recorded where it was refused, where
policies are enforced, or where the note `DATA` says that somebody wants to know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from fakeaws.core.model import catalogue
from fakeaws.core.model.models import Operation, Service, Shape
from fakeaws.core.model.secrets import is_named_secret
from fakeaws.core.pipeline import clock
from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.enforcement import is_enforced
from fakeaws.core.pipeline.functions import function_at, place_of
from fakeaws.core.pipeline.paging import Page
from fakeaws.core.resources.caller import Caller
from fakeaws.core.resources.places import service_of, store_of
from fakeaws.core.tools.errors import AwsError

if TYPE_CHECKING:
    from fakeaws.core.pipeline.cloud import Cloud

Document = dict[str, Any]
Watcher = Callable[..., None]
LARGEST = 100
"""Members of a call that are recorded of a list or map."""
LONGEST = 4096
SHORTEST = 4
"""Characters of a secret that is looked for in messages: shorter ones may be a part of any word."""
DATA = "record data"
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
"""What stands for a secret in most services' events; what else stands there is `hidden` in their shapes. As in
https://docs.aws.amazon.com/memorydb/latest/devguide/logging-using-cloudtrail.html"""


def watch(call: Call, function: Watcher) -> None:
    """From now on have a function of the service's module know of all calls to the service that come from outside, once
    they are over: (call, answer or None, error or None)."""
    store_of(call).keep_note(f"watch {service_of(call)}", place_of(function))


def _inform(cloud: Cloud, operation: Operation, params: Document, caller: Caller, *result: Any) -> None:
    """Let the service that watches its calls know of one."""
    place = cloud.database.note(f"watch {operation.service.name}")
    if place is not None:
        with cloud.database.transaction(write=True):
            function_at(place)(Call(cloud, operation, params, caller, Page(operation, {})), *result)


def record(
    cloud: Cloud,
    operation: Operation,
    params: Document,
    caller: Caller,
    answer: Document | None,
    error: AwsError | None = None,
) -> None:
    """Add a call to the history, and let the service know that watches its calls."""
    service = operation.service.name
    _inform(cloud, operation, params, caller, answer, error)
    if error is None and is_data(service, operation.name) and not _is_data_wanted(cloud):
        return
    shown, sealed = _Shown(operation.service), _sealed(operation)
    event: Document = {
        "service": service,
        "operation": operation.name,
        "caller": [caller.kind, caller.arn, caller.user_id, caller.access_key],
        "params": shown.value(operation.input, params)
        | {name: shown.text for name in sealed if isinstance(params.get(name), str) and name not in shown.shown},
    }
    if caller.credential is not None and "role_arn" in caller.credential:
        event["role"] = [caller.credential["role_arn"], caller.credential.get("issued")]
    if answer and not operation.is_reading:
        shown.repeated = {*shown.hidden, *sealed}
        event["answer"] = shown.value(operation.output, answer)
    if error is not None:
        event["errorCode"], event["message"] = error.code, shown.message(error.message or "")
        why = getattr(error, "why", None)
        if why is not None:
            event["why"] = why
    cloud.database.record(clock.now(cloud.database), caller.account, caller.region, event)


def _sealed(operation: Operation) -> list[str]:
    """The members that are sealed of the type of resources that an operation is on."""
    binding = operation.service.binding(operation.name) or {}
    found: list[str] = (operation.service.kind(binding.get("kind", "")) or {}).get("sealed", [])
    return found


def is_wanted(cloud: Cloud, operation: Operation) -> bool:
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


class _Shown:
    """Parameters and answers as they are recorded, without secrets and bodies: AWS shows no member that its models mark
    as sensitive, with few exceptions (`shown` in the service's shape). What an answer repeats of the parameters is as
    secret there, whatever the model says."""

    def __init__(self, service: Service) -> None:
        self.text = service.facts.get("hidden", HIDDEN)
        self.shown = service.facts.get("shown", ())
        self.hidden: set[str] = set()
        """The members that were hidden so far."""
        self.repeated: set[str] = set()
        """The members that are hidden whatever the model says of them."""
        self.texts: set[str] = set()
        """What stood there."""

    def value(self, shape: Shape | None, value: Any, name: str = "") -> Any:
        if value is not None and self._is_secret(shape, name):
            self.hidden.add(name)
            self.texts.update(_texts(value))
            return [self.text] * len(value[:LARGEST]) if isinstance(value, list) else self.text
        if isinstance(value, dict):
            inner = list(value.items())[:LARGEST]
            return {key: self.value(_part(shape, key), item, key) for key, item in inner}
        if isinstance(value, list):
            member = shape.member if shape is not None and shape.type == "list" else None
            return [self.value(member, item, name) for item in value[:LARGEST]]
        if isinstance(value, str) and len(value) > LONGEST:
            return value[:LONGEST]
        if hasattr(value, "isoformat"):
            return value.isoformat()
        return value if isinstance(value, (str, int, float, bool)) or value is None else self.text

    def message(self, text: str) -> str:
        """What a refusal says, without the secrets that it repeats."""
        for secret in self.texts:
            if len(secret) >= SHORTEST:
                text = text.replace(secret, self.text)
        return text

    def _is_secret(self, shape: Shape | None, name: str) -> bool:
        if name in self.shown:
            return False
        if shape is not None and (shape.get("sensitive") or _has_secret_parts(shape)):
            return True
        is_named = name in SECRETS or name in self.repeated or is_named_secret(name)
        return is_named and (shape is None or shape.type in ("string", "blob", "list"))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts([*value, *value.values()])
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _has_secret_parts(shape: Shape) -> bool:
    """Whether the items of a list, or the keys of a map, are secret."""
    if shape.type == "list":
        return bool(shape.member.get("sensitive"))
    return shape.type == "map" and bool(shape.key.get("sensitive"))


def _part(shape: Shape | None, key: str) -> Shape | None:
    if shape is not None and shape.type == "structure" and shape.has_member(key):
        return shape.at(key)
    return shape.value if shape is not None and shape.type == "map" else None


SECRETS = {
    *("Plaintext", "KeyMaterial", "ExternalId", "TokenCode", "SAMLAssertion", "WebIdentityToken", "Secret"),
    *("AccessToken", "IdToken", "RefreshToken", "accessToken", "idToken", "refreshToken", "deviceCode", "SecretCode"),
    *("SessionToken", "sessionToken", "Base32StringSeed", "DataKey", "Credentials", "AuthParameters", "assertion"),
    *("ServiceCredentialSecret",),
}
"""Members that are recorded without their value although no model says so: tokens that let somebody in, codes and keys
that are shown once."""
