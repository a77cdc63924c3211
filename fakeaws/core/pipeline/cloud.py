"""The cloud, and the one road that every call takes."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fakeaws.core.model import models
from fakeaws.core.pipeline import bodies, clock, enforcement, history
from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.callers import Caller, caller_of, refuse_stale, root
from fakeaws.core.pipeline.layout import lay
from fakeaws.core.pipeline.paging import Page
from fakeaws.core.pipeline.validation import checked, too_deep
from fakeaws.core.resources.kinds import Kind
from fakeaws.core.store.failures import BodyMissing, Damaged, OtherVersion
from fakeaws.core.store.interface import Busy, Table, WriteNeeded
from fakeaws.core.store.opening import discard, open_store
from fakeaws.core.tools.errors import AwsError, NotYet

if TYPE_CHECKING:
    from fakeaws.core.store.blobs import Blobs

Document = dict[str, Any]
Handler = Callable[[Call], Document]

# A reading operation never waits for writers; one that turns out to write is run again as a writer.
READS = ("Describe", "Get", "List", "Head", "Search", "BatchGet", "Lookup", "Query", "Scan", "Check", "Preview")


class Cloud:
    """A whole cloud in one folder; `Cloud(None)` is one in memory, for this process."""

    def __init__(self, path: str | os.PathLike[str] | None) -> None:
        self.path = None if path is None else os.fspath(path)
        self.strict = "pytest" in sys.modules
        self.is_served = False
        """Whether this process answers several callers at a time."""
        self.database = open_store(None if self.path is None else os.path.join(self.path, "cloud.db"))
        self.moment: float | None = None
        """The time of the scheduled event that is being run, which calls made by it are made at."""
        self._tables: dict[str, Table] = {}
        self._blobs: Blobs | None = None

    def perform(
        self, service: str, operation: str, params: Document, caller: Caller | None = None, limit: int | None = None
    ) -> Document:
        """Call an operation: all of it is kept, or nothing. `limit` caps the page where `params` does not.

        Raises AwsError where AWS would refuse, KeyError for a service or operation that no model has.
        """
        model, caller = models.service(service).operation(operation), caller or root()
        is_outer = not self.database.is_within
        try:
            params = checked(model, params)
            refuse_stale(self.database, caller, model)
            body = bodies.member(model, params)
            if body is None:
                return self._answered(model, params, caller, limit)
            return self._answered_with_body(model, params, body, caller)
        except AwsError as refused:
            refused.code = _wire_code(model, refused.code)
            if is_outer:
                history.record(self, model, params, caller, None, refused)
            raise
        except RecursionError as problem:
            raise too_deep(model) from problem
        finally:
            self.settle()

    def _answered_with_body(self, model: models.Operation, params: Document, body: str, caller: Caller) -> Document:
        """The answer to a call that brings a streamed body, which is taken in first."""
        staged = bodies.staged(self.blobs, model, params, body)
        is_kept = False
        try:
            answer = self._answered(model, {**params, body: staged}, caller, None)
            is_kept = True
        finally:
            self.blobs.done(staged, is_kept)
        return answer

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

    def _answered(self, model: models.Operation, params: Document, caller: Caller, limit: int | None) -> Document:
        """The answer, which a call that waits for something may have to be tried for more than once; so may one whose
        body another call deleted after this one had begun."""
        since: float | None = None
        is_again = False
        while True:
            try:
                return self._tried(model, params, caller, limit, since)
            except BodyMissing:
                if is_again or self.database.is_within:
                    raise
                is_again = True
            except NotYet as wait:
                if self.database.is_within:
                    raise
                if not self.database.may_wait:
                    raise Busy from wait
                since = clock.wait(self.database, wait.due, since)

    def _tried(
        self, model: models.Operation, params: Document, caller: Caller, limit: int | None, since: float | None
    ) -> Document:
        is_outer, writes = not self.database.is_within, not model.name.startswith(READS)
        try:
            with self.database.transaction(writes):
                answer = self._carried_out(model, params, caller, limit, since, is_outer)
                is_heard = is_outer and history.is_heard(self, model)
                if is_heard and writes:
                    history.record(self, model, params, caller, answer)
        except WriteNeeded:
            if self.database.is_within:
                raise
            with self.database.transaction(write=True, scratch=True):
                answer = self._carried_out(model, params, caller, limit, since, is_outer)
                is_heard = is_outer and history.is_heard(self, model)
        if is_heard and not writes:
            history.record(self, model, params, caller, answer)
        return answer

    def _carried_out(
        self,
        model: models.Operation,
        params: Document,
        caller: Caller,
        limit: int | None,
        since: float | None,
        is_outer: bool,
    ) -> Document:
        """What a call by another call does is allowed with that one, but for what it asks in the caller's own name."""
        page, served = Page(model, params, limit), model.served
        call = Call(self, served, params, caller, page)
        call.since = call.now if since is None else since
        self.run_due(call.now)
        self._see_born(call)
        must_allow = is_outer or caller.is_forwarded
        if must_allow and (caller.is_bound or enforcement.is_enforced(self.database)):
            from fakeaws.policies.authorisation import authorise

            authorise(call)
        _refuse_unheeded(call)
        document = page.finish(handler_of(served)(call))
        if params.get("DryRun"):
            raise AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", status=412)
        return lay(model.output, document, self.strict and served is model)

    def _see_born(self, call: Call) -> None:
        """The first call to a service in a region gives it what a new account has there."""
        birth = call.operation.service.birth
        name = f"born {call.service} {call.account} {call.region}"
        if birth is not None and self.database.note(name) is None:
            self.database.keep_note(name, {"at": call.now})
            _function(birth)(call)

    def run_due(self, now: float) -> None:
        """Run the scheduled events that are due by `now`, in their order, each at its own time."""
        while (event := self.database.next_due(now)) is not None:
            number, due, document = event
            self.database.done(number)
            self._run_event(due, document)

    def _run_event(self, due: float, event: Document) -> None:
        service = models.service(event["service"])
        caller = root(event["account"], event["region"])
        operation = service.operation(service.operation_names[0])
        before, self.moment = self.moment, due
        try:
            _function(event)(Call(self, operation, event["payload"], caller, Page(operation, {})))
        finally:
            self.moment = before

    def table(self, kind: Kind) -> Table:
        """The table that keeps the resources of a type."""
        found = self._tables.get(kind.table)
        if found is None:
            found = self._tables[kind.table] = self.database.table(kind.table, kind.index, kind.tags, kind.sealed)
        return found

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


