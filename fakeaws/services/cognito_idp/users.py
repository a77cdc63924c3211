"""What administrators do with users, and what users do with themselves."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.cognito_idp.people import (
    as_map,
    attributes,
    check_code,
    find_user,
    is_password,
    keep,
    new_user,
    passing,
    pool_of,
    send_code,
    set_password,
    shown,
    user_of,
    verify,
)
from fakeaws.services.cognito_idp.pools import client_of
from fakeaws.services.cognito_idp.secrets import check_secret
from fakeaws.services.cognito_idp.tokens import end_sessions, signed_in

Document = dict[str, Any]


def _named(call: Call) -> tuple[Resource, Resource]:
    pool = pool_of(call)
    return pool, user_of(call, pool)


# By administrators


def admin_create_user(call: Call) -> Document:
    """A user with a temporary password, who has to choose another; RESEND invites him once more."""
    pool, given = pool_of(call), call.get("UserAttributes", [])
    if call.get("MessageAction") == "RESEND":
        user = user_of(call, pool)
        if user["UserStatus"] != "FORCE_CHANGE_PASSWORD":
            raise AwsError("UnsupportedUserStateException", "Resend not possible. User has already accepted an invite.")
    else:
        status, taken = "FORCE_CHANGE_PASSWORD", "User account already exists"
        user = new_user(call, pool, call["Username"], given, status, taken)
    password = call.get("TemporaryPassword") or f"{call.make('{upper5}')}{call.make('{alnum5}')}a1-A"
    set_password(call, pool, user, password)
    days = pool["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"]
    user["temporary"] = {"password": password, "until": call.now + days * 86400}
    return {"User": shown(keep(call, user, pool))}


def admin_get_user(call: Call) -> Document:
    user = _named(call)[1]
    return {**shown(user, "UserAttributes"), **_mfa(user)}


def _mfa(user: Document) -> Document:
    kinds = [kind for kind, how in user.get("mfa", {}).items() if how["Enabled"]]
    preferred = next((kind for kind, how in user.get("mfa", {}).items() if how["Preferred"]), None)
    return {
        **({"UserMFASettingList": kinds} if kinds else {}),
        **({"PreferredMfaSetting": preferred} if preferred else {}),
    }


def list_users(call: Call) -> Document:
    pool, wanted = pool_of(call), call.get("AttributesToGet")
    rows = call.page(passing(call.list("User", within=pool), call.get("Filter", "")))
    users = [shown(row) for row in rows]
    for user in users if wanted else ():
        user["Attributes"] = [one for one in user["Attributes"] if one["Name"] in wanted]
    return {"Users": users}


def admin_delete_user(call: Call) -> Document:
    call.drop("User", _named(call)[1])
    return {}


def admin_enable_user(call: Call) -> Document:
    return _able(call, True)


def admin_disable_user(call: Call) -> Document:
    return _able(call, False)


def _able(call: Call, enabled: bool) -> Document:
    pool, user = _named(call)
    user["Enabled"] = enabled
    keep(call, user, pool)
    return {}


def admin_update_user_attributes(call: Call) -> Document:
    pool, user = _named(call)
    user["attributes"] |= as_map(call, pool, call["UserAttributes"])
    keep(call, user, pool)
    return {}


def admin_delete_user_attributes(call: Call) -> Document:
    pool, user = _named(call)
    _without(pool, user, call["UserAttributeNames"])
    keep(call, user, pool)
    return {}


def _without(pool: Resource, user: Resource, names: list[str]) -> None:
    if "sub" in names:
        raise AwsError("InvalidParameterException", "Cannot delete the attribute sub")
    for name in names:
        user["attributes"].pop(name, None)


def admin_set_user_password(call: Call) -> Document:
    """Not permanent, it is one that has to be changed at the next sign-in."""
    pool, user = _named(call)
    set_password(call, pool, user, call["Password"])
    user["UserStatus"] = "CONFIRMED" if call.get("Permanent") else "FORCE_CHANGE_PASSWORD"
    user.pop("temporary", None)
    keep(call, user, pool)
    return {}


def admin_reset_user_password(call: Call) -> Document:
    pool, user = _named(call)
    if user["UserStatus"] == "FORCE_CHANGE_PASSWORD":
        raise AwsError("NotAuthorizedException", "User password cannot be reset in the current state.")
    send_code(call, pool, user, "password")
    user["UserStatus"] = "RESET_REQUIRED"
    keep(call, user, pool)
    return {}


def admin_confirm_sign_up(call: Call) -> Document:
    pool, user = _named(call)
    _confirm(user)
    keep(call, user, pool)
    return {}


def _confirm(user: Resource) -> None:
    if user["UserStatus"] != "UNCONFIRMED":
        text = f"User cannot be confirmed. Current status is {user['UserStatus']}"
        raise AwsError("NotAuthorizedException", text)
    user["UserStatus"] = "CONFIRMED"


def admin_user_global_sign_out(call: Call) -> Document:
    pool, user = _named(call)
    end_sessions(call, user)
    keep(call, user, pool)
    return {}


# Signing up


def sign_up(call: Call) -> Document:
    """An unconfirmed user, to whom a code is sent where the pool verifies addresses."""
    client, pool = client_of(call, call["ClientId"])
    check_secret(call, client, call["Username"], call.get("SecretHash"))
    if pool.get("AdminCreateUserConfig", {}).get("AllowAdminCreateUserOnly"):
        raise AwsError("NotAuthorizedException", "SignUp is not permitted for this user pool")
    user = new_user(call, pool, call["Username"], call.get("UserAttributes", []), "UNCONFIRMED", "User already exists")
    if "Password" in call:
        set_password(call, pool, user, call["Password"])
    answer = {"UserConfirmed": False, "UserSub": user["attributes"]["sub"]}
    if any(name in user["attributes"] for name in pool.get("AutoVerifiedAttributes", ())):
        answer["CodeDeliveryDetails"] = user["delivery"] = send_code(call, pool, user, "sign-up")
    keep(call, user, pool)
    return answer


def _outside(call: Call) -> tuple[Resource, Resource]:
    """The pool and user that somebody who has not signed in names."""
    client, pool = client_of(call, call["ClientId"])
    check_secret(call, client, call["Username"], call.get("SecretHash"))
    user = find_user(call, pool, call["Username"])
    if user is None:
        hides = client.get("PreventUserExistenceErrors") == "ENABLED" and call.operation.name.startswith("Confirm")
        code = "ExpiredCodeException" if hides else "UserNotFoundException"
        text = (
            "Invalid code provided, please request a code again."
            if hides
            else "Username/client id combination not found."
        )
        raise AwsError(code, text)
    return pool, user


def confirm_sign_up(call: Call) -> Document:
    pool, user = _outside(call)
    if user["UserStatus"] != "UNCONFIRMED":
        _confirm(user)
    check_code(call, user, "sign-up", call["ConfirmationCode"])
    _confirm(user)
    verify(user, user.pop("delivery", None))
    keep(call, user, pool)
    return {}


def resend_confirmation_code(call: Call) -> Document:
    pool, user = _outside(call)
    if user["UserStatus"] != "UNCONFIRMED":
        raise AwsError("InvalidParameterException", "User is already confirmed.")
    user["delivery"] = send_code(call, pool, user, "sign-up")
    keep(call, user, pool)
    return {"CodeDeliveryDetails": user["delivery"]}


def forgot_password(call: Call) -> Document:
    pool, user = _outside(call)
    held = user["attributes"]
    if not any(held.get(f"{name}_verified") == "true" for name in ("email", "phone_number")):
        text = "Cannot reset password for the user as there is no registered/verified email or phone_number"
        raise AwsError("InvalidParameterException", text)
    details = send_code(call, pool, user, "password")
    keep(call, user, pool)
    return {"CodeDeliveryDetails": details}


def confirm_forgot_password(call: Call) -> Document:
    pool, user = _outside(call)
    check_code(call, user, "password", call["ConfirmationCode"])
    set_password(call, pool, user, call["Password"])
    user["UserStatus"] = "CONFIRMED"
    keep(call, user, pool)
    return {}


# By the user who is signed in


def get_user(call: Call) -> Document:
    _, user = signed_in(call)
    return {"Username": user["Username"], "UserAttributes": attributes(user), **_mfa(user)}


def delete_user(call: Call) -> Document:
    call.drop("User", signed_in(call)[1])
    return {}


def update_user_attributes(call: Call) -> Document:
    """A changed address that the pool verifies gets a code."""
    pool, user = signed_in(call)
    given = as_map(call, pool, call["UserAttributes"])
    user["attributes"] |= given
    sent = []
    for name in pool.get("AutoVerifiedAttributes", ()):
        if name in given:
            user["attributes"][f"{name}_verified"] = "false"
            sent.append(send_code(call, pool, user, name, name))
    keep(call, user, pool)
    return {"CodeDeliveryDetailsList": sent}


def delete_user_attributes(call: Call) -> Document:
    pool, user = signed_in(call)
    _without(pool, user, call["UserAttributeNames"])
    keep(call, user, pool)
    return {}


def get_user_attribute_verification_code(call: Call) -> Document:
    pool, user = signed_in(call)
    name = call["AttributeName"]
    if name not in user["attributes"]:
        raise AwsError("InvalidParameterException", f"User does not have the attribute {name}")
    details = send_code(call, pool, user, name, name)
    keep(call, user, pool)
    return {"CodeDeliveryDetails": details}


def verify_user_attribute(call: Call) -> Document:
    pool, user = signed_in(call)
    check_code(call, user, call["AttributeName"], call["Code"])
    verify(user, {"AttributeName": call["AttributeName"]})
    keep(call, user, pool)
    return {}


def change_password(call: Call) -> Document:
    pool, user = signed_in(call)
    if "PreviousPassword" in call and not is_password(pool, user, call["PreviousPassword"]):
        raise AwsError("NotAuthorizedException", "Incorrect username or password.")
    set_password(call, pool, user, call["ProposedPassword"])
    keep(call, user, pool)
    return {}


def global_sign_out(call: Call) -> Document:
    pool, user = signed_in(call)
    end_sessions(call, user)
    keep(call, user, pool)
    return {}


# Groups


def admin_add_user_to_group(call: Call) -> Document:
    pool, user = _named(call)
    group = call.read("Group", call["GroupName"], within=pool)
    if group.key not in user["groups"]:
        user["groups"].append(group.key)
    keep(call, user, pool)
    return {}


def admin_remove_user_from_group(call: Call) -> Document:
    pool, user = _named(call)
    group = call.read("Group", call["GroupName"], within=pool)
    user["groups"] = [name for name in user["groups"] if name != group.key]
    keep(call, user, pool)
    return {}


def admin_list_groups_for_user(call: Call) -> Document:
    pool, user = _named(call)
    found = [call.find("Group", name, within=pool) for name in user["groups"]]
    return {"Groups": [group for group in found if group is not None]}


def list_users_in_group(call: Call) -> Document:
    pool = pool_of(call)
    group = call.read("Group", call["GroupName"], within=pool)
    rows = (row for row in call.list("User", within=pool) if group.key in row["groups"])
    return {"Users": [shown(row) for row in call.page(rows)]}


def delete_group(call: Call) -> Document:
    """Its members are no longer in it."""
    pool = pool_of(call)
    call.drop("Group", call.read("Group", call["GroupName"], within=pool))
    for user in list(call.list("User", within=pool)):
        if call["GroupName"] in user["groups"]:
            user["groups"].remove(call["GroupName"])
            call.keep("User", user)
    return {}
