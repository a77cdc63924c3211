"""Signing in: flows, and the challenges on the way to the tokens."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.places import drawn
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import totp
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.cognito_idp import srp
from fakeaws.services.cognito_idp.people import UNKNOWN, find_user, is_password, keep, set_password
from fakeaws.services.cognito_idp.pools import client_of
from fakeaws.services.cognito_idp.secrets import check_secret
from fakeaws.services.cognito_idp.tokens import issue, renewed, session_of, signed_in

Document = dict[str, Any]
WRONG = "Incorrect username or password."
FLOWS = {
    "USER_PASSWORD_AUTH": ("ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"),
    "ADMIN_USER_PASSWORD_AUTH": ("ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"),
    "ADMIN_NO_SRP_AUTH": ("ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"),
    "USER_SRP_AUTH": ("ALLOW_USER_SRP_AUTH",),
    "REFRESH_TOKEN_AUTH": ("ALLOW_REFRESH_TOKEN_AUTH",),
    "REFRESH_TOKEN": ("ALLOW_REFRESH_TOKEN_AUTH",),
}
"""What a client has to allow for each flow; one that says nothing allows those of passwords that are not sent."""
USUAL = ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]
LASTS = 180.0


def initiate_auth(call: Call) -> Document:
    if call["AuthFlow"].startswith("ADMIN_"):
        raise AwsError("InvalidParameterException", "Initiate Auth method not supported.")
    return _initiated(call)


def admin_initiate_auth(call: Call) -> Document:
    if call["AuthFlow"] == "USER_PASSWORD_AUTH":
        raise AwsError("InvalidParameterException", "Initiate Auth method not supported.")
    return _initiated(call)


def _initiated(call: Call) -> Document:
    client, pool = client_of(call, call["ClientId"])
    flow, given = call["AuthFlow"], call.get("AuthParameters", {})
    if flow not in FLOWS:
        raise AwsError("NotImplemented", f"fakeaws does not emulate the flow {flow} yet.", status=501)
    if not set(FLOWS[flow]) & set(client.get("ExplicitAuthFlows") or USUAL):
        raise AwsError("InvalidParameterException", f"{flow} flow not enabled for this client")
    if flow.startswith("REFRESH"):
        return _refreshed(call, pool, client, given)
    name = _parameter(given, "USERNAME")
    check_secret(call, client, name, given.get("SECRET_HASH"))
    user = _user(call, pool, client, name)
    if flow == "USER_SRP_AUTH":
        return _srp_challenge(call, pool, client, user, _parameter(given, "SRP_A"))
    if not is_password(pool, user, _parameter(given, "PASSWORD")):
        raise AwsError("NotAuthorizedException", WRONG)
    return _proven(call, pool, client, user)


def _parameter(given: Document, name: str) -> str:
    if not given.get(name):
        raise AwsError("InvalidParameterException", f"Missing required parameter {name}")
    return str(given[name])


def _refreshed(call: Call, pool: Resource, client: Resource, given: Document) -> Document:
    session = session_of(call, client, _parameter(given, "REFRESH_TOKEN"))
    user = find_user(call, pool, session["user"])
    if user is None or not user["Enabled"]:
        raise AwsError("NotAuthorizedException", "User is disabled." if user else "Invalid Refresh Token")
    return _done(renewed(call, pool, client, user, session))


def _done(tokens: Document) -> Document:
    return {"ChallengeParameters": {}, "AuthenticationResult": tokens}


def _user(call: Call, pool: Resource, client: Resource, name: str) -> Resource:
    """Whether a name exists is shown only by clients that are to show it."""
    user = find_user(call, pool, name)
    if user is None and client.get("PreventUserExistenceErrors") == "ENABLED":
        raise AwsError("NotAuthorizedException", WRONG)
    if user is None:
        raise AwsError("UserNotFoundException", UNKNOWN)
    if not user["Enabled"]:
        raise AwsError("NotAuthorizedException", "User is disabled.")
    return user


def _proven(call: Call, pool: Resource, client: Resource, user: Resource) -> Document:
    """The password was right: what comes next depends on the user's state."""
    if user["UserStatus"] == "UNCONFIRMED":
        raise AwsError("UserNotConfirmedException", "User is not confirmed.")
    if user["UserStatus"] == "RESET_REQUIRED":
        raise AwsError("PasswordResetRequiredException", "Password reset required for the user")
    if user["UserStatus"] == "FORCE_CHANGE_PASSWORD":
        if user.get("temporary", {}).get("until", call.now + 1) <= call.now:
            text = "Temporary password has expired and must be reset by an administrator."
            raise AwsError("NotAuthorizedException", text)
        held = {name: value for name, value in user["attributes"].items() if name != "sub"}
        more = {"requiredAttributes": "[]", "userAttributes": json.dumps(held, separators=(",", ":"))}
        return _challenge(call, pool, client, user, "NEW_PASSWORD_REQUIRED", more)
    return _second_factor(call, pool, client, user)


