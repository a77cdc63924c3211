"""Passwords for the console, and the policy that they must keep to. What is kept of a password is its hash."""

from __future__ import annotations

import re
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import refusal
from fakeaws.core.resources.places import drawn
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.sealing import hashed, is_password
from fakeaws.services.iam.entities import named

Document = dict[str, Any]
KINDS = {
    "RequireUppercaseCharacters": ("[A-Z]", "uppercase letter"),
    "RequireLowercaseCharacters": ("[a-z]", "lowercase letter"),
    "RequireNumbers": ("[0-9]", "number"),
    "RequireSymbols": (r"[!@#$%^&*()_+\-=\[\]{}|']", "symbol"),
}
DEFAULTS = {
    "MinimumPasswordLength": 6,
    "RequireSymbols": False,
    "RequireNumbers": False,
    "RequireUppercaseCharacters": False,
    "RequireLowercaseCharacters": False,
    "AllowUsersToChangePassword": False,
    "ExpirePasswords": False,
}


def create_login_profile(call: Call) -> Document:
    user = named(call)
    name = user["UserName"]
    if call.find("LoginProfile", name) is not None:
        raise refusal(call, "LoginProfile", "exists", name)
    if "Password" not in call:
        raise AwsError("ValidationError", "Password is required to create a login profile.")
    _check(call, call["Password"], [])
    profile = {
        "UserName": name,
        "CreateDate": call.now,
        "PasswordResetRequired": call.get("PasswordResetRequired", False),
    }
    call.keep("LoginProfile", {**profile, **_kept(call, call["Password"], [])})
    return {"LoginProfile": profile}


def _kept(call: Call, password: str, before: list[str]) -> Document:
    return {"passwords": [hashed(password, drawn(call, 16)), *before][:24], "changed": call.now}


def get_login_profile(call: Call) -> Document:
    return {"LoginProfile": _profile(call)}


def _profile(call: Call) -> Resource:
    return call.read("LoginProfile", named(call)["UserName"])


def update_login_profile(call: Call) -> Document:
    profile = _profile(call)
    if "Password" in call:
        _check(call, call["Password"], profile["passwords"])
        profile.update(_kept(call, call["Password"], profile["passwords"]))
    if "PasswordResetRequired" in call:
        profile["PasswordResetRequired"] = call["PasswordResetRequired"]
    call.keep("LoginProfile", profile)
    return {}


def delete_login_profile(call: Call) -> Document:
    call.drop("LoginProfile", _profile(call))
    return {}


def change_password(call: Call) -> Document:
    """By the user alone, who must know the old one."""
    if call.caller.kind != "IAMUser":
        raise AwsError("InvalidUserType", "Only IAM Users can change their own password")
    profile = call.read("LoginProfile", named(call)["UserName"])
    if not is_password(profile["passwords"][0], call["OldPassword"]):
        raise AwsError("AccessDenied", "The old password was incorrect.", status=403)
    _check(call, call["NewPassword"], profile["passwords"])
    profile.update(_kept(call, call["NewPassword"], profile["passwords"]), PasswordResetRequired=False)
    call.keep("LoginProfile", profile)
    return {}


def _check(call: Call, password: str, before: list[str]) -> None:
    """Refuse a password that the account's policy does not allow; without one, AWS's own rule holds."""
    policy = call.find("PasswordPolicy", call.account)
    least = policy["MinimumPasswordLength"] if policy else 8
    if len(password) < least:
        raise _weak(f"Password should have a minimum length of {least}")
    lacking = {member: what for member, (pattern, what) in KINDS.items() if not re.search(pattern, password)}
    if policy is None and len(lacking) > 1:
        raise _weak(
            "Password should have at least three of the following character types: uppercase letters, lowercase"
            " letters, numbers, and symbols"
        )
    for member, what in lacking.items():
        if policy is not None and policy[member]:
            raise _weak(f"Password should have at least one {what}")
    reused = before[: policy.get("PasswordReusePrevention", 0)] if policy else []
    if any(is_password(kept, password) for kept in reused):
        raise _weak("Password has been used before")


def _weak(text: str) -> AwsError:
    return AwsError("PasswordPolicyViolation", text)


def get_account_password_policy(call: Call) -> Document:
    return {"PasswordPolicy": call.read("PasswordPolicy", call.account)}


def update_account_password_policy(call: Call) -> Document:
    """What is not given goes back to its default; nothing is kept of the policy before."""
    policy: Document = {**DEFAULTS, **call.params}
    policy["ExpirePasswords"] = bool(policy.get("MaxPasswordAge"))
    call.keep("PasswordPolicy", {**policy, "account": call.account})
    return {}


def delete_account_password_policy(call: Call) -> Document:
    call.drop("PasswordPolicy", call.read("PasswordPolicy", call.account))
    return {}
