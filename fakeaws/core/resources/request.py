"""What a declaration is given: an operation, its parameters, who calls, and the resources of the service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from fakeaws.core.model.models import Operation
from fakeaws.core.resources import kinds, naming
from fakeaws.core.resources.caller import Caller
from fakeaws.core.resources.places import path_of, scope, service_of, table
from fakeaws.core.resources.states import settled
from fakeaws.core.store.interface import Store
from fakeaws.core.store.tables import Position, Resource
from fakeaws.core.tools import ids

Document = dict[str, Any]
Resources = list[Resource]


class Paging(Protocol):
    """The page that is asked for."""

    def after(self) -> Position | None:
        """The place in its table after which the page begins."""

    def take(self, resources: Iterator[Resource]) -> list[Resource]:
        """As many of `resources` as the page holds."""


class Request:
    """One request of an operation. `request["Member"]` is a parameter; timestamps are epoch seconds, blobs bytes."""

    def __init__(
        self,
        store: Store,
        operation: Operation,
        params: Document,
        caller: Caller,
        page: Paging,
        now: float,
        draw: Callable[[int], bytes],
    ) -> None:
        self.operation = operation
        self.params = params
        self.caller: Caller = caller
        self.now: float = now
        """The cloud's time in epoch seconds: the same for all of a call."""
        self._service = operation.service.name
        self._store = store
        self._page = page
        self._draw = draw

    def __getitem__(self, member: str) -> Any:
        return self.params[member]

    def __contains__(self, member: str) -> bool:
        return member in self.params

    def get(self, member: str, default: Any = None) -> Any:
        """A parameter, or `default` where it was not given."""
        return self.params.get(member, default)

    @property
    def account(self) -> str:
        """The account of the caller: 12 digits."""
        return self.caller.account

    @property
    def region(self) -> str:
        """The region that is called."""
        return self.caller.region

    def find(self, kind: str, key: str | None = None, within: Resource | str | None = None) -> Resource | None:
        """The resource that `key` (else the parameters) names by id, ARN or whatever else its type allows, or None."""
        declared = kinds.kind(service_of(self), kind)
        key = key if key is not None else naming.given(self, declared)
        return naming.find(self, declared, key, within) if isinstance(key, str) else None

    def read(self, kind: str, key: str | None = None, within: Resource | str | None = None) -> Resource:
        """As `find`, but a missing resource is the error that its type declares."""
        found = self.find(kind, key, within)
        if found is None:
            raise naming.refusal(self, kind, "missing", key)
        return found

    def list(
        self, kind: str, within: Resource | str | None = None, prefix: str = "", **having: str | list[str]
    ) -> Iterator[Resource]:
        """Resources in key order, from where the page asked for begins. `having` looks one indexed path up: in
        `call.list("Instance", VpcId="vpc-1")`; dots in paths are written as `__`."""
        declared = kinds.kind(service_of(self), kind)
        place, after = scope(self, declared, within), self._page.after()
        if having:
            [(name, wanted)] = having.items()
            values = [wanted] if isinstance(wanted, str) else wanted
            rows = table(self, declared).having(place, name.replace("__", "."), values, after)
        else:
            rows = table(self, declared).list(place, path_of(within), after, prefix)
        for row in rows:
            found = settled(declared, row, self.now)
            if found is not None:
                yield found

    def page(self, resources: Iterator[Resource]) -> Resources:
        """The page asked for of `resources`, which came from `list`; the answer's next token follows from it."""
        return self._page.take(resources)

    def keep(self, kind: str, document: Document, within: Resource | str | None = None) -> Resource:
        """Store a new resource, or one that was found and changed."""
        declared = kinds.kind(service_of(self), kind)
        if isinstance(document, Resource):
            place, parent, key = document.scope, document.parent, document.key
        else:
            place, parent, key = scope(self, declared, within), path_of(within) or "", document[declared.id]
        return table(self, declared).keep(place, parent, str(key), document)

    def drop(self, kind: str, resource: Resource) -> None:
        """Delete a resource."""
        table(self, kinds.kind(service_of(self), kind)).drop(resource)

    def declared(self) -> Document:
        """What the operation's declaration answers: for handlers that only add to it."""
        from fakeaws.core.resources.declared import perform_declared

        return perform_declared(self)

    def make(self, template: str, /, **values: Any) -> str:
        """A template (`core/tools/ids.py`) filled with `values`, the account, region and partition, and what it draws:
        `{uuid}`, `{hex32}`, `{mixed20}`."""
        place = {"account": self.account, "region": self.region, "partition": self.caller.partition, "now": self.now}
        return ids.fill(template, {**place, **values}, self._draw)


def anywhere(request: Request, kind: str, key: str) -> Resource | None:
    """The resource with this key in whatever account and region it is: for keys that are unique in the world."""
    return table(request, kinds.kind(service_of(request), kind)).anywhere(key)


def everywhere(request: Request, kind: str) -> Iterator[Resource]:
    """All resources of a type in all accounts and regions."""
    return table(request, kinds.kind(service_of(request), kind)).everywhere()


def span(
    request: Request, kind: str, within: Resource, first: str, last: str, after: str | None = None, **how: Any
) -> Iterator[Resource]:
    """The resources within another whose key is from `first` to `last`, after a key; `how` is as for a table's."""
    declared = kinds.kind(service_of(request), kind)
    return table(request, declared).span(within.scope, within.path, first, last, after, **how)


def between(
    request: Request,
    kind: str,
    name: str,
    first: str,
    last: str,
    within: Resource,
    after: tuple[str, str] | None = None,
    backward: bool = False,
) -> Iterator[Resource]:
    """The resources within another whose value at an indexed path is from `first` to `last`, in that order or against
    it, after a value and key; the values must differ from one parent to the next."""
    position = (after[0], within.path, after[1]) if after is not None else None
    declared = kinds.kind(service_of(request), kind)
    return table(request, declared).between(within.scope, name, first, last, position, backward)


def resumed(request: Request) -> str | None:
    """The key after which the page asked for begins, where the rows come from elsewhere than `list`."""
    place = request._page.after()
    return place[1] if place is not None else None
