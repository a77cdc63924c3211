"""Users of a pool: by what they are found, what is shown of them, their attributes and passwords."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.places import drawn
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.cognito_idp import srp

Document = dict[str, Any]
STANDARD = {
    "sub": "String", "name": "String", "given_name": "String", "family_name": "String", "middle_name": "String",
    "nickname": "String", "preferred_username": "String", "profile": "String", "picture": "String",
    "website": "String", "email": "String", "email_verified": "Boolean", "gender": "String", "birthdate": "String",
    "zoneinfo": "String", "locale": "String", "phone_number": "String", "phone_number_verified": "Boolean",
    "address": "String", "updated_at": "Number", "identities": "String",
}  # fmt: skip
"""The attributes that every user may have, and their types."""
POLICY: Document = {
    "MinimumLength": 8,
    "RequireUppercase": True,
    "RequireLowercase": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
    "TemporaryPasswordValidityDays": 7,
}
SYMBOLS = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- "
UNKNOWN = "User does not exist."


def pool_of(call: Call, key: str | None = None) -> Resource:
    return call.read("UserPool", key or call["UserPoolId"])


def spelled(pool: Document, name: str) -> str:
    """A name as users are distinguished by it: in small letters, unless the pool minds the case."""
    minds = pool.get("UsernameConfiguration", {}).get("CaseSensitive", False)
    return name if minds else name.lower()


def find_user(call: Call, pool: Resource, name: str) -> Resource | None:
    """The user of that name, sub, or verified alias."""
    found = call.find("User", spelled(pool, name), within=pool)
    if found is None:
        found = next(call.list("User", logins=f"{pool.key}|{spelled(pool, name)}"), None)
    return found


def user_of(call: Call, pool: Resource, name: str | None = None) -> Resource:
    found = find_user(call, pool, name if name is not None else call["Username"])
    if found is None:
        raise AwsError("UserNotFoundException", UNKNOWN)
    return found


def attributes(user: Document) -> list[Document]:
    """The attributes as they are shown, the sub first."""
    return [{"Name": name, "Value": value} for name, value in user["attributes"].items()]


def shown(user: Document, member: str = "Attributes") -> Document:
    names = ("Username", "UserCreateDate", "UserLastModifiedDate", "Enabled", "UserStatus")
    return {**{name: user[name] for name in names}, member: attributes(user)}


def keep(call: Call, user: Resource, pool: Resource) -> Resource:
    """Keep a changed user, and by what else he may sign in."""
    user["UserLastModifiedDate"] = call.now
    user["logins"] = _logins(user, pool)
    return call.keep("User", user)


def _logins(user: Document, pool: Resource) -> list[str]:
    held, found = user["attributes"], [user["attributes"]["sub"]]
    found += [held[name] for name in pool.get("UsernameAttributes", ()) if name in held]
    for name in pool.get("AliasAttributes", ()):
        if name in held and (name == "preferred_username" or held.get(f"{name}_verified") == "true"):
            found.append(held[name])
    return [f"{pool.key}|{spelled(pool, name)}" for name in found]


def new_user(call: Call, pool: Resource, name: str, given: list[Document], status: str, taken: str) -> Resource:
    """A new user; in a pool of e-mail addresses or telephone numbers that is what a name has to be, and the user's own
    name is the sub."""
    sub, held = call.make("{uuid}"), as_map(call, pool, given)
    kinds = pool.get("UsernameAttributes", [])
    if find_user(call, pool, name) is not None:
        raise AwsError("UsernameExistsException", taken)
    if kinds:
        kind = "email" if "@" in name else "phone_number"
        if kind not in kinds or not _is_of(kind, name):
            raise AwsError("InvalidParameterException", f"Username should be {_either(kinds)}.")
        held.setdefault(kind, name)
    for schema in pool.get("SchemaAttributes", ()):
        if schema.get("Required") and schema["Name"] not in ("sub", *held):
            text = f"Attributes did not conform to the schema: {schema['Name']}: The attribute is required"
            raise AwsError("InvalidParameterException", f"{text}\n")
    made = {
        "Username": sub if kinds else spelled(pool, name),
        "attributes": {"sub": sub, **held},
        "UserCreateDate": call.now,
        "UserLastModifiedDate": call.now,
        "Enabled": True,
        "UserStatus": status,
        "codes": {},
        "groups": [],
    }
    made["logins"] = _logins(made, pool)
    return call.keep("User", made, within=pool)


def _is_of(kind: str, name: str) -> bool:
    return bool(re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+" if kind == "email" else r"\+\d{4,15}", name))


def _either(kinds: list[str]) -> str:
    names = {"email": "an email", "phone_number": "a phone number"}
    return " or ".join(names[kind] for kind in kinds)


def as_map(call: Call, pool: Resource, given: list[Document]) -> dict[str, str]:
    """Attributes by name; InvalidParameterException for those that the pool does not have."""
    known = {*STANDARD, *(schema["Name"] for schema in pool.get("SchemaAttributes", ()))}
    for one in given:
        name = one["Name"]
        if name not in known:
            text = f"Attributes did not conform to the schema: {name}: Attribute does not exist in the schema.\n"
            raise AwsError("InvalidParameterException", text)
        if name == "sub":
            raise AwsError("InvalidParameterException", "Cannot modify the non-mutable attribute sub")
        if name in ("email", "phone_number") and not _is_of(name, one.get("Value", "")):
            kind = "email address" if name == "email" else "phone number"
            raise AwsError("InvalidParameterException", f"Invalid {kind} format.")
    return {one["Name"]: one.get("Value", "") for one in given}


# Passwords


def check_password(pool: Document, password: str) -> None:
    """InvalidPasswordException for the first rule of the pool that a password breaks."""
    policy = {**POLICY, **pool.get("Policies", {}).get("PasswordPolicy", {})}
    rules = [
        (len(password) < policy["MinimumLength"], "Password not long enough"),
        (policy["RequireNumbers"] and not re.search(r"\d", password), "Password must have numeric characters"),
        (policy["RequireSymbols"] and not set(password) & set(SYMBOLS), "Password must have symbol characters"),
        (policy["RequireUppercase"] and not re.search("[A-Z]", password), "Password must have uppercase characters"),
        (policy["RequireLowercase"] and not re.search("[a-z]", password), "Password must have lowercase characters"),
    ]
    for broken, text in rules:
        if broken:
            raise AwsError("InvalidPasswordException", f"Password did not conform with policy: {text}")


def set_password(call: Call, pool: Resource, user: Resource, password: str) -> None:
    """Keep what a password can be checked by."""
    check_password(pool, password)
    salt = int.from_bytes(drawn(call, 16), "big")
    kept = srp.verifier(pool.key.split("_", 1)[1], user["Username"], password, salt)
    user["secret"] = {"salt": f"{salt:x}", "verifier": f"{kept:x}"}


def is_password(pool: Resource, user: Resource, password: str) -> bool:
    secret = user.get("secret")
    if secret is None:
        return False
    kept = srp.verifier(pool.key.split("_", 1)[1], user["Username"], password, int(secret["salt"], 16))
    return bool(f"{kept:x}" == secret["verifier"])


# Codes that are sent


def send_code(call: Call, pool: Resource, user: Resource, purpose: str, kind: str = "") -> Document:
    """Give a user a code, which nothing delivers: it stands in the cloud's file, with the user. The answer is the
    details of the delivery."""
    held = user["attributes"]
    kind = kind or next((name for name in ("phone_number", "email") if name in held and _is_sent(pool, name)), "email")
    if kind not in held:
        kind = next((name for name in ("email", "phone_number") if name in held), "")
    if not kind:
        text = "Cannot reset password for the user as there is no registered/verified email or phone_number"
        raise AwsError("InvalidParameterException", text)
    user["codes"][purpose] = [call.make("{digits6}"), call.now + (3600 if purpose == "password" else 86400)]
    medium = "EMAIL" if kind == "email" else "SMS"
    return {"Destination": _masked(kind, held[kind]), "DeliveryMedium": medium, "AttributeName": kind}


def _is_sent(pool: Document, name: str) -> bool:
    return name in pool.get("AutoVerifiedAttributes", ()) or name == "email"


def _masked(kind: str, value: str) -> str:
    if kind == "phone_number":
        return "+" + "*" * (len(value) - 5) + value[-4:]
    name, _, host = value.partition("@")
    return f"{name[:1]}***@{host[:1]}***"


def check_code(call: Call, user: Resource, purpose: str, given: str) -> None:
    """Use a code up; CodeMismatchException or ExpiredCodeException where it is not the right one."""
    code, until = user["codes"].get(purpose, ["", 0])
    if not code or until <= call.now:
        raise AwsError("ExpiredCodeException", "Invalid code provided, please request a code again.")
    if code != given:
        raise AwsError("CodeMismatchException", "Invalid verification code provided, please try again.")
    del user["codes"][purpose]


def verify(user: Document, details: Document | None = None) -> None:
    """A code that came back proves the address it was sent to."""
    name = details["AttributeName"] if details else "email"
    if name in user["attributes"]:
        user["attributes"][f"{name}_verified"] = "true"


# Lists


_FILTER = re.compile(r'\s*"?([\w:]+)"?\s*(=|\^=)\s*"((?:[^"\\]|\\.)*)"\s*')


def passing(rows: Iterator[Resource], text: str) -> Iterator[Resource]:
    """The users that a filter is for: `email ^= "a"`, `status = "Enabled"`."""
    if not text.strip():
        return rows
    found = _FILTER.fullmatch(text)
    if found is None:
        raise AwsError("InvalidParameterException", f"Error while parsing filter: {text}")
    name, operator, wanted = found[1], found[2], found[3].replace('\\"', '"')
    return (row for row in rows if _compared(_value(row, name), operator, wanted))


def _value(row: Resource, name: str) -> str:
    if name in ("username", "cognito:user_status"):
        return str(row["Username" if name == "username" else "UserStatus"])
    if name == "status":
        return "Enabled" if row["Enabled"] else "Disabled"
    return str(row["attributes"].get(name, ""))


def _compared(held: str, operator: str, wanted: str) -> bool:
    return held.startswith(wanted) if operator == "^=" else held.lower() == wanted.lower()