def handler_of(operation: models.Operation) -> Handler:
    """The function in services/, else what the shape declares, else a refusal that names the operation."""
    place = operation.service.handler(operation.name)
    if place is not None:
        return _function(place)
    if operation.service.binding(operation.name) is not None:
        return Call.declared
    return not_implemented


def _function(place: Document) -> Handler:
    """The function at a place: `{"module": "fakeaws.services.sqs", "function": "send_message"}`."""
    found: Handler = getattr(importlib.import_module(place["module"]), place["function"])
    return found


def _wire_code(operation: models.Operation, code: str) -> str:
    """The code that a client sees for an error raised by its shape's name: in some protocols they differ."""
    service = operation.service
    if service.protocol in ("json", "rest-json") and "awsQueryCompatible" not in service.metadata:
        return code
    try:
        shape = service.shape(code)
    except KeyError:
        return code
    found: str = shape.get("error", {}).get("code", code)
    return found


def _refuse_unheeded(call: Call) -> None:
    """Nothing that was asked for is left out in silence."""
    unheeded = next((m for m in call.operation.raw.get("unheeded", ()) if call.get(m)), None)
    if unheeded is not None:
        from fakeaws.core.resources.selection import not_understood

        raise not_understood(call, unheeded)


def not_implemented(call: Call) -> Document:
    """The honest answer where nothing keeps or does what the operation asks for."""
    name = f"{call.service} {call.operation.name}"
    raise AwsError(
        "NotImplemented",
        f"fakeaws does not emulate {name} yet. `fakeaws cloud coverage {call.service}` lists what it does.",
        status=501,
    )
