"""Users: made, found, renamed, and deleted once nothing hangs on them."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import arn_for
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.iam import boundaries, root
from fakeaws.services.iam.entities import named, new_tags, refuse_twice, under, without

Document = dict[str, Any]
BELONGINGS = (
    "AccessKey",
    "SigningCertificate",
    "SSHPublicKey",
    "ServiceSpecificCredential",
    "VirtualMFADevice",
)
"""What is kept beside a user, and names it."""
CONFLICTS = {
    "AccessKey": "must delete access keys first.",
    "SigningCertificate": "must delete signing certificates first.",
    "SSHPublicKey": "must delete SSH public keys first.",
    "ServiceSpecificCredential": "must delete service-specific credentials first.",
    "VirtualMFADevice": "must delete MFA device first.",
}


def create_user(call: Call) -> Document:
    name, path = call["UserName"], call.get("Path", "/")
    refuse_twice(call, "User", name)
    user: Document = {
        "Path": path,
        "UserName": name,
        "UserId": call.make("AIDA{upper17}"),
        "Arn": arn_for(call, "User", Path=path, UserName=name),
        "CreateDate": call.now,
        "lower": name.lower(),
    }
    if call.get("Tags"):
        user["Tags"] = new_tags(call)
    boundaries.set_boundary(call, user)
    call.keep("User", user)
    return {"User": user}


def get_user(call: Call) -> Document:
    """Without a name, the caller; the root user is shown as one, though it is in no list."""
    if "UserName" not in call and call.caller.kind == "Root":
        return {"User": {"UserId": call.account, "Arn": call.caller.arn, "CreateDate": root.created(call)}}
    return {"User": _seen(call, named(call))}


def _seen(call: Call, user: Resource) -> Document:
    profile = call.find("LoginProfile", user["UserName"])
    used = profile.get("used") if profile else None
    return {**user, "PasswordLastUsed": used} if used else dict(user)


def list_users(call: Call) -> Document:
    found = call.page(under(call, call.list("User")))
    return {"Users": [without(_seen(call, user), "Tags", "PermissionsBoundary") for user in found]}


def update_user(call: Call) -> Document:
    """A new name or path is a new ARN: policies of resources that name the old one no longer mean this user."""
    user = call.read("User")
    name, path = call.get("NewUserName", user["UserName"]), call.get("NewPath", user["Path"])
    if name.lower() != user["lower"]:
        refuse_twice(call, "User", name)
    old = user["UserName"]
    document = {**user, "UserName": name, "Path": path, "lower": name.lower()}
    document["Arn"] = arn_for(call, "User", Path=path, UserName=name)
    call.drop("User", user)
    _rename_belongings(call, old, document)
    call.keep("User", document)
    return {}


def _rename_belongings(call: Call, old: str, user: Document) -> None:
    for kind in BELONGINGS:
        for row in list(call.list(kind, UserName=old)):
            row["UserName"] = user["UserName"]
            call.keep(kind, row)
    for row in list(call.list("Credential", user=old)):
        row["user"], row["arn"] = user["UserName"], user["Arn"]
        call.keep("Credential", row)
    profile = call.find("LoginProfile", old)
    if profile is not None:
        call.drop("LoginProfile", profile)
        call.keep("LoginProfile", {**profile, "UserName": user["UserName"]})


def delete_user(call: Call) -> Document:
    """Only a user that has nothing left can be deleted."""
    user = call.read("User")
    for kind, text in CONFLICTS.items():
        if next(call.list(kind, UserName=user["UserName"]), None) is not None:
            raise conflict(text)
    if call.find("LoginProfile", user["UserName"]) is not None:
        raise conflict("must delete login profile first.")
    refuse_with_policies(user)
    if user.get("groups"):
        raise conflict("must remove users from group first.")
    for credential in list(call.list("Credential", user=user["UserName"])):
        call.keep("Credential", forgotten(credential))
    call.drop("User", user)
    return {}


def forgotten(credential: Resource) -> Resource:
    """A key that is no more: it stands for nobody, and is remembered so that it does not come to stand for anyone."""
    for member in ("secret", "user", "role"):
        credential.pop(member, None)
    credential["active"], credential["gone"] = False, True
    return credential


def refuse_with_policies(entity: Document) -> None:
    """An identity is deleted without its policies only."""
    if entity.get("attached"):
        raise conflict("must detach all policies first.")
    if entity.get("inline"):
        raise conflict("must delete policies first.")


def conflict(text: str) -> AwsError:
    """The refusal to delete what something hangs on."""
    return AwsError("DeleteConflict", f"Cannot delete entity, {text}")
