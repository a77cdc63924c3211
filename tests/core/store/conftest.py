"""Every store: what is tested of one is tested of all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fakeaws.core.store.interface import Store
from fakeaws.core.store.memory.store import MemoryStore
from fakeaws.core.store.sqlite.database import Database

ENGINES = ("sqlite", "memory")


def new_store(engine: str, folder: Path) -> Store:
    """A new store with its key in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    path = str(folder / "cloud.db")
    return Database(path) if engine == "sqlite" else MemoryStore(path)


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    found = new_store(request.param, tmp_path / "store")
    yield found
    found.close()
