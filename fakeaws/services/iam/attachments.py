"""Which policies users, groups and roles have: those attached, and those written into them (inline)."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.policies import managed
from fakeaws.services.iam import policies
from fakeaws.services.iam.entities import checked, quoted, size
from fakeaws.services.iam.roles import changeable

Document = dict[str, Any]
MOST = {"User": 10, "Group": 10, "Role": 20}
LARGEST_INLINE = {"User": 2048, "Group": 5120, "Role": 10240}


def attach_user_policy(call: Call) -> Document:
    return _attach(call, "User")


def attach_group_policy(call: Call) -> Document:
    return _attach(call, "Group")


def attach_role_policy(call: Call) -> Document:
    return _attach(call, "Role")


def _entity(call: Call, kind: str) -> Resource:
    return changeable(call) if kind == "Role" else call.read(kind)


def _attach(call: Call, kind: str) -> Document:
    """Attaching twice changes nothing."""
    entity, arn = _entity(call, kind), call["PolicyArn"]
    if policies.found(call, arn) is None:
        raise AwsError("NoSuchEntity", f"Policy {arn} does not exist or is not attachable.")
    held = entity.setdefault("attached", [])
    if arn not in held:
        if len(held) >= MOST[kind]:
            raise AwsError("LimitExceeded", f"Cannot exceed quota for PoliciesPer{kind}: {MOST[kind]}")
        held.append(arn)
        call.keep(kind, entity)
    return {}


def detach_user_policy(call: Call) -> Document:
    return _detach(call, "User")


def detach_group_policy(call: Call) -> Document:
    return _detach(call, "Group")


def detach_role_policy(call: Call) -> Document:
    return _detach(call, "Role")


def _detach(call: Call, kind: str) -> Document:
    entity, arn = _entity(call, kind), call["PolicyArn"]
    if arn not in entity.get("attached", ()):
        raise AwsError("NoSuchEntity", f"Policy {arn} was not found.")
    entity["attached"].remove(arn)
    call.keep(kind, entity)
    return {}


def list_attached_user_policies(call: Call) -> Document:
    return _list_attached(call, "User")


def list_attached_group_policies(call: Call) -> Document:
    return _list_attached(call, "Group")


def list_attached_role_policies(call: Call) -> Document:
    return _list_attached(call, "Role")


def _list_attached(call: Call, kind: str) -> Document:
    return {"AttachedPolicies": attached(call, call.read(kind), call.get("PathPrefix", "/"))}


def attached(call: Call, entity: Document, prefix: str = "/") -> list[Document]:
    """The managed policies of an entity, by name and ARN."""
    found = []
    for arn in entity.get("attached", ()):
        if ("/" + arn.partition("/")[2]).startswith(prefix):
            found.append({"PolicyName": managed.name_of(arn), "PolicyArn": arn})
    return found


def list_entities_for_policy(call: Call) -> Document:
    arn = call["PolicyArn"]
    policies.read(call, arn)
    usage, wanted, prefix = call.get("PolicyUsageFilter"), call.get("EntityFilter"), call.get("PathPrefix", "/")
    found: dict[str, list[Document]] = {"PolicyGroups": [], "PolicyUsers": [], "PolicyRoles": []}
    for kind in policies.HOLDERS:
        if wanted is None or wanted == kind:
            rows = [] if usage == "PermissionsBoundary" else list(call.list(kind, attached=arn))
            if usage != "PermissionsPolicy" and kind != "Group":
                rows += call.list(kind, PermissionsBoundary__PermissionsBoundaryArn=arn)
            members = (f"{kind}Name", f"{kind}Id")
            shown = {row.key: {name: row[name] for name in members} for row in rows if row["Path"].startswith(prefix)}
            found[f"Policy{kind}s"] = list(shown.values())
    return found


# Inline policies


def put_user_policy(call: Call) -> Document:
    return _put(call, "User")


def put_group_policy(call: Call) -> Document:
    return _put(call, "Group")


def put_role_policy(call: Call) -> Document:
    return _put(call, "Role")


def _put(call: Call, kind: str) -> Document:
    entity = _entity(call, kind)
    held = {**entity.get("inline", {}), call["PolicyName"]: checked(call["PolicyDocument"])}
    most = LARGEST_INLINE[kind]
    if sum(size(text) for text in held.values()) > most:
        name = entity[f"{kind}Name"]
        raise AwsError("LimitExceeded", f"Maximum policy size of {most} bytes exceeded for {kind.lower()} {name}")
    entity["inline"] = held
    call.keep(kind, entity)
    return {}


def get_user_policy(call: Call) -> Document:
    return _get(call, "User")


def get_group_policy(call: Call) -> Document:
    return _get(call, "Group")


def get_role_policy(call: Call) -> Document:
    return _get(call, "Role")


def _get(call: Call, kind: str) -> Document:
    entity, name = call.read(kind), call["PolicyName"]
    text = entity.get("inline", {}).get(name)
    if text is None:
        raise _missing(kind, name)
    return {f"{kind}Name": entity[f"{kind}Name"], "PolicyName": name, "PolicyDocument": quoted(text)}


def _missing(kind: str, name: str) -> AwsError:
    return AwsError("NoSuchEntity", f"The {kind.lower()} policy with name {name} cannot be found.")


def list_user_policies(call: Call) -> Document:
    return _list(call, "User")


def list_group_policies(call: Call) -> Document:
    return _list(call, "Group")


def list_role_policies(call: Call) -> Document:
    return _list(call, "Role")


def _list(call: Call, kind: str) -> Document:
    return {"PolicyNames": sorted(call.read(kind).get("inline", {}))}


def delete_user_policy(call: Call) -> Document:
    return _delete(call, "User")


def delete_group_policy(call: Call) -> Document:
    return _delete(call, "Group")


def delete_role_policy(call: Call) -> Document:
    return _delete(call, "Role")


def _delete(call: Call, kind: str) -> Document:
    entity, name = _entity(call, kind), call["PolicyName"]
    if entity.get("inline", {}).pop(name, None) is None:
        raise _missing(kind, name)
    call.keep(kind, entity)
    return {}