def _second_factor(call: Call, pool: Resource, client: Resource, user: Resource) -> Document:
    mode = _mfa_mode(call, pool)
    kinds = [kind for kind, how in user.get("mfa", {}).items() if how["Enabled"]] if mode != "OFF" else []
    preferred = next((kind for kind in kinds if user["mfa"][kind]["Preferred"]), None)
    if not kinds and mode == "ON":
        more = {"MFAS_CAN_SETUP": '["SOFTWARE_TOKEN_MFA"]'}
        return _challenge(call, pool, client, user, "MFA_SETUP", more)
    if not kinds:
        return _done(issue(call, pool, client, user))
    kind = preferred or kinds[0]
    if kind != "SOFTWARE_TOKEN_MFA":
        raise AwsError("NotImplemented", f"fakeaws does not emulate the challenge {kind} yet.", status=501)
    return _challenge(call, pool, client, user, kind, {"FRIENDLY_DEVICE_NAME": user.get("device", "")})


def _mfa_mode(call: Call, pool: Resource) -> str:
    config: Document = call.find("UserPoolMfaConfig", "-", within=pool) or {}
    return str(config.get("MfaConfiguration") or pool.get("MfaConfiguration", "OFF"))


def _challenge(
    call: Call, pool: Resource, client: Resource, user: Resource, name: str, more: Document, **held: Any
) -> Document:
    session = call.make("{mixed120}")
    kept = {"key": session, "user": user.key, "client": client.key, "name": name, "until": call.now + LASTS, **held}
    call.keep("Challenge", kept, within=pool)
    parameters = {"USER_ID_FOR_SRP": user["Username"], **more}
    return {"ChallengeName": name, "Session": session, "ChallengeParameters": parameters}


def _srp_challenge(call: Call, pool: Resource, client: Resource, user: Resource, theirs: str) -> Document:
    secret = user.get("secret")
    if secret is None:
        raise AwsError("NotAuthorizedException", WRONG)
    if int(theirs, 16) % srp.N == 0:
        raise AwsError("InvalidParameterException", "SRP_A is not valid")
    ours = int.from_bytes(drawn(call, 32), "big")
    block = base64.b64encode(drawn(call, 512)).decode()
    value = srp.server_value(ours, int(secret["verifier"], 16))
    more = {"SALT": secret["salt"], "SRP_B": f"{value:x}", "SECRET_BLOCK": block, "USERNAME": user["Username"]}
    return _challenge(call, pool, client, user, "PASSWORD_VERIFIER", more, theirs=theirs, ours=f"{ours:x}", block=block)


# Responses


def respond_to_auth_challenge(call: Call) -> Document:
    return _responded(call)


def admin_respond_to_auth_challenge(call: Call) -> Document:
    return _responded(call)


def _responded(call: Call) -> Document:
    client, pool = client_of(call, call["ClientId"])
    given, name = call.get("ChallengeResponses", {}), call["ChallengeName"]
    answers = {
        "PASSWORD_VERIFIER": _with_claim,
        "NEW_PASSWORD_REQUIRED": _with_new_password,
        "SOFTWARE_TOKEN_MFA": _with_code,
        "MFA_SETUP": _with_set_up,
    }
    if name not in answers:
        raise AwsError("NotImplemented", f"fakeaws does not emulate the challenge {name} yet.", status=501)
    said = _parameter(given, "USERNAME")
    check_secret(call, client, said, given.get("SECRET_HASH"))
    kept = _pending(call, pool, client, name, said, given)
    user = _user(call, pool, client, kept["user"])
    answer = answers[name](call, pool, client, user, kept, given)
    call.drop("Challenge", kept)
    return answer


def _pending(call: Call, pool: Resource, client: Resource, name: str, said: str, given: Document) -> Resource:
    """The challenge that is answered: by its session, or by its secret block, which clients of SRP may send alone."""
    kept = call.find("Challenge", call.get("Session", ""), within=pool)
    if kept is None and "PASSWORD_CLAIM_SECRET_BLOCK" in given:
        block = given["PASSWORD_CLAIM_SECRET_BLOCK"]
        kept = next((one for one in call.list("Challenge", within=pool) if one.get("block") == block), None)
    user = find_user(call, pool, said)
    is_theirs = kept is not None and user is not None and kept["user"] == user.key
    if kept is None or not is_theirs or (kept["name"], kept["client"]) != (name, client.key):
        raise AwsError("NotAuthorizedException", "Invalid session for the user.")
    if kept["until"] <= call.now:
        raise AwsError("NotAuthorizedException", "Invalid session for the user, session is expired.")
    return kept


def _with_claim(
    call: Call, pool: Resource, client: Resource, user: Resource, kept: Resource, given: Document
) -> Document:
    stamp, block = _parameter(given, "TIMESTAMP"), base64.b64decode(kept["block"])
    message = (pool.key.split("_", 1)[1] + user["Username"]).encode() + block + stamp.encode()
    verifier = int(user["secret"]["verifier"], 16)
    wanted = srp.signature(int(kept["theirs"], 16), int(kept["ours"], 16), verifier, message)
    claim = _parameter(given, "PASSWORD_CLAIM_SIGNATURE")
    if not hmac.compare_digest(base64.b64encode(wanted).decode(), claim):
        raise AwsError("NotAuthorizedException", WRONG)
    return _proven(call, pool, client, user)


