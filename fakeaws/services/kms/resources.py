"""What all of KMS shares: finding the key that is meant, and refusing what its state or its use forbids."""

from __future__ import annotations

import re
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import arn_for, refusal
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]
ID = re.compile(r"(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})\Z")
ARN = re.compile(r"arn:[^:]+:kms:(?P<region>[^:]+):(?P<account>\d{12}):(?P<kind>key|alias)/(?P<name>.+)\Z")
OWN = "alias/aws/"
"""How the aliases of the keys begin that AWS makes for its services, when they are first used."""


def read(call: Call, named: str | None = None) -> Resource:
    """The key that an id, an ARN or an alias names, the parameter KeyId if nothing else is said."""
    named = str(call["KeyId"]) if named is None else named
    match = ARN.match(named)
    elsewhere = call if match is None else call.of(account=match["account"], region=match["region"])
    if match is not None and match["region"] != call.region:
        raise AwsError("NotFoundException", f"Invalid arn {match['region']}")
    name = named if match is None else match["name"] if match["kind"] == "key" else f"alias/{match['name']}"
    if name.startswith("alias/"):
        return _aliased(elsewhere, name)
    if not ID.match(name):
        raise AwsError("NotFoundException", f"Invalid keyId '{named}'")
    found = held(elsewhere, name)
    if found is None:
        raise refusal(elsewhere, "Key", "missing", name)
    return found


def held(call: Call, identifier: str) -> Resource | None:
    """A key by its id, unless its last day has come."""
    key = call.find("Key", identifier)
    if key is not None and key.get("DeletionDate", call.now + 1) <= call.now:
        drop(call, key)
        return None
    return key


def drop(call: Call, key: Resource) -> None:
    """Remove a key with its aliases and grants."""
    for alias in [a for a in call.list("Alias") if a["TargetKeyId"] == key["KeyId"]]:
        call.drop("Alias", alias)
    for grant in list(call.list("Grant", key)):
        call.drop("Grant", grant)
    call.drop("Key", key)


def _aliased(call: Call, name: str) -> Resource:
    alias = call.find("Alias", name)
    if alias is None and name.startswith(OWN):
        return _own_key(call, name)
    key = held(call, alias["TargetKeyId"]) if alias is not None else None
    if key is None:
        raise refusal(call, "Alias", "missing", name)
    return key


def _own_key(call: Call, alias: str) -> Resource:
    """The key of AWS's own that protects what a service keeps for the account; made when it is first needed."""
    from fakeaws.services.kms import keys

    service = alias.removeprefix(OWN)
    text = f"Default key that protects my {service.upper()} data when no other key is defined"
    key = keys.make(call, {"Description": text, "KeyManager": "AWS", "rotation": {"days": 365, "since": call.now}})
    call.keep("Alias", aliased(call, alias, key))
    return key


def aliased(call: Call, name: str, key: Resource) -> Document:
    """An alias that points at a key."""
    arn = arn_for(call, "Alias", AliasName=name)
    dates = {"CreationDate": call.now, "LastUpdatedDate": call.now}
    return {"AliasName": name, "AliasArn": arn, "TargetKeyId": key["KeyId"], **dates}


def usable(call: Call, usage: str, named: str | None = None) -> Resource:
    """The key that is meant, if it is enabled and of this use; AwsError where it is not."""
    key = read(call, named)
    must_be_enabled(key)
    if key["KeyUsage"] != usage:
        said = f"{key['Arn']} key usage is {key['KeyUsage']} which is not valid for {call.operation.name}."
        raise AwsError("InvalidKeyUsageException", said)
    return key


def must_be_enabled(key: Resource) -> None:
    """AwsError where the state of a key forbids its use."""
    if key["KeyState"] == "Disabled":
        raise AwsError("DisabledException", f"{key['Arn']} is disabled.")
    must_be_there(key)
    if key["KeyState"] == "PendingImport":
        raise AwsError("KMSInvalidStateException", f"{key['Arn']} is pending import.")


def must_be_there(key: Resource) -> None:
    """AwsError where a key waits for its deletion."""
    if key["KeyState"] == "PendingDeletion":
        raise AwsError("KMSInvalidStateException", f"{key['Arn']} is pending deletion.")


def invalid(text: str) -> AwsError:
    """The error for parameters that do not fit together."""
    return AwsError("ValidationException", text)
