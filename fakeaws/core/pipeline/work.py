"""Work: what happens after a call without anybody waiting for it.

`call.work(function, **payload)` stores a piece of work in the transaction of the call. A process leases it, has its
function run outside of any transaction, and deletes it. So each piece is done at least once: one whose process was
killed is done again by the next process, once its lease has ended, and no two processes do one piece at once. What
fails is put off, as often as its function's policy says; then it stays, with its error, for the user to look at
(`fakeaws cloud work`).
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from fakeaws.core.model import models
from fakeaws.core.pipeline import clock
from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.effects import Effects, Outside, completed
from fakeaws.core.pipeline.functions import function_at
from fakeaws.core.pipeline.paging import Page
from fakeaws.core.resources.caller import Caller, root
from fakeaws.core.store.failures import Damaged, DiskFull, Gone, OtherVersion, ReadOnly
from fakeaws.core.store.interface import Busy, Store, Work
from fakeaws.core.tools import machine
from fakeaws.core.tools.errors import AwsError, CloudError, NotYet
from fakeaws.core.tools.pace import pace

if TYPE_CHECKING:
    from fakeaws.core.pipeline.cloud import Cloud

Document = dict[str, Any]
Function = TypeVar("Function", bound=Callable[..., Any])
LEASE = 10.0
"""Seconds of the machine's time for which a piece is leased. Who works on it extends the lease three times as often."""
WAIT = 1.0
"""Seconds of the machine's time that an answer waits for the work that its call has left."""
NEVER = float("inf")
"""When a piece is due that nobody tries any more."""


STOPS = (Outside, NotYet, Busy, DiskFull, Damaged, OtherVersion, ReadOnly, Gone)
"""What ends a whole transaction, whichever event raises it: it is to be tried again, or the store fails."""


class Policy(NamedTuple):
    """How often a piece of work is tried, and how many seconds of AWS's time lie between; the last of them repeats."""

    attempts: int
    delays: tuple[float, ...]


ONCE = Policy(1, ())
USUAL = Policy(3, (60.0, 120.0))
"""Twice again after a failure, as AWS does with most that is asynchronous: after one minute, then two.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html"""


def retried(attempts: int, *delays: float) -> Callable[[Function], Function]:
    """The policy of a function that is used for work."""

    def marked(function: Function) -> Function:
        setattr(function, "policy", Policy(attempts, delays))  # noqa: B010 - a function has what it is given
        return function

    return marked


class Task:
    """A piece of work at hand. `task["Member"]` is what it was given. It runs outside of any transaction: each call
    that it makes is one of its own, and `inside` runs a function in one."""

    def __init__(self, cloud: Cloud, work: Work) -> None:
        self._cloud = cloud
        self._document = work.document
        self.attempt = work.attempts
        """1 for the first time that the piece is tried."""

    def __getitem__(self, member: str) -> Any:
        return self._document["payload"][member]

    def get(self, member: str, default: Any = None) -> Any:
        """What the piece was given under this name, or `default`."""
        return self._document["payload"].get(member, default)

    @property
    def account(self) -> str:
        """The account of the call that left the work: 12 digits."""
        return str(self._document["account"])

    @property
    def region(self) -> str:
        """The region of the call that left the work."""
        return str(self._document["region"])

    @property
    def now(self) -> float:
        """The cloud's time in epoch seconds, which goes on while the piece is worked on."""
        return clock.now(self._cloud.database)

    def perform(self, service: str, operation: str, params: Document, caller: Caller | None = None) -> Document:
        """Call a service, by default as the account's root user, in a transaction of its own."""
        return self._cloud.perform(service, operation, params, caller or root(self.account, self.region))

    def inside(self, function: Callable[[Call], Any], **params: Any) -> Any:
        """What a function answers that is run in one transaction, with `params` as the parameters of its call."""
        operation, effects = models.service(self._document["service"]).any_operation, Effects()
        caller, page = root(self.account, self.region), Page(operation, {})
        called = lambda: function(Call(self._cloud, operation, params, caller, page, effects))
        return completed(effects, self._cloud.database, called)


def run_due(cloud: Cloud) -> None:
    """Do the pieces that are due and that nobody else has leased, and those that they leave, until there are none."""
    owner = f"{os.getpid()}-{threading.get_ident()}-{machine.random_bytes(4).hex()}"
    while cloud.has_due_work() and (work := _leased(cloud, owner)) is not None:
        _do(cloud, work, owner)


