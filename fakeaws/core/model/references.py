"""Which parameters name resources of other types of the service, and what refers to what.

Part of inference, used when a model is compiled. Only what the model itself says is believed: the parameter is called
as the other type's id, name or ARN, and the operation (in models without errors: the shape) declares the error for a
missing one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeaws.core.model import refusals
from fakeaws.core.model.nouns import NAMING, Type, is_own
from fakeaws.core.model.words import role

if TYPE_CHECKING:
    from fakeaws.core.model.inference import Operation
    from fakeaws.core.model.members import Members

Document = dict[str, Any]
MAKING = ("create", "put", "link", "update")


def referred(members: Members, kind: Type, op: Operation, naming: list[str]) -> dict[str, str]:
    """Parameter → the other type that it names, for an operation that makes or changes a resource."""
    declared = kind.declared.get("refers", {})
    found = {member: other for member, other in declared.items() if member in op.inputs}
    for member, ref in op.inputs.items():
        shape = members.shapes[ref["shape"]]
        if member not in (*naming, *declared) and shape["type"] == "string" and not shape.get("enum"):
            other = _named(members, kind, op, member)
            if other is not None:
                found[member] = other.name
    return {member: other for member, other in found.items() if other}


def _named(members: Members, kind: Type, op: Operation, member: str) -> Type | None:
    """The type that a parameter is called after: whole, not by its last words, and made in this service."""
    if is_own(member, kind.name):
        return None
    fits = [
        other
        for name, other in members.spelled
        if member.lower().startswith(name) and other is not kind and role(member, other.name) in NAMING[:3]
    ]
    if len(fits) != 1 or len(fits[0].keys) != 1 or fits[0].parents or not fits[0].first("create"):
        return None
    by_name = role(member, fits[0].name) == "name" and role(fits[0].keys[0], fits[0].name) != "name"
    return fits[0] if not by_name and _refuses(members, fits[0], op) else None


def _refuses(members: Members, other: Type, op: Operation) -> bool:
    """Whether the operation declares the error for a missing resource of the other type; where a model declares no
    errors at all, whether the shape does."""
    if not members.service.declares_errors:
        return "missing" in other.declared.get("errors", {})
    wanted = other.declared.get("errors", {}).get("missing") or refusals.of_type(other, "").get("missing")
    codes = {members.shapes[error].get("error", {}).get("code", error) for error in op.errors}
    return wanted is not None and bool({wanted[0]} & {*codes, *op.errors})


def holders(members: Members, kind: Type) -> list[list[str]]:
    """The types whose resources may refer to one of this type, each with the member that does."""
    found = []
    for other in members.service.types.values():
        for verb in MAKING[:3]:
            for op in other.operations.get(verb, ()):
                for member, name in members.refers.get(op.name, {}).items():
                    if name == kind.name and [other.name, member] not in found:
                        found.append([other.name, member])
    return found
