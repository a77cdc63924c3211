"""Access keys: what a caller signs with. A key that IAM issued stands for its user from the next call on."""

from __future__ import annotations

import base64
from typing import Any

from fakeaws.core.call import Call
from fakeaws.core.errors import AwsError
from fakeaws.core.store.tables import Resource

Document = dict[str, Any]
MOST = 2


def create_access_key(call: Call) -> Document:
    """The secret is in this answer and in no other."""
    user = _user(call)
    if len(list(call.list("AccessKey", within=user))) >= MOST:
        raise AwsError("LimitExceeded", f"Cannot exceed quota for AccessKeysPerUser: {MOST}")
    key = call.make("AKIA{upper16}")
    secret = base64.b64encode(call.chance(30)).decode()
    shown = {"UserName": user["UserName"], "AccessKeyId": key, "Status": "Active", "CreateDate": call.now}
    call.keep("AccessKey", shown, within=user)
    who = {"kind": "IAMUser", "arn": user["Arn"], "user_id": user["UserId"], "active": True}
    call.keep("Credential", {"access_key": key, "secret": secret, **who})
    return {"AccessKey": {**shown, "SecretAccessKey": secret}}


def list_access_keys(call: Call) -> Document:
    user = _user(call)
    return {"AccessKeyMetadata": call.page(call.list("AccessKey", within=user))}


def update_access_key(call: Call) -> Document:
    key = _key(call)
    key["Status"] = call["Status"]
    call.keep("AccessKey", key)
    credential = call.read("Credential", key.key)
    credential["active"] = call["Status"] == "Active"
    call.keep("Credential", credential)
    return {}


def delete_access_key(call: Call) -> Document:
    key = _key(call)
    call.drop("AccessKey", key)
    call.drop("Credential", call.read("Credential", key.key))
    return {}


def get_access_key_last_used(call: Call) -> Document:
    key = call.find("AccessKey", call["AccessKeyId"])
    if key is None:
        raise AwsError("AccessDenied", f"No access key with id {call['AccessKeyId']} is known to you.", status=403)
    return {"UserName": key["UserName"], "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"}}


def _user(call: Call) -> Resource:
    """The user named, else the one who calls."""
    name = call.get("UserName") or call.caller.arn.rpartition("/")[2]
    if "UserName" not in call and call.caller.kind != "IAMUser":
        raise AwsError("ValidationError", "Must specify userName when calling with non-User credentials")
    return call.read("User", name)


def _key(call: Call) -> Resource:
    found = call.find("AccessKey", call["AccessKeyId"], within=_user(call))
    if found is None:
        raise call.refusal("AccessKey", "missing", call["AccessKeyId"])
    return found