def run_beside(cloud: Cloud) -> None:
    """As `run_due`, in a thread of its own. That and the others that work are waited for, for a second of the machine's
    time at most: they may have taken what the caller left. Where the store fails, the work is left."""

    def run() -> None:
        try:
            with suppress(CloudError):
                run_due(cloud)
        finally:
            cloud.workers.discard(threading.current_thread())

    if cloud.has_due_work():
        thread = threading.Thread(target=run, name="work", daemon=True)
        cloud.workers.add(thread)
        thread.start()
    end = time.monotonic() + WAIT
    for _ in ("those at work now", "those that came before the first of them had seen that nothing is left"):
        for worker in tuple(cloud.workers):
            worker.join(max(0.0, end - time.monotonic()))


def run_event(cloud: Cloud, due: float, event: Document, effects: Effects) -> None:
    """Run a scheduled event, in the transaction that runs all that are due. One that fails is undone and stays as a
    piece of work that failed, so that it stops neither the others nor the call that came when it was due."""
    store = cloud.database
    try:
        with store.transaction(write=True):
            cloud.run_event(due, event, effects)
    except STOPS:
        raise
    except Exception as problem:  # noqa: BLE001 - the edge of what is scheduled: nobody else would know of it
        document = {**event, "at": due}
        store.put_off_work(store.add_work(NEVER, document), None, NEVER, document, 1, _described(problem))


def run_all(cloud: Cloud) -> None:
    """As `run_due`, and then what is due later, when its time has come; a clock that stands still is not waited for."""
    store = cloud.database
    while True:
        run_due(cloud)
        due = store.next_work(machine.utc_now().timestamp())
        if due is None or due == NEVER or clock.is_frozen(store):
            return
        clock.wait(store, due, None)


def retry(cloud: Cloud, number: int) -> None:
    """Have a piece that failed be tried again; CloudError where it is none."""
    store = cloud.database
    with store.transaction(write=True):
        work = _failed(store, number)
        store.put_off_work(work.id, None, clock.now(store), work.document, 0, work.error)


def forget(cloud: Cloud, number: int) -> None:
    """Delete a piece that failed; CloudError where it is none."""
    store = cloud.database
    with store.transaction(write=True):
        store.finish_work(_failed(store, number).id, None)


def _failed(store: Store, number: int) -> Work:
    found = next((work for work in store.works() if work.id == number and work.due == NEVER), None)
    if found is None:
        raise CloudError(f"No piece of work {number} has failed. `fakeaws cloud work` lists them.")
    return found


def _leased(cloud: Cloud, owner: str) -> Work | None:
    store, at = cloud.database, machine.utc_now().timestamp()
    with store.transaction(write=True):
        return store.lease_work(clock.now(store), at, at + LEASE, owner)


def _do(cloud: Cloud, work: Work, owner: str) -> None:
    """Run a piece; it is deleted, or put off with its error."""
    policy = ONCE
    try:
        function = function_at(work.document)
        policy = getattr(function, "policy", USUAL)
        with _held(cloud.database, work, owner):
            _run(cloud, work, function)
    except (AwsError, CloudError) as problem:
        _put_off(cloud, work, owner, policy, _described(problem))
    except Exception as problem:  # noqa: BLE001 - the edge of work: nobody else would know of it
        _put_off(cloud, work, owner, ONCE, _described(problem))
    else:
        with cloud.database.transaction(write=True):
            cloud.database.finish_work(work.id, owner)


def _run(cloud: Cloud, work: Work, function: Callable[[Task], None]) -> None:
    """A piece that was a scheduled event has the time that it was scheduled for."""
    if "at" not in work.document:
        function(Task(cloud, work))
        return
    effects = Effects()
    completed(effects, cloud.database, partial(cloud.run_event, work.document["at"], work.document, effects))


def _described(problem: Exception) -> str:
    return str(problem) if isinstance(problem, AwsError | CloudError) else f"{type(problem).__name__}: {problem}"


def _put_off(cloud: Cloud, work: Work, owner: str, policy: Policy, error: str) -> None:
    store, due = cloud.database, NEVER
    with store.transaction(write=True):
        if work.attempts < policy.attempts:
            delay = policy.delays[min(work.attempts, len(policy.delays)) - 1] if policy.delays else 0.0
            due = clock.now(store) + delay * pace()
        store.put_off_work(work.id, owner, due, work.document, work.attempts, error)


@contextmanager
def _held(store: Store, work: Work, owner: str) -> Iterator[None]:
    """Extend the lease of a piece for as long as it is worked on."""
    is_over = threading.Event()

    def extend() -> None:
        while not is_over.wait(LEASE / 3):
            with suppress(CloudError), store.transaction(write=True):
                store.extend_work(work.id, owner, machine.utc_now().timestamp() + LEASE)

    thread = threading.Thread(target=extend, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
