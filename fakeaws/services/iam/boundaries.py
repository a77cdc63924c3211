"""Permissions boundaries: the most that a user or role can be given."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.iam import policies

Document = dict[str, Any]


def set_boundary(call: Call, entity: Document) -> None:
    """Give the entity the boundary that the call names, if any."""
    arn = call.get("PermissionsBoundary")
    if arn is None:
        return
    if not arn.startswith("arn:"):
        raise AwsError("ValidationError", f"Value ({arn}) for parameter PermissionsBoundary is invalid.")
    if policies.found(call, arn) is None:
        raise AwsError("NoSuchEntity", f"Scope ARN: {arn} does not exist or is not attachable.")
    entity["PermissionsBoundary"] = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}


def put_user_permissions_boundary(call: Call) -> Document:
    return _put(call, "User")


def put_role_permissions_boundary(call: Call) -> Document:
    return _put(call, "Role")


def delete_user_permissions_boundary(call: Call) -> Document:
    return _delete(call, "User")


def delete_role_permissions_boundary(call: Call) -> Document:
    return _delete(call, "Role")


def _put(call: Call, kind: str) -> Document:
    entity = call.read(kind)
    set_boundary(call, entity)
    call.keep(kind, entity)
    return {}


def _delete(call: Call, kind: str) -> Document:
    entity = call.read(kind)
    if entity.pop("PermissionsBoundary", None) is None:
        name = entity[f"{kind}Name"]
        raise AwsError("NoSuchEntity", f"{kind} {name} does not have a permissions boundary")
    call.keep(kind, entity)
    return {}
