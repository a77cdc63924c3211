"""Users, as far as their declaration does not say it all."""

from __future__ import annotations

from typing import Any

from fakeaws.core.call import Call
from fakeaws.core.errors import AwsError

Document = dict[str, Any]


def get_user(call: Call) -> Document:
    """Without a name, the caller; the root user is shown as one, though it is in no list."""
    if "UserName" in call:
        return {"User": call.read("User")}
    if call.caller.kind == "IAMUser":
        return {"User": call.read("User", call.caller.arn.rpartition("/")[2])}
    if call.caller.kind != "Root":
        raise AwsError("ValidationError", "Must specify userName when calling with non-User credentials")
    born = call.cloud.database.note("born") or {"at": call.now}
    return {"User": {"UserId": call.account, "Arn": call.caller.arn, "CreateDate": born["at"]}}


def delete_user(call: Call) -> Document:
    """Only a user that has nothing left can be deleted."""
    user = call.read("User")
    if next(call.list("AccessKey", within=user), None) is not None:
        raise AwsError("DeleteConflict", "Cannot delete entity, must delete access keys first.")
    return call.declared()
