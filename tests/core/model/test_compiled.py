"""The compiled cache may be deleted at any time, and by anybody."""

import sqlite3

import pytest

from fakeaws.core.model import compiled
from fakeaws.core.store.parts import PartsFile


def test_a_file_that_goes_before_it_is_opened_is_no_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(path: str) -> PartsFile:
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr(PartsFile, "at", gone)
    assert compiled.open_service("sts").read("operation", "GetCallerIdentity") is not None
