"""Filters of list operations: `Name=vpc-id,Values=vpc-1,vpc-2*`.

A resource matches when every filter has a value that it has; `*` stands for any characters and `?` for one, a backslash
takes their meaning away. The filters of a type are those that it declares, the members of its shape in kebab-case
(`vpc-id` is VpcId, `attachment.instance-id` is Attachments[].InstanceId), and `tag:KEY`, `tag-key`, `tag-value`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from fakeaws.core.model import models
from fakeaws.core.resources import kinds
from fakeaws.core.resources.places import service_of
from fakeaws.core.store.tables import Resource, values_at
from fakeaws.core.tools import tags
from fakeaws.core.tools.errors import AwsError

if TYPE_CHECKING:
    from fakeaws.core.resources.request import Request

Document = dict[str, Any]
DEPTH = 3


def selected(
    call: Request, kind: str, filters: list[Document] | None, within: Resource | None = None
) -> Iterator[Resource]:
    """The resources of a type that match all filters, in key order; an exact value of an indexed path or tag is looked
    up, so that nothing else is read. AwsError for a filter that the type does not have."""
    declared = kinds.kind(service_of(call), kind)
    checks = [(name, values, _path(declared, name)) for name, values in map(_read, filters or ())]
    exact = next((check for check in checks if _is_indexed(declared, check)), None)
    if exact is not None and within is None:
        name, values, path = exact
        having: dict[str, Any] = {(path or name).replace(".", "__"): values}
        found = call.list(kind, **having)
    else:
        found = call.list(kind, within)
    return (resource for resource in found if all(_matches(declared, check, resource) for check in checks))


def matching(kind: kinds.Kind, filters: list[Document] | None, resource: Document) -> bool:
    """Whether a resource matches all filters; AwsError for a filter that its type does not have."""
    checks = [(name, values, _path(kind, name)) for name, values in map(_read, filters or ())]
    return all(_matches(kind, check, resource) for check in checks)


Check = tuple[str, list[str], str | None]


def _read(given: Document) -> tuple[str, list[str]]:
    """The name and values of a filter, however the service spells them."""
    name = next((given[member] for member in _NAMES if member in given), "")
    values: Any = next((given[member] for member in _VALUES if member in given), [])
    return str(name), [str(value) for value in (values if isinstance(values, list) else [values])]


_NAMES = ("Name", "name", "Key", "key", "FilterName", "filterName", "field", "Field")
_VALUES = ("Values", "values", "Value", "value", "FilterValues", "filterValues", "StringValues")


def _path(kind: kinds.Kind, name: str) -> str | None:
    """The path that a filter looks at, None for one of tags; AwsError where the type has no such filter."""
    if name in kind.filters:
        return kind.filters[name]
    if name.startswith("tag:") or name in ("tag-key", "tag-value"):
        return None
    found = _member_path(kind.service, kind.shape, name)
    if found is None:
        raise AwsError("InvalidParameterValue", f"The filter '{name}' is invalid")
    return found


@cache
def _member_path(service: str, shape_name: str, name: str) -> str | None:
    """The path of the members that a name in kebab-case stands for in a shape."""
    if not shape_name:
        return "".join(step[:1].upper() + step[1:] for step in name.split("-"))
    shape: models.Shape | None = models.service(service).shape(shape_name)
    steps: list[str] = []
    for step in name.split(".")[:DEPTH]:
        while shape is not None and shape.type == "list":
            shape = shape.member
        wanted = step.replace("-", "").replace("_", "").replace(" ", "").lower()
        spellings = (wanted, wanted + "s", wanted + "es", wanted + "set", wanted[:-1] + "ies")
        members = {} if shape is None or shape.type != "structure" else {m.lower(): m for m in shape.member_names}
        member = next((members[spelling] for spelling in spellings if spelling in members), None)
        if shape is None or member is None:
            return None
        steps.append(member)
        shape = shape.at(member)
    return ".".join(steps)


def _is_indexed(kind: kinds.Kind, check: Check) -> bool:
    name, values, path = check
    if not values or any("*" in value or "?" in value or "\\" in value for value in values):
        return False
    return path in kind.index if path is not None else name.startswith("tag:") and "__" not in name and bool(kind.tags)


def _matches(kind: kinds.Kind, check: Check, resource: Document) -> bool:
    name, values, path = check
    from fakeaws.core.tools.wildcards import Syntax, compiled

    syntax = Syntax(escape="\\")
    patterns = [compiled(value, syntax) for value in values]
    return any(pattern.fits(text) for text in _texts(kind, name, path, resource) for pattern in patterns)


def _texts(kind: kinds.Kind, name: str, path: str | None, resource: Document) -> Iterable[str]:
    if path is not None:
        return (spelled for value in values_at(resource, path.split(".")) for spelled in _spelled(path, value))
    held = tags.read(kind, resource)
    if name == "tag-key":
        return list(held)
    if name == "tag-value":
        return list(held.values())
    key = name.removeprefix("tag:")
    return [held[key]] if key in held else []


def _spelled(path: str, value: Any) -> tuple[str, ...]:
    """A scalar as filters spell it: `true`, `8`, and times in ISO form."""
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, float) and path.lower().endswith(("time", "date", "at", "timestamp")):
        moment = datetime.fromtimestamp(value, UTC).replace(tzinfo=None)
        return moment.isoformat(timespec="milliseconds") + "Z", moment.isoformat(timespec="seconds") + "Z"
    return (str(value),)
