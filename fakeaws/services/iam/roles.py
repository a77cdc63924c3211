"""Roles, whom they trust, and the instance profiles that carry them."""

from __future__ import annotations

import json
import re
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import arn_for, refusal
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.policies.documents import listed, principals_of
from fakeaws.services.iam import boundaries
from fakeaws.services.iam.entities import checked, new_tags, quoted, refuse_twice, size, under, without
from fakeaws.services.iam.users import conflict, forgotten, refuse_with_policies

Document = dict[str, Any]
LARGEST_TRUST = 2048
LINKED = "/aws-service-role/"


def create_role(call: Call) -> Document:
    name, path = call["RoleName"], call.get("Path", "/")
    if path.startswith(LINKED):
        raise AwsError("ValidationError", "Role path cannot start with /aws-service-role/")
    refuse_twice(call, "Role", name)
    role = made(call, name, path, trusted(call, call["AssumeRolePolicyDocument"]))
    if call.get("Tags"):
        role["Tags"] = new_tags(call)
    for member in ("Description", "MaxSessionDuration"):
        if member in call:
            role[member] = call[member]
    boundaries.set_boundary(call, role)
    call.keep("Role", role)
    return {"Role": without(shown(role), "MaxSessionDuration" if "MaxSessionDuration" not in call else "")}


def made(call: Call, name: str, path: str, trust: str) -> Document:
    """A new role, not kept yet."""
    return {
        "Path": path,
        "RoleName": name,
        "RoleId": call.make("AROA{upper17}"),
        "Arn": arn_for(call, "Role", Path=path, RoleName=name),
        "CreateDate": call.now,
        "AssumeRolePolicyDocument": trust,
        "MaxSessionDuration": 3600,
        "lower": name.lower(),
    }


def shown(role: Document) -> Document:
    """A role as answers have it: its trust policy percent-encoded."""
    return {**role, "AssumeRolePolicyDocument": quoted(role["AssumeRolePolicyDocument"])}


SERVICE = r"[\w.-]+\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal)"


def trusted(call: Call, document: str) -> str:
    """An acceptable trust policy: those of this account that it names must exist, and are kept by id thereafter."""
    checked(document, "trust")
    if size(document) > LARGEST_TRUST:
        raise AwsError("LimitExceeded", f"Cannot exceed quota for ACLSizePerRole: {LARGEST_TRUST}")
    for statement in listed(json.loads(document)["Statement"]):
        principals = principals_of(statement.get("Principal", {}))
        unknown = [f'"AWS":"{name}"' for name in principals.get("AWS", ()) if not _exists(call, name)]
        unknown += [f'"SERVICE":"{name}"' for name in principals.get("Service", ()) if not re.fullmatch(SERVICE, name)]
        if unknown:
            raise AwsError("MalformedPolicyDocument", f"Invalid principal in policy: {unknown[0]}")
    return document


def _exists(call: Call, name: str) -> bool:
    """Whether a principal could be one; those of other accounts are believed."""
    parts = name.split(":", 5)
    if name == "*" or (len(name) == 12 and name.isdecimal()):
        return True
    if len(parts) < 6 or parts[0] != "arn" or parts[2] not in ("iam", "sts"):
        return False
    what, _, path = parts[5].partition("/")
    if parts[4] != call.account or what not in ("user", "role"):
        return True
    return call.find(what.title(), path.rpartition("/")[2]) is not None


def get_role(call: Call) -> Document:
    role = shown(call.read("Role"))
    return {"Role": {"RoleLastUsed": {}, **role}}


def list_roles(call: Call) -> Document:
    found = call.page(under(call, call.list("Role")))
    return {"Roles": [without(shown(role), "Tags", "PermissionsBoundary", "RoleLastUsed") for role in found]}


def update_role(call: Call) -> Document:
    _change(call, "Description", "MaxSessionDuration")
    return {}


def update_role_description(call: Call) -> Document:
    return {"Role": shown(_change(call, "Description"))}


def update_assume_role_policy(call: Call) -> Document:
    role = changeable(call)
    role["AssumeRolePolicyDocument"] = trusted(call, call["PolicyDocument"])
    call.keep("Role", role)
    return {}


def _change(call: Call, *members: str) -> Resource:
    role = changeable(call)
    role.update({member: call[member] for member in members if member in call})
    return call.keep("Role", role)


def changeable(call: Call) -> Resource:
    """The role named; those of services are changed by their services only."""
    role = call.read("Role")
    if role["Path"].startswith(LINKED):
        name = role["RoleName"]
        text = f"Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
        raise AwsError("UnmodifiableEntity", text)
    return role


def delete_role(call: Call) -> Document:
    """Its sessions end: a role that is made of the same name later is another one."""
    role = changeable(call)
    if next(call.list("InstanceProfile", roles=role["RoleName"]), None) is not None:
        raise conflict("must remove roles from instance profile first.")
    refuse_with_policies(role)
    for credential in list(call.list("Credential", role=role["RoleName"])):
        call.keep("Credential", forgotten(credential))
    call.drop("Role", role)
    return {}


# Instance profiles


def create_instance_profile(call: Call) -> Document:
    name, path = call["InstanceProfileName"], call.get("Path", "/")
    if call.find("InstanceProfile", name) is not None:
        raise refusal(call, "InstanceProfile", "exists", name)
    template = "arn:{partition}:iam::{account}:instance-profile{Path}{InstanceProfileName}"
    profile: Document = {
        "Path": path,
        "InstanceProfileName": name,
        "InstanceProfileId": call.make("AIPA{upper17}"),
        "Arn": call.make(template, Path=path, InstanceProfileName=name),
        "CreateDate": call.now,
        "roles": [],
    }
    if call.get("Tags"):
        profile["Tags"] = new_tags(call)
    call.keep("InstanceProfile", profile)
    return {"InstanceProfile": {**profile, "Roles": []}}


def _whole(call: Call, profile: Document) -> Document:
    roles = [call.find("Role", name) for name in profile["roles"]]
    members = ("Tags", "PermissionsBoundary", "MaxSessionDuration", "Description")
    return {**profile, "Roles": [without(shown(role), *members) for role in roles if role is not None]}


def get_instance_profile(call: Call) -> Document:
    return {"InstanceProfile": _whole(call, call.read("InstanceProfile"))}


def list_instance_profiles(call: Call) -> Document:
    found = call.page(under(call, call.list("InstanceProfile")))
    return {"InstanceProfiles": [without(_whole(call, profile), "Tags") for profile in found]}


def list_instance_profiles_for_role(call: Call) -> Document:
    role = call.read("Role")
    found = call.page(call.list("InstanceProfile", roles=role["RoleName"]))
    return {"InstanceProfiles": [without(_whole(call, profile), "Tags") for profile in found]}


def delete_instance_profile(call: Call) -> Document:
    profile = call.read("InstanceProfile")
    if profile["roles"]:
        raise conflict("must remove roles from instance profile first.")
    call.drop("InstanceProfile", profile)
    return {}


def add_role_to_instance_profile(call: Call) -> Document:
    """A profile carries one role."""
    profile, role = call.read("InstanceProfile"), changeable(call)
    if profile["roles"]:
        raise AwsError("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")
    profile["roles"] = [role["RoleName"]]
    call.keep("InstanceProfile", profile)
    return {}


def remove_role_from_instance_profile(call: Call) -> Document:
    profile = call.read("InstanceProfile")
    if call["RoleName"] not in profile["roles"]:
        raise refusal(call, "Role", "missing", call["RoleName"])
    profile["roles"] = []
    call.keep("InstanceProfile", profile)
    return {}