def _with_new_password(
    call: Call, pool: Resource, client: Resource, user: Resource, kept: Resource, given: Document
) -> Document:
    set_password(call, pool, user, _parameter(given, "NEW_PASSWORD"))
    own = {name.removeprefix("userAttributes."): value for name, value in given.items() if name.startswith("userAttr")}
    user["attributes"] |= own
    user["UserStatus"] = "CONFIRMED"
    user.pop("temporary", None)
    return _second_factor(call, pool, client, keep(call, user, pool))


def _with_code(
    call: Call, pool: Resource, client: Resource, user: Resource, kept: Resource, given: Document
) -> Document:
    if totp.step_of(user["seed"], _parameter(given, "SOFTWARE_TOKEN_MFA_CODE"), call.now) is None:
        raise AwsError("CodeMismatchException", "Invalid code received for user")
    return _done(issue(call, pool, client, user))


def _with_set_up(
    call: Call, pool: Resource, client: Resource, user: Resource, kept: Resource, given: Document
) -> Document:
    if not kept.get("verified"):
        raise AwsError("NotAuthorizedException", "Invalid session for the user.")
    return _done(issue(call, pool, client, user))


# A second factor


def associate_software_token(call: Call) -> Document:
    """A new secret for the user's device, which counts once it has shown a code."""
    user, kept = _whose(call)
    seed = call.make("{upper52}")
    user["new_seed"] = seed
    call.keep("User", user)
    return {"SecretCode": seed, **({"Session": kept.key} if kept is not None else {})}


def _whose(call: Call) -> tuple[Resource, Resource | None]:
    """The user who is signed in, or on the way there, and the challenge that is pending then."""
    if "AccessToken" in call:
        return signed_in(call)[1], None
    kept = call.find("Challenge", call.get("Session", ""))
    if kept is None or kept["name"] != "MFA_SETUP":
        raise AwsError("NotAuthorizedException", "Invalid session for the user.")
    return call.read("User", kept["user"], within=call.read("UserPool", kept.parent)), kept


def verify_software_token(call: Call) -> Document:
    user, kept = _whose(call)
    seed = user.get("new_seed")
    if seed is None:
        raise AwsError("SoftwareTokenMFANotFoundException", "Software token MFA has not been set up for the user.")
    if totp.step_of(seed, call["UserCode"], call.now) is None:
        raise AwsError("EnableSoftwareTokenMFAException", "Code mismatch")
    user["seed"], user["device"] = user.pop("new_seed"), call.get("FriendlyDeviceName", "")
    if kept is not None:
        user.setdefault("mfa", {})["SOFTWARE_TOKEN_MFA"] = {"Enabled": True, "Preferred": True}
        call.keep("Challenge", Resource({**kept, "verified": True}, kept.scope, kept.parent, kept.key))
    call.keep("User", user)
    return {"Status": "SUCCESS", **({"Session": kept.key} if kept is not None else {})}


def set_user_mfa_preference(call: Call) -> Document:
    pool, user = signed_in(call)
    return _preferred(call, pool, user)


def admin_set_user_mfa_preference(call: Call) -> Document:
    pool = call.read("UserPool", call["UserPoolId"])
    user = find_user(call, pool, call["Username"])
    if user is None:
        raise AwsError("UserNotFoundException", UNKNOWN)
    return _preferred(call, pool, user)


def _preferred(call: Call, pool: Resource, user: Resource) -> Document:
    kinds = {
        "SMSMfaSettings": "SMS_MFA",
        "SoftwareTokenMfaSettings": "SOFTWARE_TOKEN_MFA",
        "EmailMfaSettings": "EMAIL_OTP",
    }
    for member, kind in kinds.items():
        if member not in call:
            continue
        how = {"Enabled": call[member].get("Enabled", False), "Preferred": call[member].get("PreferredMfa", False)}
        if how["Enabled"] and kind == "SOFTWARE_TOKEN_MFA" and "seed" not in user:
            raise AwsError("InvalidParameterException", "User has not verified software token mfa")
        if how["Enabled"] and kind == "SMS_MFA" and "phone_number" not in user["attributes"]:
            raise AwsError("InvalidParameterException", "User has no phone number")
        if how["Preferred"]:
            for other in user.setdefault("mfa", {}).values():
                other["Preferred"] = False
        user.setdefault("mfa", {})[kind] = how
    keep(call, user, pool)
    return {}


def get_user_auth_factors(call: Call) -> Document:
    _, user = signed_in(call)
    return {"Username": user["Username"], "ConfiguredUserAuthFactors": ["PASSWORD"] if "secret" in user else []}
