"""What a store offers, whatever its engine is: resources in tables, and the few lists of the cloud's own.

Documents are what JSON can say, with bytes and, in resources, streams. Times are epoch seconds: of the cloud's clock,
but for leases, which end by the machine's. Every method raises a CloudError of store/failures.py where the store
fails, and nothing else that its engine knows. What changes anything raises WriteNeeded outside of a writing
transaction; what reads may be called anywhere, and outside of a transaction sees what was committed before.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from fakeaws.core.store.tables import Position, Resource, Scope

Document = dict[str, Any]
Due = tuple[int, float, Document]
"""(number, time, document) of a scheduled event."""
Row = tuple[Any, ...]
"""Texts, numbers, bytes and None, in the order of a table's columns (store/content.py)."""
NO_SEALS: frozenset[str] = frozenset()


class WriteNeeded(Exception):
    """A call that was expected only to read wants to write: it is to be run again in a writing transaction."""


class Busy(Exception):
    """A call that must not wait would have to: nothing of it was done, and it is to be run where it may wait."""


class Work(NamedTuple):
    """A piece of work: what happens after a call without anybody waiting for it."""

    id: int
    due: float
    document: Document
    attempts: int
    error: str | None


class Recorded(NamedTuple):
    """A recorded call."""

    number: int
    at: float
    document: Document
    account: str
    region: str


class Body(NamedTuple):
    """The row of a body: its size in bytes, and its content where it is small, None where a file has it."""

    size: int
    content: bytes | None


class Table(ABC):
    """The resources of one type, in the order of (account, region, parent, key). Rows are read as they are used; what
    is written while they are read may or may not be among them."""

    @abstractmethod
    def find(self, scope: Scope, key: str, parent: str | None = None) -> Resource | None:
        """The resource with this key; `parent` None finds it under any parent."""

    @abstractmethod
    def several(self, scope: Scope, keys: list[str]) -> dict[str, Resource]:
        """The resources that have one of these keys, by key."""

    @abstractmethod
    def anywhere(self, key: str) -> Resource | None:
        """The resource with this key in whatever account and region it is: for keys that are unique in the world."""

    @abstractmethod
    def everywhere(self) -> Iterator[Resource]:
        """All resources of the type in all accounts and regions."""

    @abstractmethod
    def list(
        self, scope: Scope, parent: str | None = None, after: Position | None = None, prefix: str = ""
    ) -> Iterator[Resource]:
        """In the order of (parent, key): all of a scope or of one parent, after a position, with a key prefix."""

    @abstractmethod
    def having(
        self, scope: Scope, name: str, values: Iterable[str], after: Position | None = None
    ) -> Iterator[Resource]:
        """Those that have one of `values` at the indexed path `name`, or as the tag `tag:KEY`, each once, in the order
        of (parent, key), after a position."""

    @abstractmethod
    def span(
        self,
        scope: Scope,
        parent: str,
        first: str,
        last: str,
        after: str | None = None,
        backward: bool = False,
        wanted: Callable[[str], bool] | None = None,
    ) -> Iterator[Resource]:
        """Those of one parent whose key is from `first` to `last`, in the order of the keys or against it, after the
        key `after`. Of rows whose key is not `wanted` nothing else is read."""

    @abstractmethod
    def between(
        self,
        scope: Scope,
        name: str,
        first: str,
        last: str,
        after: tuple[str, str, str] | None = None,
        backward: bool = False,
    ) -> Iterator[Resource]:
        """Those whose value at the indexed path `name` is from `first` to `last`, in the order of the values or against
        it, after a position: (value, parent, key)."""

    @abstractmethod
    def count(self, scope: Scope) -> int:
        """How many resources of the type a scope has."""

    @abstractmethod
    def keep(self, scope: Scope, parent: str, key: str, document: Document) -> Resource:
        """Store the document, in place of what has this parent and key; TypeError where it is not one."""

    @abstractmethod
    def drop(self, resource: Resource) -> None:
        """Delete the resource, if it is stored; what stands within it is not touched."""


