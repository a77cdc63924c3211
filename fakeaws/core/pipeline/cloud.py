"""The cloud: what it stores, and the calls that are made to it."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

from fakeaws.core.model import models
from fakeaws.core.pipeline import clock, enforcement
from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.callers import caller_of
from fakeaws.core.pipeline.effects import Effects, completed
from fakeaws.core.pipeline.execution import Execution
from fakeaws.core.pipeline.functions import function_at
from fakeaws.core.pipeline.paging import Page
from fakeaws.core.resources.caller import Caller, root
from fakeaws.core.resources.kinds import Kind
from fakeaws.core.store.failures import Damaged, OtherVersion
from fakeaws.core.store.interface import Table
from fakeaws.core.store.opening import discard, open_store
from fakeaws.core.tools import machine
from fakeaws.core.tools.pace import pace

if TYPE_CHECKING:
    import threading

    from fakeaws.core.store.blobs import Blobs

Document = dict[str, Any]


class Cloud:
    """A whole cloud in one folder; `Cloud(None)` is one in memory, for this process."""

    strict = False
    """Whether an answer with a member that its output shape lacks is an error, rather than shown without it."""

    def __init__(self, path: str | os.PathLike[str] | None) -> None:
        self.path = None if path is None else os.fspath(path)
        self.is_served = False
        """Whether this process answers several callers at a time."""
        self.works_left = 0
        """How often calls of this process have left work: who sees it grow while it answers may have done so."""
        self.workers: set[threading.Thread] = set()
        """The threads of a server that do work."""
        self.database = open_store(None if self.path is None else os.path.join(self.path, "cloud.db"))
        self.moment: float | None = None
        """The time of the scheduled event that is being run, which calls made by it are made at."""
        self._blobs: Blobs | None = None

    def perform(
        self,
        service: str,
        operation: str,
        params: Document,
        caller: Caller | None = None,
        limit: int | None = None,
        effects: Effects | None = None,
    ) -> Document:
        """Call an operation: all of it is stored, or nothing. `limit` caps the page where `params` does not, `effects`
        are those of the call that makes it.

        Raises AwsError where AWS would refuse, KeyError for a service or operation that no model has.
        """
        model = models.service(service).operation(operation)
        return Execution(self, model, params, caller or root(), limit, effects).answer()

    def settle(self) -> None:
        """Take away the files of bodies that nothing names any more."""
        if self._blobs is not None:
            self._blobs.settle()

    @property
    def blobs(self) -> Blobs:
        """The bodies of the cloud's objects."""
        if self._blobs is None:
            from fakeaws.core.store.blobs import Blobs

            self._blobs = Blobs(self.database, None if self.path is None else os.path.join(self.path, "blobs"))
        return self._blobs

    def initialise(self, call: Call) -> None:
        """The first call to a service in a region gives it what a new account has there."""
        function = call.operation.service.initial
        name = f"initialised {call.operation.service.name} {call.account} {call.region}"
        if function is not None and self.database.note(name) is None:
            self.database.keep_note(name, {"at": call.now})
            function_at(function)(call)

    def run_due(self) -> None:
        """Run the scheduled events that are due, in their order, each at its own time; and the work that they leave,
        unless that takes AWS's own time."""
        effects = Effects()
        completed(effects, self.database, partial(self._run_events, effects))
        if pace() == 0:
            self.finish_work()

    def _run_events(self, effects: Effects) -> None:
        from fakeaws.core.pipeline import work

        now = clock.now(self.database)
        while (event := self.database.next_due(now)) is not None:
            number, due, document = event
            self.database.done(number)
            work.run_event(self, due, document, effects)

    def run_event(self, due: float, event: Document, effects: Effects) -> None:
        """Run the function of a scheduled event as if it were `due`."""
        operation = models.service(event["service"]).any_operation
        caller = root(event["account"], event["region"])
        before, self.moment = self.moment, due
        try:
            function_at(event)(Call(self, operation, event["payload"], caller, Page(operation, {}), effects))
        finally:
            self.moment = before

    def has_due_work(self) -> bool:
        """Whether there is work that is due, that nobody does, and that can be done."""
        if self.database.is_read_only:
            return False
        due = self.database.next_work(machine.utc_now().timestamp())
        return due is not None and due <= clock.now(self.database)

    def finish_work(self) -> None:
        """Do the work that is due and that nobody else does (`core/pipeline/work.py`). A server waits for it a
        second at most, while a thread goes on."""
        if self.workers or self.has_due_work():
            from fakeaws.core.pipeline import work

            (work.run_beside if self.is_served else work.run_due)(self)

    def draw(self, count: int) -> bytes:
        """`count` bytes of the cloud's chance."""
        return clock.chance(self.database, count)

    def table(self, kind: Kind) -> Table:
        """The table that holds the resources of a type."""
        return self.database.table(kind.table, kind.index, kind.tags, kind.sealed)

    @classmethod
    def renewed(cls, path: str | os.PathLike[str]) -> Cloud:
        """The cloud of a folder, for one who will replace all that it holds: with an empty database where what is there
        cannot be read."""
        cloud = None
        try:
            cloud = cls(path)
            cloud.database.check()
        except (Damaged, OtherVersion):
            if cloud is not None:
                cloud.close()
            discard(os.path.join(path, "cloud.db"))
            cloud = cls(path)
        return cloud

    def reset(self) -> None:
        """Make the cloud new again; its snapshots stay, and whether policies are enforced."""
        with self.database.transaction(write=True):
            kept = self.database.note(enforcement.NOTE)
            self.database.clear()
            if kept is not None:
                self.database.keep_note(enforcement.NOTE, kept)
        if self.path is not None:
            import shutil

            shutil.rmtree(os.path.join(self.path, "blobs"), ignore_errors=True)

    def caller(self, access_key: str, region: str, token: str | None = None) -> Caller:
        """Whom an access key stands for, calling in `region`; `token` is the session token that came with it."""
        return caller_of(self.database, access_key, region, token)

    def close(self) -> None:
        self.database.close()
