"""Everything that an account has in a region (and globally), of whatever service, by ARN: for tagging and search."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from fakeaws.core.model import models
from fakeaws.core.resources import kinds, naming
from fakeaws.core.resources.places import drawn, scope, store_of, table
from fakeaws.core.resources.states import settled
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import arns, ids, tags

if TYPE_CHECKING:
    from fakeaws.core.resources.request import Request


class Item(NamedTuple):
    """One resource, with its service, type and ARN, and the parts of this."""

    service: str
    kind: kinds.Kind
    resource: Resource
    arn: str
    parts: arns.Arn

    @property
    def tags(self) -> dict[str, str]:
        return tags.read(self.kind, self.resource)


def everything(call: Request) -> Iterator[Item]:
    """All resources of the caller's account in its region that have an ARN, in the order of their types' names."""
    for stored in store_of(call).tables():
        service, _, name = stored.partition(".")
        if service in models.services() and models.service(service).kind(name) is not None:
            kind = kinds.kind(service, name)
            if kind.arn and kind.tags:
                yield from _of_type(call, service, kind)


def _of_type(call: Request, service: str, kind: kinds.Kind) -> Iterator[Item]:
    for row in table(call, kind).list(scope(call, kind)):
        found = settled(kind, row, call.now)
        arn = arn_of(call, kind, found) if found is not None else ""
        if found is not None and (parts := arns.parsed(arn)) is not None:
            yield Item(service, kind, found, arn, parts)


def arn_of(call: Request, kind: kinds.Kind, resource: Resource) -> str:
    """The ARN that a resource keeps, or that its type's template gives; "" if it has none."""
    kept = resource.get(kind.arn_member or "_arn")
    if kept:
        return str(kept)
    known = {"account": call.account, "region": call.region, "partition": call.caller.partition}
    values = {**known, **{key: value for key, value in resource.items() if isinstance(value, (str, int))}}
    fields = ids.fields(kind.arn or "")
    if any(field not in values for field in fields):
        return ""
    return ids.fill(kind.arn or "", values, partial(drawn, call))


def by_arn(call: Request, arn: str) -> Item | None:
    """The resource with this ARN, of whatever service."""
    for stored in store_of(call).tables():
        service, _, name = stored.partition(".")
        if service in models.services() and models.service(service).kind(name) is not None:
            kind = kinds.kind(service, name)
            found = naming.find(call, kind, arn) if kind.arn and kind.tags else None
            if found is not None and arn_of(call, kind, found) == arn and (parts := arns.parsed(arn)) is not None:
                return Item(service, kind, found, arn, parts)
    return None
