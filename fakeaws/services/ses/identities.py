"""Identities: addresses and domains. Offline nobody answers the mail that asks, so each is verified after a while."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds, states
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]
TOPICS = ("Bounce", "Complaint", "Delivery")


def verify_email_identity(call: Call) -> Document:
    return _verify(call, call["EmailAddress"])


def verify_email_address(call: Call) -> Document:
    return _verify(call, call["EmailAddress"])


def _verify(call: Call, address: str) -> Document:
    if "@" not in address or address.startswith("@") or address.endswith("@"):
        raise AwsError("InvalidParameterValue", f"Invalid email address<{address}>.")
    _identity(call, address)
    return {}


def verify_domain_identity(call: Call) -> Document:
    """The token is what a TXT record of the domain has to say."""
    domain = call["Domain"].lower()
    if "." not in domain or "@" in domain:
        raise AwsError("InvalidParameterValue", f"Invalid domain name {call['Domain']}.")
    return {"VerificationToken": _identity(call, domain)["token"]}


def verify_domain_dkim(call: Call) -> Document:
    found = _identity(call, call["Domain"].lower())
    found["dkim"] = found.get("dkim") or [call.make("{alnum32}") for _ in range(3)]
    call.keep("Identity", found)
    return {"DkimTokens": found["dkim"]}


def _identity(call: Call, name: str) -> Resource:
    """The identity of a name, made unless there is one."""
    found = call.find("Identity", name)
    if found is not None:
        return found
    made: Document = {"Identity": name, "token": call.make("{mixed44}"), "forwarding": True, "topics": {}}
    states.begin(kinds.kind("ses", "Identity"), made, "create", call.now)
    return call.keep("Identity", made)


def known(call: Call, address: str) -> bool:
    """Whether an address, or its domain, has been verified."""
    plain = address.rpartition("<")[2].rstrip(">").strip()
    domain = plain.rpartition("@")[2].lower()
    local = plain.partition("@")[0].partition("+")[0]
    found = [call.find("Identity", name) for name in (plain, f"{local}@{domain}", domain)]
    return any(one is not None and one["status"] == "Success" for one in found)


def list_identities(call: Call) -> Document:
    kind = call.get("IdentityType")
    rows = (row for row in call.list("Identity") if kind in (None, "EmailAddress" if "@" in row.key else "Domain"))
    return {"Identities": [row.key for row in call.page(rows)]}


def list_verified_email_addresses(call: Call) -> Document:
    rows = (row for row in call.list("Identity") if "@" in row.key and row["status"] == "Success")
    return {"VerifiedEmailAddresses": [row.key for row in rows]}


def delete_identity(call: Call) -> Document:
    """One that is not there is no error."""
    return _forget(call, call["Identity"])


def delete_verified_email_address(call: Call) -> Document:
    return _forget(call, call["EmailAddress"])


def _forget(call: Call, name: str) -> Document:
    found = call.find("Identity", name)
    if found is not None:
        call.drop("Identity", found)
    return {}


# What is asked of several at once: identities that nobody knows are left out


def _each(call: Call) -> list[Resource]:
    found = [call.find("Identity", name) for name in call["Identities"]]
    return [one for one in found if one is not None]


def get_identity_verification_attributes(call: Call) -> Document:
    shown = {}
    for row in _each(call):
        token = {} if "@" in row.key else {"VerificationToken": row["token"]}
        shown[row.key] = {"VerificationStatus": row["status"], **token}
    return {"VerificationAttributes": shown}


def get_identity_dkim_attributes(call: Call) -> Document:
    shown = {}
    for row in _each(call):
        tokens = {"DkimTokens": row["dkim"]} if row.get("dkim") else {}
        status = row["status"] if row.get("dkim") else "NotStarted"
        enabled = row.get("dkim_enabled", bool(row.get("dkim")))
        shown[row.key] = {"DkimEnabled": enabled, "DkimVerificationStatus": status, **tokens}
    return {"DkimAttributes": shown}


def get_identity_notification_attributes(call: Call) -> Document:
    shown = {}
    for row in _each(call):
        topics = {f"{kind}Topic": row["topics"][kind] for kind in TOPICS if kind in row["topics"]}
        headers = {f"HeadersIn{kind}NotificationsEnabled": kind in row.get("headers", []) for kind in TOPICS}
        shown[row.key] = {**topics, "ForwardingEnabled": row["forwarding"], **headers}
    return {"NotificationAttributes": shown}


def get_identity_mail_from_domain_attributes(call: Call) -> Document:
    shown = {}
    for row in _each(call):
        held = row.get("mail_from")
        fields = {"MailFromDomainStatus": row["status"], "BehaviorOnMXFailure": "UseDefaultValue", **(held or {})}
        shown[row.key] = fields if held else {}
    return {"MailFromDomainAttributes": {name: one for name, one in shown.items() if one}}


# Settings


def _set(call: Call, **changes: Any) -> Document:
    found = call.find("Identity", call["Identity"])
    if found is None:
        raise AwsError("InvalidParameterValue", f"Identity {call['Identity']} does not exist.")
    found.update(changes)
    call.keep("Identity", found)
    return {}


def _held(call: Call, name: str, usual: Any) -> Any:
    found = call.find("Identity", call["Identity"])
    return usual if found is None else found.get(name, usual)


def set_identity_dkim_enabled(call: Call) -> Document:
    return _set(call, dkim_enabled=call["DkimEnabled"])


def set_identity_feedback_forwarding_enabled(call: Call) -> Document:
    """Bounces and complaints have to go somewhere: by mail, or to topics."""
    topics = _held(call, "topics", {})
    if not call["ForwardingEnabled"] and not {"Bounce", "Complaint"} <= set(topics):
        text = "You must set SNS topics for bounce and complaint notifications before disabling feedback forwarding."
        raise AwsError("InvalidParameterValue", text)
    return _set(call, forwarding=call["ForwardingEnabled"])


def set_identity_notification_topic(call: Call) -> Document:
    topics = dict(_held(call, "topics", {}))
    if "SnsTopic" in call:
        topics[call["NotificationType"]] = call["SnsTopic"]
    else:
        topics.pop(call["NotificationType"], None)
    return _set(call, topics=topics)


def set_identity_headers_in_notifications_enabled(call: Call) -> Document:
    held = {*_held(call, "headers", [])} - {call["NotificationType"]}
    return _set(call, headers=sorted({*held, *([call["NotificationType"]] if call["Enabled"] else [])}))


def set_identity_mail_from_domain(call: Call) -> Document:
    domain = call.get("MailFromDomain")
    if domain and not domain.endswith(call["Identity"].rpartition("@")[2]):
        text = f"Provided MAIL-FROM domain <{domain}> is not subdomain of the domain of the identity"
        raise AwsError("InvalidParameterValue", f"{text} <{call['Identity']}>.")
    behaviour = call.get("BehaviorOnMXFailure", "UseDefaultValue")
    return _set(call, mail_from={"MailFromDomain": domain, "BehaviorOnMXFailure": behaviour} if domain else None)
