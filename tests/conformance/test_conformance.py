"""A sample of what `scripts/conformance` checks on everything."""

from __future__ import annotations

import zlib

import pytest

from fakeaws.core.model import models
from tests.conformance import checks, report, rules

EVERY = 12
"""One service in so many has its types checked here, and its rules."""
SAMPLE = [name for name in models.services() if zlib.crc32(name.encode()) % EVERY == 0]


@pytest.mark.parametrize("service", SAMPLE)
def test_declared_types_keep_to_what_all_do(service):
    _, found = report.failures(service)
    assert set(found) == set(report.excepted().get(service, {})), found


@pytest.mark.parametrize("service", SAMPLE)
def test_every_broken_rule_is_refused_and_named(service):
    count, broken = rules.broken(service)
    assert count
    assert broken == []


def test_few_types_are_excepted():
    total = sum(len(list(checks.declared_types(service))) for service in SAMPLE)
    assert total > 0
    assert sum(map(len, report.excepted().values())) < 100


@pytest.mark.full
def test_all_types_and_rules_of_all_services():
    assert report.main([]) == 0
