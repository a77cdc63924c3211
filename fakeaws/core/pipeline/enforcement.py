"""Whether the cloud enforces policies: `FAKEAWS_ENFORCE`, else what `fakeaws cloud enforce` has set; off if neither."""

from __future__ import annotations

import importlib
import os
from typing import Any

from fakeaws.core.pipeline.call import Call, imagined
from fakeaws.core.resources.places import store_of
from fakeaws.core.store.interface import Store
from fakeaws.core.tools.errors import CloudError

NOTE = "enforce"
WORDS = {"1": True, "on": True, "true": True, "yes": True, "0": False, "off": False, "false": False, "no": False}


def is_enforced(database: Store) -> bool:
    """Raises CloudError where `FAKEAWS_ENFORCE` is neither a yes nor a no: a slip of the pen is not taken for off."""
    text = os.environ.get("FAKEAWS_ENFORCE")
    if not text:
        return database.note(NOTE) is not None
    found = WORDS.get(text.strip().lower())
    if found is None:
        raise CloudError(f"FAKEAWS_ENFORCE must be 1 (on) or 0 (off), not {text!r}")
    return found


def authorise(call: Call) -> None:
    """AwsError unless the caller's policies, where they bind, allow the call."""
    if call.caller.is_bound or is_enforced(store_of(call)):
        _policies().authorise(call)


def binds(call: Call) -> bool:
    """Whether the caller's policies bind a call."""
    return call._is_bound


def ask_for(call: Call, resource: str) -> None:
    """For handlers that find the resource of a call themselves, by its ARN: AwsError where the caller may not do to it
    what is still undecided."""
    if call._undecided:
        _policies().authorise_on(call, resource)


def need(call: Call, action: str, resource: str, **keys: str) -> None:
    """For handlers that do more for the caller than its operation says: AwsError where the caller may not do `action`,
    of another service perhaps, to `resource`. `keys` are condition keys; two underscores stand for a colon."""
    if call._is_bound:
        _policies().need(call, action, resource, {name.replace("__", ":"): keys[name] for name in keys})


def need_call(call: Call, service: str, operation: str, params: dict[str, Any]) -> None:
    """AwsError where the caller may not call an operation, which is looked at and not carried out."""
    if call._is_bound:
        _policies().authorise(imagined(call, service, operation, params))


def _policies() -> Any:
    """IAM's evaluation logic, which core finds by name."""
    return importlib.import_module("fakeaws.policies.authorisation")


def enforce(database: Store, wanted: bool) -> None:
    """Turn enforcement on or off for all who call this cloud."""
    if wanted:
        database.keep_note(NOTE, {"on": True})
    else:
        database.drop_note(NOTE)
