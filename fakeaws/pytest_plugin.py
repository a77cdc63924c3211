"""Fixtures for tests of programs that use boto3: `fakeaws_cloud`, a new cloud, and `fakeaws_session` on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import boto3

    from fakeaws.core.pipeline.cloud import Cloud


@pytest.fixture
def fakeaws_cloud() -> Iterator[Cloud]:
    """A cloud in memory, which every client that the test's code makes calls."""
    from fakeaws import sdk

    with sdk.patched() as cloud:
        yield cloud


@pytest.fixture
def fakeaws_session(fakeaws_cloud: Cloud) -> boto3.Session:
    """A boto3 Session on `fakeaws_cloud`."""
    from fakeaws import sdk

    return sdk.session(fakeaws_cloud)
