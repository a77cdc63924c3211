"""Groups, and who is in them."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import arn_for
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.iam.entities import refuse_twice, under, without
from fakeaws.services.iam.users import conflict, refuse_with_policies

Document = dict[str, Any]
MOST_GROUPS = 10


def create_group(call: Call) -> Document:
    name, path = call["GroupName"], call.get("Path", "/")
    refuse_twice(call, "Group", name)
    group = {
        "Path": path,
        "GroupName": name,
        "GroupId": call.make("AGPA{upper17}"),
        "Arn": _arn(call, path, name),
        "CreateDate": call.now,
        "lower": name.lower(),
    }
    call.keep("Group", group)
    return {"Group": group}


def _arn(call: Call, path: str, name: str) -> str:
    return arn_for(call, "Group", Path=path, GroupName=name)


def get_group(call: Call) -> Document:
    group = call.read("Group")
    users = call.page(call.list("User", groups=group["GroupName"]))
    return {"Group": group, "Users": [without(user, "Tags", "PermissionsBoundary") for user in users]}


def list_groups(call: Call) -> Document:
    return {"Groups": call.page(under(call, call.list("Group")))}


def update_group(call: Call) -> Document:
    group = call.read("Group")
    old, name, path = group["GroupName"], call.get("NewGroupName", group["GroupName"]), call.get("NewPath")
    if name.lower() != group["lower"]:
        refuse_twice(call, "Group", name)
    path = path or group["Path"]
    call.drop("Group", group)
    call.keep("Group", {**group, "GroupName": name, "Path": path, "lower": name.lower(), "Arn": _arn(call, path, name)})
    for user in list(call.list("User", groups=old)):
        user["groups"] = [name if each == old else each for each in user["groups"]]
        call.keep("User", user)
    return {}


def delete_group(call: Call) -> Document:
    group = call.read("Group")
    if next(call.list("User", groups=group["GroupName"]), None) is not None:
        raise conflict("must remove users from group first.")
    refuse_with_policies(group)
    call.drop("Group", group)
    return {}


def add_user_to_group(call: Call) -> Document:
    """Adding a user that is there already changes nothing."""
    group, user = call.read("Group"), call.read("User")
    held = user.setdefault("groups", [])
    if group["GroupName"] not in held:
        if len(held) >= MOST_GROUPS:
            raise AwsError("LimitExceeded", f"Cannot exceed quota for GroupsPerUser: {MOST_GROUPS}")
        held.append(group["GroupName"])
        call.keep("User", user)
    return {}


def remove_user_from_group(call: Call) -> Document:
    group, user = call.read("Group"), call.read("User")
    if group["GroupName"] not in user.get("groups", ()):
        raise AwsError("NoSuchEntity", f"User {user['UserName']} is not in group {group['GroupName']}")
    user["groups"].remove(group["GroupName"])
    call.keep("User", user)
    return {}


def list_groups_for_user(call: Call) -> Document:
    names = call.read("User").get("groups", [])
    return {"Groups": [call.read("Group", name) for name in sorted(names)]}
