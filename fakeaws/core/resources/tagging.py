"""Tag operations for resources of any type: the parameters name one by its ARN or id."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fakeaws.core.model.models import Shape
from fakeaws.core.resources import kinds, naming
from fakeaws.core.resources.places import service_of, table
from fakeaws.core.resources.showing import completed, fitted
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import arns, tags
from fakeaws.core.tools.errors import AwsError

if TYPE_CHECKING:
    from fakeaws.core.resources.request import Request

Document = dict[str, Any]


def _tag(call: Request, binding: Document) -> Document:
    given = tags.as_map(tags.at(call.params, binding["tags"]))
    for _, (kind, resource) in _resources(call, binding):
        retag(call, kind, resource, {**tags.read(kind, resource), **given})
    return _empty(call)


def _untag(call: Request, binding: Document) -> Document:
    given = tags.at(call.params, binding["tags"]) or []
    keys = {tag if isinstance(tag, str) else next(iter(tags.as_map([tag])), "") for tag in given}
    for _, (kind, resource) in _resources(call, binding):
        held = tags.read(kind, resource)
        retag(call, kind, resource, {key: value for key, value in held.items() if key not in keys})
    return _empty(call)


def _list_tags(call: Request, binding: Document) -> Document:
    resources = _resources(call, binding)
    _, (kind, resource) = resources[0]
    output = call.operation.output
    assert output is not None
    *steps, last = binding.get("tags", "").split(".")
    answer: Document = {}
    shape, document = output, answer
    for step in steps:
        shape = shape.at(step)
        document[step] = document = {}
    if last and _is_by_resource(shape.at(last)):
        document[last] = [_described(shape.at(last).member, *found) for found in resources]
    elif last and _is_by_tag(shape.at(last)):
        document[last] = [row for found in resources for row in _rows(shape.at(last).member, *found)]
    elif last:
        document[last] = fitted(shape.at(last), tags.read(kind, resource))
    return completed(output, answer)


def _is_by_resource(shape: Shape) -> bool:
    """Whether the answer lists resources, each with its tags."""
    return (
        shape.type == "list"
        and shape.member.type == "structure"
        and any(shape.member.at(name).type == "list" for name in shape.member.member_names)
    )


def _is_by_tag(shape: Shape) -> bool:
    """Whether the answer has a row for each tag of each resource."""
    return shape.type == "list" and shape.member.type == "structure" and shape.member.has_member("Tag")


def _rows(shape: Shape, name: str, tagged: tuple[kinds.Kind, Resource]) -> list[Document]:
    arn = arns.parsed(name)
    about = {"ResourceName": name, "ResourceType": re.split("[:/]", arn.resource)[0] if arn is not None else ""}
    shown = {member: about[member] for member in shape.member_names if member in about}
    return [{"Tag": {"Key": key, "Value": value}, **shown} for key, value in tags.read(*tagged).items()]


def _described(shape: Shape, name: str, tagged: tuple[kinds.Kind, Resource]) -> Document:
    found: Document = {}
    for member in shape.member_names:
        part = shape.at(member)
        found[member] = fitted(part, tags.read(*tagged)) if part.type == "list" else name
    return found


def _resources(call: Request, binding: Document) -> list[tuple[str, tuple[kinds.Kind, Resource]]]:
    """The resources that the parameters name, each with its name there; AwsError for one that is not there."""
    named: list[str] = []
    for member in binding.get("key", ()):
        value = call.get(member)
        if value is not None:
            named += [str(item) for item in value] if isinstance(value, list) else [str(value)]
    return [(name, _resource(call, name, binding.get("of"))) for name in named or [""]]


def _resource(call: Request, name: str, of: str | None) -> tuple[kinds.Kind, Resource]:
    candidates = [kinds.kind(service_of(call), of)] if of else list(kinds.of(service_of(call)))
    for kind in candidates:
        if kind.tags:
            found = naming.find(call, kind, name)
            if found is not None:
                return kind, found
    raise _missing(call, name, candidates)


def _missing(call: Request, name: str, candidates: list[kinds.Kind]) -> AwsError:
    """The error of the type that the ARN is of, in the words of the operation's own if it declares one."""
    of_type = next((k for k in candidates if k.arn and naming.arn_pattern(k.arn, k.id).match(name)), None)
    declared = [shape for shape in call.operation.errors if "NotFound" in shape.name or "NoSuch" in shape.name]
    if of_type is not None and "missing" in of_type.errors:
        code = of_type.errors["missing"][0]
        if not declared or code in {shape.name for shape in declared}:
            return naming.refusal(call, of_type, "missing", name)
    if declared:
        named = ("resourceid", "resourcename", "resourcearn")
        fields: Document = {m: name for m in declared[0].required if m.lower() in named}
        return AwsError(_code(declared[0]), f"Resource not found: {name}", **fields)
    if of_type is not None:
        return naming.refusal(call, of_type, "missing", name)
    return AwsError("ResourceNotFoundException", f"Resource not found: {name}", status=404)


def _code(error: Shape) -> str:
    return str((error.get("error") or {}).get("code") or error.name)


def retag(call: Request, kind: kinds.Kind, resource: Resource, held: dict[str, str]) -> None:
    """Give a resource these tags in place of those that it has, in the form that it keeps them in."""
    kept = tags.at(resource, kind.tags)
    resource[kind.tags] = tags.as_list(held, tags.spelling(kept)) if isinstance(kept, list) and kept else held
    table(call, kind).keep(resource.scope, resource.parent, resource.key, resource)


def _empty(call: Request) -> Document:
    return completed(call.operation.output, {}) if call.operation.output is not None else {}


VERBS: dict[str, Callable[[Request, Document], Document]] = {"tag": _tag, "untag": _untag, "list-tags": _list_tags}
