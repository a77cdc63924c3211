"""IAM Identity Center's OpenID Connect: how the AWS CLI signs a user in.

Nobody opens a browser here: a device's code is taken as confirmed by the user that `FAKEAWS_SSO_USER` names, else by
the only user that the identity store has. Until then the authorization is pending.
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds
from fakeaws.core.resources.places import table
from fakeaws.core.resources.request import everywhere
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]
DAYS_90 = 90 * 86400
HOURS_8 = 8 * 3600
DEVICE_SECONDS = 600
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


def register_client(call: Call) -> Document:
    if call["clientType"] != "public":
        raise _refused("InvalidClientMetadata", "invalid_client_metadata", "Only public clients can be registered.")
    until = int(call.now) + DAYS_90
    secret = call.make("{mixed64}")
    client = {"clientId": call.make("{mixed22}"), "hash": _hash(secret), "until": until}
    call.keep("Client", {**client, "scopes": call.get("scopes", [])})
    times = {"clientIdIssuedAt": int(call.now), "clientSecretExpiresAt": until}
    return {"clientId": client["clientId"], "clientSecret": secret, **times}


def start_device_authorization(call: Call) -> Document:
    client = _client(call)
    instance = _instance(call)
    region = instance.scope[1]
    code, user_code = call.make("{mixed86}"), f"{call.make('{upper4}')}-{call.make('{upper4}')}"
    about = {"client": client["clientId"], "store": instance["IdentityStoreId"], "instance": instance["InstanceArn"]}
    place = {"owner": instance.scope[0], "at": region}
    call.keep("Device", {"hash": _hash(code), **about, **place, "until": call.now + DEVICE_SECONDS})
    uri = f"https://device.sso.{region}.amazonaws.com/"
    return {
        "deviceCode": code,
        "userCode": user_code,
        "verificationUri": uri,
        "verificationUriComplete": f"{uri}?user_code={user_code}",
        "expiresIn": DEVICE_SECONDS,
        "interval": 1,
    }


def create_token(call: Call) -> Document:
    client = _client(call)
    if call["grantType"] == DEVICE:
        return _for_device(call, client)
    if call["grantType"] == "refresh_token":
        return _refreshed(call, client)
    raise _refused(
        "UnsupportedGrantType", "unsupported_grant_type", f"Grant type {call['grantType']} is not supported."
    )


def _for_device(call: Call, client: Resource) -> Document:
    device = call.find("Device", _hash(call.get("deviceCode", "")))
    if device is None or device["client"] != client["clientId"]:
        raise _refused("InvalidGrant", "invalid_grant", "Invalid grant provided")
    if device["until"] <= call.now:
        raise _refused("ExpiredToken", "expired_token", "Device code has expired")
    user = _user(call, device)
    call.drop("Device", device)
    return _issued(call, client, {name: device[name] for name in ("store", "instance", "owner", "at")} | user)


def _user(call: Call, device: Document) -> Document:
    """The user who signs in."""
    kind = kinds.kind("identitystore", "User")
    users = list(table(call, kind).list((device["owner"], device["at"]), device["store"]))
    named = os.environ.get("FAKEAWS_SSO_USER")
    found = [user for user in users if user["UserName"] == named] if named else users
    if len(found) != 1:
        names = ", ".join(user["UserName"] for user in users) or "none yet"
        text = f"FAKEAWS_SSO_USER says who signs in; the users of {device['store']}: {names}"
        raise _refused("AuthorizationPending", "authorization_pending", text)
    return {"user": found[0]["UserId"], "name": found[0]["UserName"]}


def _refreshed(call: Call, client: Resource) -> Document:
    held = call.find("Token", _hash(call.get("refreshToken", "")))
    if held is None or held["sort"] != "refresh" or held["client"] != client["clientId"] or held["until"] <= call.now:
        raise _refused("InvalidGrant", "invalid_grant", "Invalid refresh token provided")
    call.drop("Token", held)
    return _issued(call, client, {name: held[name] for name in ("store", "instance", "owner", "at", "user", "name")})


def _issued(call: Call, client: Resource, who: Document) -> Document:
    """An access token, and a refresh token for clients that asked for a scope."""
    found: Document = {"accessToken": call.make("{mixed128}"), "tokenType": "Bearer", "expiresIn": HOURS_8}
    who |= {"client": client["clientId"]}
    call.keep("Token", {**who, "hash": _hash(found["accessToken"]), "sort": "access", "until": call.now + HOURS_8})
    if client["scopes"]:
        found["refreshToken"] = call.make("{mixed128}")
        call.keep(
            "Token", {**who, "hash": _hash(found["refreshToken"]), "sort": "refresh", "until": call.now + DAYS_90}
        )
    return found


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _client(call: Call) -> Resource:
    found = call.find("Client", call["clientId"])
    if found is None or found["hash"] != _hash(call["clientSecret"]) or found["until"] <= call.now:
        raise _refused("InvalidClient", "invalid_client", "Invalid client provided")
    return found


def _instance(call: Call) -> Resource:
    """The instance of a start URL: `https://d-1234567890.awsapps.com/start`."""
    store = re.match(r"https://(d-[0-9a-f]{10})\.awsapps\.com/start", call["startUrl"])
    rows = everywhere(call.of("sso-admin"), "Instance")
    found = next((row for row in rows if store and row.get("IdentityStoreId") == store[1]), None)
    if found is None:
        raise _refused("InvalidRequest", "invalid_request", f"Invalid start url: {call['startUrl']}")
    return found


def _refused(what: str, error: str, text: str) -> AwsError:
    return AwsError(f"{what}Exception", text, error=error, error_description=text)
