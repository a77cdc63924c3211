"""What a handler is given: the parameters, the caller, and the resources of the cloud."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from fakeaws.core.model.models import Operation
from fakeaws.core.pipeline import clock, history
from fakeaws.core.pipeline.callers import Caller
from fakeaws.core.pipeline.history import Watcher
from fakeaws.core.pipeline.validation import missing
from fakeaws.core.resources import kinds
from fakeaws.core.resources.states import settled
from fakeaws.core.store.interface import Table
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import ids
from fakeaws.core.tools.errors import AwsError

if TYPE_CHECKING:
    from fakeaws.core.pipeline.cloud import Cloud
    from fakeaws.core.pipeline.paging import Page

Document = dict[str, Any]
Resources = list[Resource]


class Call:
    """One call of an operation. `call["Member"]` is a parameter; timestamps are epoch seconds, blobs bytes."""

    def __init__(self, cloud: Cloud, operation: Operation, params: Document, caller: Caller, page: Page) -> None:
        self.cloud = cloud
        self.operation = operation
        self.service = operation.service.name
        self.params = params
        self.caller: Caller = caller
        self.now: float = clock.now(cloud.database) if cloud.moment is None else cloud.moment
        self.since = self.now
        """When the call came: before `now` where it has been waiting."""
        self.undecided: list[str] = []
        """Actions on a resource that the handler has to find before the caller's policies can be asked."""
        self.is_bound = False
        """Whether the caller's policies bind: those of what a call asks of other services do not, but for what it asks
        in the caller's own name."""
        self.own = params
        """The parameters that the caller gave, where `params` has more."""
        self._page = page

    def __getitem__(self, member: str) -> Any:
        """AwsError where it was not given: the operation needs it, whether or not its model says so."""
        if member not in self.params and self.operation.input is not None and self.operation.input.has_member(member):
            raise missing(self.operation, member)
        return self.params[member]

    def __contains__(self, member: str) -> bool:
        return member in self.params

    def get(self, member: str, default: Any = None) -> Any:
        return self.params.get(member, default)

    @property
    def account(self) -> str:
        return self.caller.account

    @property
    def region(self) -> str:
        return self.caller.region

    @property
    def patience(self) -> float:
        """By how much a wait for what others may do is scaled: not at all where they can call meanwhile."""
        return 1.0 if self.cloud.is_served else clock.pace()

    # What is kept

    def find(self, kind: str, key: str | None = None, within: Resource | str | None = None) -> Resource | None:
        """The resource that `key` (else the parameters) names by id, ARN or whatever else its type allows, or None."""
        declared = kinds.kind(self.service, kind)
        key = self._named(declared, key)
        if key is None:
            return None
        found = self._table(declared).find(self.scope(declared, within), key, _path(within))
        return settled(declared, found, self.now) if found is not None else None

    def read(self, kind: str, key: str | None = None, within: Resource | str | None = None) -> Resource:
        """As `find`, but a missing resource is the error that its type declares."""
        found = self.find(kind, key, within)
        if found is None:
            raise self.refusal(kind, "missing", key)
        return found

    def list(
        self, kind: str, within: Resource | str | None = None, prefix: str = "", **having: str | list[str]
    ) -> Iterator[Resource]:
        """Resources in key order, from where the page asked for begins. `having` looks one indexed path up: in
        `call.list("Instance", VpcId="vpc-1")`; dots in paths are written as `__`."""
        declared = kinds.kind(self.service, kind)
        table, scope = self._table(declared), self.scope(declared, within)
        after = self._page.after()
        if having:
            [(name, wanted)] = having.items()
            values = [wanted] if isinstance(wanted, str) else wanted
            rows = table.having(scope, name.replace("__", "."), values, after)
        else:
            rows = table.list(scope, _path(within), after, prefix)
        for row in rows:
            found = settled(declared, row, self.now)
            if found is not None:
                yield found

    def span(
        self, kind: str, within: Resource, first: str, last: str, after: str | None = None, **how: Any
    ) -> Iterator[Resource]:
        """The resources within another whose key is from `first` to `last`, after a key; `how` is as for a table's."""
        declared = kinds.kind(self.service, kind)
        return self._table(declared).span(self.scope(declared, within), within.path, first, last, after, **how)

    def between(
        self,
        kind: str,
        name: str,
        first: str,
        last: str,
        within: Resource,
        after: tuple[str, str] | None = None,
        backward: bool = False,
    ) -> Iterator[Resource]:
        """The resources within another whose value at an indexed path is from `first` to `last`, in that order or
        against it, after a value and key; the values must differ from one parent to the next."""
        declared = kinds.kind(self.service, kind)
        position = (after[0], within.path, after[1]) if after is not None else None
        return self._table(declared).between(self.scope(declared, within), name, first, last, position, backward)

    def page(self, resources: Iterator[Resource]) -> Resources:
        """The page asked for of `resources`, which came from `list`; the answer's next token follows from it."""
        return self._page.take(resources)

    def resumed(self) -> str | None:
        """The key after which the page asked for begins, where the rows come from elsewhere than `list`."""
        place = self._page.after()
        return place[1] if place is not None else None

    def keep(self, kind: str, document: Document, within: Resource | str | None = None) -> Resource:
        """Keep a new resource, or one that was found and changed."""
        declared = kinds.kind(self.service, kind)
        if isinstance(document, Resource):
            scope, parent, key = document.scope, document.parent, document.key
        else:
            scope, parent, key = self.scope(declared, within), _path(within) or "", document[declared.id]
        return self._table(declared).keep(scope, parent, str(key), document)

    def drop(self, kind: str, resource: Resource) -> None:
        """Remove a resource."""
        self._table(kinds.kind(self.service, kind)).drop(resource)

    def declared(self) -> Document:
        """What the operation's declaration answers: for handlers that only add to it."""
        from fakeaws.core.resources.declared import perform_declared

        return perform_declared(self)

    def refusal(self, kind: str, reason: str, key: str | None = None) -> AwsError:
        """The declared error of a type (`missing`, `exists`, `holds`), its text filled with the parameters and ids."""
        from fakeaws.core.resources.naming import refusal

        declared = kinds.kind(self.service, kind)
        return refusal(self, declared, reason, key if key is not None else self._named(declared, None))

    # Time and chance

    def chance(self, count: int) -> bytes:
        return clock.chance(self.cloud.database, count)

    def uuid(self) -> str:
        return ids.uuid(self.chance)

    def token(self, length: int = 32, alphabet: str = "hex") -> str:
        """Characters that nobody can guess; `alphabet` is one of `ids.ALPHABETS`."""
        return ids.draw(self.chance, alphabet, length)

    def make(self, template: str, /, **values: Any) -> str:
        """A template (`core/tools/ids.py`) filled with `values`, the account, region and partition, and what it
        draws."""
        here = {"account": self.account, "region": self.region, "partition": self.caller.partition, "now": self.now}
        return ids.fill(template, {**here, **values}, self.chance)

    # Others

    def perform(self, service: str, operation: str, params: Document, caller: Caller | None = None) -> Document:
        """Call another service, as the caller that AWS would use; in the same transaction."""
        return self.cloud.perform(service, operation, params, caller or self.caller.elsewhere())

    def forward(self, service: str, operation: str, params: Document) -> Document:
        """Call another service in the caller's own name (a forward access session): its policies bind there as here."""
        caller = self.caller.elsewhere()
        caller.is_forwarded = self.is_bound
        return self.cloud.perform(service, operation, params, caller)

    def imagined(self, service: str, operation: str, params: Document) -> Call:
        """A call of the same caller that is not made, to see what it would ask for."""
        from fakeaws.core.model import models
        from fakeaws.core.pipeline.paging import Page

        found = models.service(service).operation(operation)
        return Call(self.cloud, found, params, self.caller, Page(found, {}))

    def elsewhere(self, account: str | None = None, region: str | None = None) -> Call:
        """The same call in another account or region: for resources that can be reached from afar."""
        found = Call(self.cloud, self.operation, self.params, self.caller.elsewhere(account, region), self._page)
        found.is_bound = self.is_bound
        return found

    def at(self, due: float, function: Callable[[Call], None], **payload: Any) -> None:
        """Have `function` of a service's module run with `payload` as its parameters, by the first call when the
        cloud's clock has reached `due`."""
        place = {"service": self.service, "account": self.account, "region": self.region}
        what = {"module": function.__module__, "function": function.__name__, "payload": payload}
        self.cloud.database.schedule(due, {**place, **what})

    def later(self, seconds: float, function: Callable[[Call], None], **payload: Any) -> None:
        """As `at`, when `seconds` of AWS's time have passed, which the pace scales."""
        self.at(self.now + seconds * clock.pace(), function, **payload)

    def watch(self, function: Watcher) -> None:
        """From now on have `function` of the service's module told of every call to the service from outside."""
        history.watch(self.cloud.database, self.service, function)

    def _table(self, kind: kinds.Kind) -> Table:
        return self.cloud.table(kind)

    def scope(self, kind: kinds.Kind, within: Resource | str | None = None) -> tuple[str, str]:
        """The account and region in which resources of a type are kept: those of the resource that they stand within,
        else the caller's; AWS keeps some for all regions."""
        if isinstance(within, Resource):
            return within.scope
        return self.account, "" if kind.is_global else self.region

    def _named(self, kind: kinds.Kind, key: str | None) -> str | None:
        """The key of the resource that a name, ARN or URL, given or in the parameters, points at."""
        if key is None:
            key = next((self.params[m] for m in (kind.id, *kind.also) if self.params.get(m) is not None), None)
        if not isinstance(key, str):
            return None
        return key.rsplit("/", 1)[-1].rsplit(":", 1)[-1] if key.startswith(("arn:", "http")) and kind.also else key


def _path(within: Resource | str | None) -> str | None:
    """The parent that a table knows: of a resource its path; a plain string stands for a group that is no resource."""
    return within.path if isinstance(within, Resource) else within
