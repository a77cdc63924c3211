"""Whether the cloud enforces policies: `FAKEAWS_ENFORCE`, else what `fakeaws cloud enforce` has set; off if neither."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from fakeaws.core.store.interface import Store
from fakeaws.core.tools.errors import CloudError

if TYPE_CHECKING:
    from fakeaws.core.pipeline.call import Call

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


def ask_for(call: Call, resource: str) -> None:
    """For handlers that find the resource of a call themselves, by its ARN: AwsError where the caller may not do to it
    what is still undecided."""
    if call.undecided:
        from fakeaws.policies.authorisation import authorise_on

        authorise_on(call, resource)


def need(call: Call, action: str, resource: str, **keys: str) -> None:
    """For handlers that do more for the caller than its operation says: AwsError where the caller may not do `action`,
    of another service perhaps, to `resource`. `keys` are condition keys; two underscores stand for a colon."""
    if call.is_bound:
        from fakeaws.policies.authorisation import must_allow
        from fakeaws.policies.targets import Target

        must_allow(call, Target(action, resource, None, {name.replace("__", ":"): keys[name] for name in keys}))


def need_call(call: Call, service: str, operation: str, params: dict[str, Any]) -> None:
    """AwsError where the caller may not call an operation, which is looked at and not carried out."""
    if call.is_bound:
        from fakeaws.policies.authorisation import authorise

        authorise(call.imagined(service, operation, params))


def enforce(database: Store, wanted: bool) -> None:
    """Turn enforcement on or off for all who call this cloud."""
    if wanted:
        database.keep_note(NOTE, {"on": True})
    else:
        database.drop_note(NOTE)
