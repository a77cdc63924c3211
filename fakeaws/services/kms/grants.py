"""Grants: who besides the key's policy may do what with a key."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.kms.resources import invalid, must_be_enabled, must_be_there, read

Document = dict[str, Any]
GIVEN = ("GranteePrincipal", "RetiringPrincipal", "Operations", "Constraints", "Name")


def create_grant(call: Call) -> Document:
    """Asking again under the same name for the same grant gives that grant."""
    key = read(call)
    must_be_enabled(key)
    given = {member: call[member] for member in GIVEN if call.get(member) is not None}
    for grant in call.list("Grant", key) if "Name" in given else ():
        if {member: grant[member] for member in GIVEN if member in grant} == given:
            return {"GrantToken": grant["token"], "GrantId": grant["GrantId"]}
    kept = {
        "KeyId": key["Arn"],
        "GrantId": call.make("{hex64}"),
        "token": call.make("{hex160}"),
        "CreationDate": call.now,
    }
    kept["IssuingAccount"] = call.make("arn:{partition}:iam::{account}:root")
    grant = call.keep("Grant", {**kept, **given}, key)
    return {"GrantToken": grant["token"], "GrantId": grant["GrantId"]}


def list_grants(call: Call) -> Document:
    key = read(call)
    must_be_there(key)
    found = [g for g in call.list("Grant", key) if call.get("GrantId") in (None, g["GrantId"])]
    found = [g for g in found if call.get("GranteePrincipal") in (None, g.get("GranteePrincipal"))]
    if call.get("GrantId") and not found:
        raise AwsError("InvalidGrantIdException", f"Grant ID {call['GrantId']} not found")
    return {"Grants": [_shown(grant) for grant in found]}


def list_retirable_grants(call: Call) -> Document:
    wanted = call.get("RetiringPrincipal")
    if wanted is None:
        raise invalid("RetiringPrincipal is required.")
    return {"Grants": [_shown(g) for g in call.list("Grant") if g.get("RetiringPrincipal") == wanted]}


def revoke_grant(call: Call) -> Document:
    key = read(call)
    must_be_there(key)
    grant = call.find("Grant", call["GrantId"], key)
    if grant is None:
        raise AwsError("NotFoundException", f"Grant ID {call['GrantId']} not found")
    call.drop("Grant", grant)
    return {}


def retire_grant(call: Call) -> Document:
    """By its token, or by its key and its id."""
    if "GrantToken" in call:
        found = next((g for g in call.list("Grant") if g["token"] == call["GrantToken"]), None)
        if found is None:
            raise AwsError("InvalidGrantTokenException", "")
    elif "KeyId" in call and "GrantId" in call:
        found = call.find("Grant", call["GrantId"], read(call))
        if found is None:
            raise AwsError("NotFoundException", f"Grant ID {call['GrantId']} not found")
    else:
        raise invalid("Either the grant token or a combination of the key and the grant ID is required.")
    call.drop("Grant", found)
    return {}


def _shown(grant: Resource) -> Document:
    return {member: value for member, value in grant.items() if member[:1].isupper()}
