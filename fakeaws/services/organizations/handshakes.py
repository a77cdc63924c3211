"""Handshakes: accounts that are invited, and members that approve of all features."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.places import store_of
from fakeaws.core.resources.request import everywhere
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.organizations.organization import arn, managing, the
from fakeaws.services.organizations.structure import join

Document = dict[str, Any]


def invite_account_to_organization(call: Call) -> Document:
    """Accounts of this cloud are invited by id; others exist as soon as they accept."""
    organization, target = managing(call), call["Target"]
    if organization.find("Account", target["Id"]) is not None:
        text = "The specified account is already a member of this organization."
        raise AwsError("DuplicateHandshakeException", text)
    return {"Handshake": _open(organization, "INVITE", [dict(target)])}


def _open(call: Call, action: str, parties: list[Document], state: str = "OPEN") -> Document:
    """Keep a new handshake of the organization with others."""
    number, organization = call.make("h-{hex10}"), the(call)
    place = {"INVITE": "invite", "ENABLE_ALL_FEATURES": "enable_all_features"}.get(action, "approve_all_features")
    handshake = {
        "Id": number,
        "Arn": arn(call, "handshake", place, number),
        "Parties": [{"Id": organization["Id"], "Type": "ORGANIZATION"}, *parties],
        "State": state,
        "RequestedTimestamp": call.now,
        "ExpirationTimestamp": call.now + (15 if action == "INVITE" else 90) * 86400,
        "Action": action,
        "Resources": [{"Value": organization["Id"], "Type": "ORGANIZATION"}],
    }
    store_of(call).keep_note(f"organizations handshake {number}", {"management": call.account})
    return call.keep("Handshake", handshake)


def enable_all_features(call: Call) -> Document:
    """Members that were invited have to approve; then the management account accepts its own handshake."""
    organization = managing(call)
    if the(organization)["FeatureSet"] == "ALL":
        text = "The organization already has all features enabled."
        reason = "ORGANIZATION_ALREADY_HAS_ALL_FEATURES"
        raise AwsError("HandshakeConstraintViolationException", text, Reason=reason)
    if any(_is_enabling(row) for row in organization.list("Handshake")):
        raise AwsError("DuplicateHandshakeException", "A handshake with the same action and target already exists.")
    members = [row.key for row in organization.list("Account") if row["JoinedMethod"] == "INVITED"]
    wanted = [key for key in members if key != organization.account]
    for key in wanted:
        _open(organization, "APPROVE_ALL_FEATURES", [{"Id": key, "Type": "ACCOUNT"}])
    return {"Handshake": _open(organization, "ENABLE_ALL_FEATURES", [], "REQUESTED" if wanted else "OPEN")}


def _is_enabling(handshake: Document) -> bool:
    return handshake["Action"] == "ENABLE_ALL_FEATURES" and handshake["State"] in ("OPEN", "REQUESTED")


def _handshake(call: Call) -> tuple[Call, Resource]:
    note = store_of(call).note(f"organizations handshake {call['HandshakeId']}")
    organization = call.of(account=note["management"]) if note else call
    return organization, organization.read("Handshake", call["HandshakeId"])


def describe_handshake(call: Call) -> Document:
    return {"Handshake": _handshake(call)[1]}


def accept_handshake(call: Call) -> Document:
    organization, handshake = _turned(call, "ACCEPTED")
    if handshake["Action"] == "INVITE":
        join(organization, call.account, f"{call.account}@example.com", call.account, "INVITED", [])
    elif handshake["Action"] == "ENABLE_ALL_FEATURES":
        organization.keep("Organization", {**the(organization), "FeatureSet": "ALL"})
    elif not any(
        r["Action"] == "APPROVE_ALL_FEATURES" and r["State"] == "OPEN" for r in organization.list("Handshake")
    ):
        for row in [row for row in organization.list("Handshake") if _is_enabling(row)]:
            organization.keep("Handshake", row | {"State": "OPEN"})
    return {"Handshake": handshake}


def decline_handshake(call: Call) -> Document:
    return {"Handshake": _turned(call, "DECLINED")[1]}


def cancel_handshake(call: Call) -> Document:
    return {"Handshake": _turned(call, "CANCELED")[1]}


def _turned(call: Call, state: str) -> tuple[Call, Resource]:
    organization, handshake = _handshake(call)
    if handshake["State"] != "OPEN":
        text = f"The specified handshake is already in the {handshake['State']} state."
        raise AwsError("HandshakeAlreadyInStateException", text)
    handshake["State"] = state
    organization.keep("Handshake", handshake)
    return organization, handshake


def list_handshakes_for_organization(call: Call) -> Document:
    return {"Handshakes": list(managing(call).list("Handshake"))}


def list_handshakes_for_account(call: Call) -> Document:
    return {
        "Handshakes": [
            row for row in everywhere(call, "Handshake") if any(party["Id"] == call.account for party in row["Parties"])
        ]
    }
