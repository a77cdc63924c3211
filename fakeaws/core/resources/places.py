"""Where the resources of a type are: the store, the table, the account and region, and what they stand within."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeaws.core.resources import kinds
from fakeaws.core.store.interface import Store, Table
from fakeaws.core.store.tables import Resource

if TYPE_CHECKING:
    from fakeaws.core.resources.request import Request


def service_of(request: Request) -> str:
    """The service whose resources the request speaks of."""
    return request._service


def store_of(request: Request) -> Store:
    """The store that the request reads and writes."""
    return request._store


def table(request: Request, kind: kinds.Kind) -> Table:
    """The table that holds the resources of a type."""
    return store_of(request).table(kind.table, kind.index, kind.tags, kind.sealed)


def scope(request: Request, kind: kinds.Kind, within: Resource | str | None = None) -> tuple[str, str]:
    """The account and region in which resources of a type are stored: those of the resource that they stand within,
    else the caller's; AWS keeps some for all regions."""
    if isinstance(within, Resource):
        return within.scope
    return request.account, "" if kind.is_global else request.region


def path_of(within: Resource | str | None) -> str | None:
    """The parent that a table knows: of a resource its path; a plain string stands for a group that is no resource."""
    return within.path if isinstance(within, Resource) else within


def drawn(request: Request, count: int) -> bytes:
    """`count` bytes of the cloud's chance: the same ones in each run where it has a seed."""
    return request._draw(count)


def counted(request: Request, name: str) -> int:
    """1, 2, 3, …: never the same number twice for one name."""
    return store_of(request).next_number(name)
