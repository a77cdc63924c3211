"""What a handler is given: the parameters, the caller, the resources of the service, and the rest of the cloud."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fakeaws.core.model import models
from fakeaws.core.model.models import Operation
from fakeaws.core.pipeline import clock
from fakeaws.core.pipeline.effects import Effects
from fakeaws.core.pipeline.functions import place_of
from fakeaws.core.pipeline.paging import Page
from fakeaws.core.pipeline.validation import missing
from fakeaws.core.resources.caller import Caller
from fakeaws.core.resources.request import Request

if TYPE_CHECKING:
    from fakeaws.core.pipeline.cloud import Cloud

Document = dict[str, Any]


class Call(Request):
    """One call of an operation, in a transaction. `call["Member"]` is a parameter; timestamps are epoch seconds, blobs
    bytes."""

    def __init__(
        self,
        cloud: Cloud,
        operation: Operation,
        params: Document,
        caller: Caller,
        page: Page,
        effects: Effects | None = None,
    ) -> None:
        now = clock.now(cloud.database) if cloud.moment is None else cloud.moment
        super().__init__(cloud.database, operation, params, caller, page, now, cloud.draw)
        self._cloud = cloud
        self._effects = effects
        self._paging = page
        self._since = now
        """When the call came: before `now` where it has been waiting."""
        self._undecided: list[str] = []
        """Actions on a resource that the handler has to find before the caller's policies can be asked."""
        self._is_bound = False
        """Whether the caller's policies bind: those of what a call asks of other services do not, but for what it asks
        in the caller's own name."""
        self._given = params
        """The parameters that the caller gave, where `params` has more."""

    def __getitem__(self, member: str) -> Any:
        """AwsError where it was not given: the operation needs it, whether or not its model says so."""
        if member not in self.params and self.operation.input is not None and self.operation.input.has_member(member):
            raise missing(self.operation, member)
        return self.params[member]

    def perform(
        self, service: str, operation: str, params: Document, caller: Caller | None = None, forward: bool = False
    ) -> Document:
        """Call another service, as the caller that AWS would use; in the same transaction. `forward` calls it in the
        caller's own name (a forward access session): its policies bind there as here."""
        caller = caller or self.caller.elsewhere()
        if forward:
            caller.is_forwarded = self._is_bound
        return self._cloud.perform(service, operation, params, caller, effects=self._effects)

    def of(self, service: str | None = None, account: str | None = None, region: str | None = None) -> Call:
        """The same call as it finds the resources of another service, account or region."""
        caller = self.caller.elsewhere(account, region)
        found = Call(self._cloud, self.operation, self.params, caller, self._paging, self._effects)
        found._service = service or self._service
        found._is_bound = self._is_bound
        return found

    def at(self, due: float, function: Callable[[Call], None], **payload: Any) -> None:
        """Have `function` of a service's module run with `payload` as its parameters, by the first call when the
        cloud's clock has reached `due`."""
        self._store.schedule(due, {**self._place(function), "payload": payload})

    def work(self, function: Callable[[Any], None], **payload: Any) -> None:
        """Have `function` of a service's module do what nobody waits for, after the call, outside of any transaction;
        it is given a `Task` (`core/pipeline/work.py`) with `payload`."""
        self._cloud.works_left += 1
        self._store.add_work(self.now, {**self._place(function), "payload": payload})

    def outside(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What `function` answers, which runs outside of the transaction (`core/pipeline/effects.py`): the call is
        carried out again from its beginning, so nothing that comes before may depend on having been done once."""
        assert self._effects is not None
        return self._effects.result(function, arguments)

    def _place(self, function: Callable[..., Any]) -> Document:
        return {"service": self._service, "account": self.account, "region": self.region, **place_of(function)}


def cloud_of(call: Call) -> Cloud:
    """The cloud that a call is made to."""
    return call._cloud


def imagined(call: Call, service: str, operation: str, params: Document) -> Call:
    """A call of the same caller that is not made, to see what it would ask for."""
    found = models.service(service).operation(operation)
    return Call(call._cloud, found, params, call.caller, Page(found, {}))


def began(call: Call) -> float:
    """When the call came: before `now` where it has been waiting."""
    return call._since


def patience(call: Call) -> float:
    """By how much a wait for what others may do is scaled: not at all where they can call meanwhile."""
    from fakeaws.core.tools.pace import pace

    return 1.0 if call._cloud.is_served else pace()
