"""Access keys: what a caller signs with. A key that IAM issued stands for its user from the next call on."""

from __future__ import annotations

import base64
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import refusal
from fakeaws.core.resources.places import drawn, store_of
from fakeaws.core.store.key import seal
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.policies.services import prefix
from fakeaws.services.iam.entities import named
from fakeaws.services.iam.users import forgotten

Document = dict[str, Any]
MOST = 2


def create_access_key(call: Call) -> Document:
    """The secret is in this answer and in no other."""
    user = named(call)
    if len(list(call.list("AccessKey", UserName=user["UserName"]))) >= MOST:
        raise AwsError("LimitExceeded", f"Cannot exceed quota for AccessKeysPerUser: {MOST}")
    key = call.make("AKIA{upper16}")
    secret = base64.b64encode(drawn(call, 30)).decode()
    shown = {"UserName": user["UserName"], "AccessKeyId": key, "Status": "Active", "CreateDate": call.now}
    call.keep("AccessKey", shown)
    who = {"kind": "IAMUser", "arn": user["Arn"], "user_id": user["UserId"], "user": user["UserName"], "active": True}
    sealed = seal(store_of(call), secret)
    call.keep("Credential", {"access_key": key, "secret": sealed, **who})
    return {"AccessKey": {**shown, "SecretAccessKey": secret}}


def list_access_keys(call: Call) -> Document:
    return {"AccessKeyMetadata": call.page(call.list("AccessKey", UserName=named(call)["UserName"]))}


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
    call.keep("Credential", forgotten(call.read("Credential", key.key)))
    return {}


def get_access_key_last_used(call: Call) -> Document:
    key = call.find("AccessKey", call["AccessKeyId"])
    if key is None:
        raise AwsError("AccessDenied", f"No access key with id {call['AccessKeyId']} is known to you.", status=403)
    used = store_of(call).last_use(call.account, key.key)
    if used is None:
        return {"UserName": key["UserName"], "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"}}
    last = {"LastUsedDate": used.at, "ServiceName": prefix(used.document["service"]), "Region": used.region}
    return {"UserName": key["UserName"], "AccessKeyLastUsed": last}


def _key(call: Call) -> Resource:
    user, found = named(call), call.find("AccessKey", call["AccessKeyId"])
    if found is None or found["UserName"] != user["UserName"]:
        raise refusal(call, "AccessKey", "missing", call["AccessKeyId"])
    return found