class Store(ABC):
    """Everything that one cloud keeps. One object serves all threads of a process, one transaction at a time."""

    path: str | None
    """The file of the store, whose folder has the key of its secrets too; None where the process alone has both."""
    is_read_only: bool
    """Whether what is written is lost: the folder cannot be written to."""
    is_closing: bool
    """Whether calls that wait should come to an end."""
    memo: dict[Any, Any]
    """What was worked out from tables, each with the `version_of` them that it holds for."""
    key: tuple[Any, bytes]
    """The key that secrets are sealed with, and the stamp of the file that it was read from (store/key.py)."""

    # Transactions

    @abstractmethod
    def transaction(self, write: bool, scratch: bool = False) -> AbstractContextManager[None]:
        """All of what is done inside, or nothing. Writers queue; a reader sees the cloud as it was when it began. One
        inside another is a part of it: refused, it leaves nothing, whatever the outer one goes on to do.

        `scratch`: in a folder that cannot be written to, what is written may be lost; else that is ReadOnly. Raises
        WriteNeeded from inside a reading transaction when something is to be stored, Busy as `at_once` says.
        """

    @abstractmethod
    def at_once(self) -> AbstractContextManager[None]:
        """Have nothing that this thread does inside wait for others: Busy instead, at the beginning where other threads
        are in a transaction, and at that of a transaction where other processes are."""

    @property
    @abstractmethod
    def may_wait(self) -> bool:
        """Whether this thread can be kept waiting."""

    @property
    @abstractmethod
    def is_within(self) -> bool:
        """Whether this thread is in a transaction."""

    @abstractmethod
    def version(self) -> tuple[int, int]:
        """What differs after anything was written, by this process or another one."""

    @abstractmethod
    def version_of(self, *tables: str) -> tuple[int, ...]:
        """What differs after one of the tables was changed by this process, or anything by another one."""

    # Resources

    @abstractmethod
    def table(self, name: str, index: Iterable[str] = (), tagged: str = "", sealed: frozenset[str] = NO_SEALS) -> Table:
        """The resources of one type, such as `ec2.Instance`. `index` names the paths whose values can be looked up, and
        `tagged` where the tags are: those can be looked up as `tag:KEY`. Members called as in `sealed` are encrypted
        where they are stored, at whatever depth they are."""

    @abstractmethod
    def tables(self) -> list[str]:
        """The types that resources were ever stored of, sorted by name."""

    @abstractmethod
    def has_table(self, name: str) -> bool:
        """Whether resources of a type were ever stored."""

    @abstractmethod
    def counts(self) -> dict[str, int]:
        """How many resources of each type are stored, in all accounts and regions."""

    # Numbers, notes and the schedule

    @abstractmethod
    def next_number(self, name: str) -> int:
        """1, 2, 3, …: never the same number twice for one name, but for those of transactions that were rolled back."""

    @abstractmethod
    def note(self, name: str) -> Document | None:
        """A small document of the cloud's own, such as its clock. Within a transaction it is the same object each time:
        it is changed by `keep_note` alone."""

    @abstractmethod
    def keep_note(self, name: str, document: Document) -> None:
        """Store a note, in place of the one of that name."""

    @abstractmethod
    def drop_note(self, name: str) -> None:
        """Delete a note, if it is stored."""

    @abstractmethod
    def schedule(self, due: float, document: Document) -> None:
        """Have `document` handed out by `next_due` once the clock has reached `due`."""

    @abstractmethod
    def next_due(self, now: float) -> Due | None:
        """The earliest event that is scheduled for `now` or before, the first of those of one time; None for none."""

    @abstractmethod
    def done(self, event: int) -> None:
        """Delete an event, by its number."""

    # Work

    @abstractmethod
    def add_work(self, due: float, document: Document) -> int:
        """Add a piece of work for when the clock has reached `due`; its id, which no other piece will have."""

    @abstractmethod
    def lease_work(self, now: float, at: float, until: float, owner: str) -> Work | None:
        """The earliest piece that is due by `now` and that nobody has leased at `at`, leased by `owner` until `until`
        (both the machine's time); None for none. It counts as an attempt, which the answer's `attempts` has."""

    @abstractmethod
    def extend_work(self, id: int, owner: str, until: float) -> bool:
        """Lease a piece for longer; False where the lease is lost: another owner took it, or finished it."""

    @abstractmethod
    def finish_work(self, id: int, owner: str | None) -> bool:
        """Delete a piece that was done; False where the lease is lost. `owner` None: one that nobody leases."""

    @abstractmethod
    def put_off_work(
        self, id: int, owner: str | None, due: float, document: Document, attempts: int, error: str | None
    ) -> bool:
        """Give a piece back, to be done at `due`, with what is now to be known of it; False where the lease is lost."""

    @abstractmethod
    def next_work(self, at: float) -> float | None:
        """When the earliest piece that nobody has leased at `at` is due; None for none."""

    @abstractmethod
    def works(self) -> list[Work]:
        """All pieces, in the order of (due, id)."""

    # The history of calls

    @abstractmethod
    def record(self, at: float, account: str, region: str, document: Document) -> int:
        """Add a call to the history, within the transaction that carried it out or in one of its own: its number, 0
        where another process was writing for too long or the disk is full; what was done is done, and nobody waits for
        its record. Calls of more than 90 days ago are forgotten in time."""

    @abstractmethod
    def recorded(
        self, account: str, region: str | None = None, since: float = 0.0, until: float = 1e18, after: int = 0
    ) -> Iterator[Recorded]:
        """The calls of an account, in one region or all, the newest first; `after` leaves out those up to a number."""

    @abstractmethod
    def refused(self, number: int | None = None) -> Iterator[Recorded]:
        """The calls of all accounts that were refused (with an `errorCode`), the newest first, or the call of that
        number, refused or not."""

    @abstractmethod
    def last_use(self, account: str, access_key: str) -> Recorded | None:
        """The latest call of an account with an access key."""

    # The rows of bodies

    @abstractmethod
    def body(self, key: str) -> Body | None:
        """The row of a body."""

    @abstractmethod
    def use_body(self, key: str, size: int, content: bytes | None) -> None:
        """Count a use of a body, whose row is made with its first one."""

    @abstractmethod
    def share_body(self, key: str) -> None:
        """Count one more use of a body that has a row."""

    @abstractmethod
    def release_body(self, key: str) -> Body | None:
        """Count one use less; the row, where that was the last use and it is deleted."""

    # The whole store

    @abstractmethod
    def content(self) -> Iterator[tuple[str, Row]]:
        """Every row of every table, by its table's name: what another store becomes a copy of this one from."""

    @abstractmethod
    def copy_to(self, path: str) -> None:
        """A consistent copy in a new file that only its owner reads, also while others write; and the key that its
        secrets are sealed with, beside it."""

    @abstractmethod
    def become(self, other: Store) -> None:
        """Take over the whole content of another store, in one step, and the key of its secrets."""

    @abstractmethod
    def clear(self) -> None:
        """Empty the cloud: every resource, note, event, call and piece of work goes."""

    @abstractmethod
    def check(self) -> None:
        """Raises Damaged unless the whole store can be read."""

    @abstractmethod
    def close(self) -> None:
        """Nobody uses the store any more; what it holds in memory alone is gone."""
