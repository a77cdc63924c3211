"""One call of an operation, in five steps: validate, authorise, carry out, lay out, record.

All of a call is stored, or nothing. It is carried out in one transaction, and again from its beginning where something
of it has to happen outside of one (`effects.py`), where it waits for something, and where the body that it reads was
deleted meanwhile. Calls made by a call are a part of it: they pass the same steps in its transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeaws.core.model.models import Operation
from fakeaws.core.pipeline import bodies, clock, enforcement, history
from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.callers import refuse_stale
from fakeaws.core.pipeline.effects import Effects, Outside
from fakeaws.core.pipeline.handlers import answered, refuse_unsupported, wire_code
from fakeaws.core.pipeline.layout import lay
from fakeaws.core.pipeline.paging import Page
from fakeaws.core.pipeline.validation import checked, too_deep
from fakeaws.core.resources.caller import Caller
from fakeaws.core.store.failures import BodyMissing
from fakeaws.core.store.interface import Busy, WriteNeeded
from fakeaws.core.tools.errors import AwsError, NotYet

if TYPE_CHECKING:
    from fakeaws.core.pipeline.cloud import Cloud

Document = dict[str, Any]


class Execution:
    """A call on its way through the pipeline. `effects` is that of the call that makes it, None for the outermost."""

    def __init__(
        self,
        cloud: Cloud,
        operation: Operation,
        params: Document,
        caller: Caller,
        limit: int | None,
        effects: Effects | None,
    ) -> None:
        self.cloud, self.store = cloud, cloud.database
        self.operation, self.params, self.caller, self.limit = operation, params, caller, limit
        self.is_outermost = not self.store.is_within
        self.effects = effects or Effects()
        self.since: float | None = None
        self.is_retried = False

    def answer(self) -> Document:
        """The answer; AwsError where AWS would refuse."""
        try:
            self.params = self._validated()
            with bodies.taken_in(self.cloud, self.operation, self.params) as self.params:
                return self._completed() if self.is_outermost else self._carried_out()
        except AwsError as refused:
            refused.code = wire_code(self.operation, refused.code)
            if self.is_outermost:
                self._record(None, refused)
            raise
        except RecursionError as problem:
            raise too_deep(self.operation) from problem
        finally:
            self.cloud.settle()

    def _completed(self) -> Document:
        """The answer of the transaction in which everything could be done."""
        while True:
            try:
                self._catch_up()
                return self._carried_out()
            except Outside as effect:
                self._refuse_to_wait()
                self.effects.run(effect)
            except NotYet as wait:
                self._refuse_to_wait()
                self.since = clock.wait(self.store, wait.due, self.since)
            except BodyMissing:
                if self.is_retried:
                    raise
                self.is_retried = True

    def _catch_up(self) -> None:
        """Run what is scheduled before now, with the work that it leaves, so that the call finds it done."""
        if self.store.next_due(clock.now(self.store)) is not None:
            self._refuse_to_wait()
            self.cloud.run_due()

    def _refuse_to_wait(self) -> None:
        if not self.store.may_wait:
            raise Busy

    def _carried_out(self) -> Document:
        """What a transaction answers. A reading operation never waits for writers; one that turns out to write is
        carried out again as a writer."""
        if self.operation.is_reading:
            try:
                return self._in_transaction(write=False)
            except WriteNeeded:
                if not self.is_outermost:
                    raise
        return self._in_transaction(write=True)

    def _in_transaction(self, write: bool) -> Document:
        with self.store.transaction(write, scratch=self.operation.is_reading):
            if self.is_outermost:
                self.effects.begin_again()
            page = Page(self.operation, self.params, self.limit)
            call = Call(self.cloud, self.operation.served, self.params, self.caller, page, self.effects)
            call._since = call.now if self.since is None else self.since
            self.cloud.initialise(call)
            self._authorise(call)
            refuse_unsupported(call)
            answer = self._laid_out(page.finish(answered(call)))
            is_wanted = self.is_outermost and history.is_wanted(self.cloud, self.operation)
            if is_wanted and not self.operation.is_reading:
                self._record(answer)
        if is_wanted and self.operation.is_reading:
            self._record(answer)
        return answer

    def _validated(self) -> Document:
        params = checked(self.operation, self.params)
        refuse_stale(self.store, self.caller, self.operation)
        return params

    def _authorise(self, call: Call) -> None:
        """What a call asks of other services is allowed with it, but for what it asks in the caller's own name."""
        if self.is_outermost or self.caller.is_forwarded:
            enforcement.authorise(call)

    def _laid_out(self, document: Document) -> Document:
        return lay(self.operation.output, document, self.cloud.strict and self.operation.served is self.operation)

    def _record(self, answer: Document | None, refused: AwsError | None = None) -> None:
        history.record(self.cloud, self.operation, self.params, self.caller, answer, refused)
