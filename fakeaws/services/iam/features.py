"""What an account turns on: central management of members' root users, and tokens for the world outside."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.places import store_of
from fakeaws.core.tools.errors import AwsError
from fakeaws.policies.organization import NOTE

Document = dict[str, Any]
CREDENTIALS, SESSIONS = "RootCredentialsManagement", "RootSessions"


def enable_organizations_root_credentials_management(call: Call) -> Document:
    return _set(call, CREDENTIALS, True)


def disable_organizations_root_credentials_management(call: Call) -> Document:
    return _set(call, CREDENTIALS, False)


def enable_organizations_root_sessions(call: Call) -> Document:
    return _set(call, SESSIONS, True)


def disable_organizations_root_sessions(call: Call) -> Document:
    return _set(call, SESSIONS, False)


def list_organizations_features(call: Call) -> Document:
    return _features(call, _organization(call))


def _organization(call: Call) -> Document:
    """The organization that the caller's account manages."""
    note = store_of(call).note(NOTE.format(account=call.account))
    if note is None:
        text = "The request was rejected because no organization is associated with your account."
        raise AwsError("OrganizationNotFoundException", text)
    if note["management"] != call.account:
        text = "The request was rejected because the account making the request is not the management account"
        raise AwsError("CallerIsNotManagementAccountException", f"{text} for the organization.")
    return note


def _features(call: Call, organization: Document) -> Document:
    kept = store_of(call).note(f"iam features {call.account}") or {"on": []}
    return {"OrganizationId": organization["id"], "EnabledFeatures": kept["on"]}


def _set(call: Call, feature: str, wanted: bool) -> Document:
    organization = _organization(call)
    held = {*_features(call, organization)["EnabledFeatures"]} - {feature}
    on = sorted({*held, feature} if wanted else held)
    store_of(call).keep_note(f"iam features {call.account}", {"on": on})
    return _features(call, organization)


# Outbound federation


def enable_outbound_web_identity_federation(call: Call) -> Document:
    if _issuer(call) is not None:
        raise AwsError("FeatureEnabledException", "Outbound web identity federation is already enabled.")
    issuer = f"https://{call.make('{uuid}')}.tokens.sts.global.api.aws"
    store_of(call).keep_note(f"iam outbound {call.account}", {"issuer": issuer})
    return {"IssuerIdentifier": issuer}


def disable_outbound_web_identity_federation(call: Call) -> Document:
    if _issuer(call) is None:
        raise AwsError("FeatureDisabledException", "Outbound web identity federation is not enabled.")
    store_of(call).drop_note(f"iam outbound {call.account}")
    return {}


def get_outbound_web_identity_federation_info(call: Call) -> Document:
    issuer = _issuer(call)
    if issuer is None:
        raise AwsError("FeatureDisabledException", "Outbound web identity federation is not enabled.")
    return {"IssuerIdentifier": issuer, "JwtVendingEnabled": True}


def _issuer(call: Call) -> str | None:
    note = store_of(call).note(f"iam outbound {call.account}")
    return note["issuer"] if note else None
