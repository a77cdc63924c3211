"""No service is named outside of its own files: what differs by service is data, or a module found by its name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakeaws.core.model import models

PACKAGE = Path(__file__).resolve().parents[2] / "fakeaws"
OWN_FILES = {"cli": ("commands", "customizations")}
"""Folders of a part in which a file is about a service."""

PROTOCOL = "the protocol, not the service"
REASONS = {
    "cli/output/wire_times.py": {"ec2": PROTOCOL},
    "cli/profile/roles.py": {"sts": "the client itself assumes a profile's role, for whatever service is called"},
    "cli/profile/settings.py": {"sso": "the method of credentials that `configure list` shows"},
    "cli/profile/sso_session.py": {
        "sso": "the client itself fetches the keys of a profile that signs in; its folder and scope are of that name"
    },
    "core/pipeline/callers.py": {
        "ec2": PROTOCOL,
        "iam": "the table of the keys that every call looks its caller up by",
    },
    "core/pipeline/layout.py": {"ec2": PROTOCOL},
    "core/pipeline/paging.py": {"ec2": PROTOCOL},
    "core/pipeline/validation.py": {"ec2": PROTOCOL},
    "core/resources/naming.py": {"ec2": PROTOCOL},
    "core/resources/selection.py": {"ec2": PROTOCOL},
    "wire/messages/traits.py": {"ec2": PROTOCOL},
    "wire/messages/xml_values.py": {"ec2": PROTOCOL},
    "wire/protocols/__init__.py": {"ec2": PROTOCOL},
    "wire/protocols/query.py": {"ec2": PROTOCOL},
    "wire/requests/authentication.py": {"ec2": PROTOCOL},
    "wire/requests/routing.py": {"ec2": PROTOCOL},
}
"""Why a file may name a service all the same."""

WORDS = {"account", "config", "connect", "es", "events", "health", "location", "support"}
"""Names of services that are as often words: as a constant of their own they name a section, a key, an ending."""


def _constants(path: Path) -> Iterator[tuple[int, str]]:
    """Each string constant of a module with its line; docstrings, wherever they stand, are none."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value


def _named(text: str) -> set[str]:
    """The services that a constant names: as its whole, before a `:`, `.` or `/`, or in a list of names."""
    services = set(models.services()) - WORDS
    words = text.split()
    if len(words) > 1:
        found = services.intersection(words)
        is_list = all(re.fullmatch(r"[a-z0-9-]+", word) for word in words) and len(found) > len(words) / 2
        return found if is_list else set()
    return services.intersection((text, re.split(r"[:./]", text)[0]))


@pytest.mark.parametrize("part", ["cli", "core", "wire"])
def test_no_service_is_named(part: str) -> None:
    for path in sorted((PACKAGE / part).rglob("*.py")):
        place = path.relative_to(PACKAGE)
        if place.parts[1] not in OWN_FILES.get(part, ()):
            for line, text in _constants(path):
                named = _named(text) - set(REASONS.get(place.as_posix(), ()))
                assert not named, f"{path}:{line}: {text!r} names {', '.join(sorted(named))}"


@pytest.mark.parametrize("place", REASONS)
def test_a_reason_is_needed(place: str) -> None:
    named = {name for _, text in _constants(PACKAGE / place) for name in _named(text)}
    assert named == set(REASONS[place])


@pytest.mark.parametrize("text", ["s3", "sso:account", "s3.amazonaws.com", "iam route53 sts", "ce sts nonesuch"])
def test_names_are_found(text: str) -> None:
    assert _named(text)


@pytest.mark.parametrize("text", ["The config profile (", "config", "[Errno 2]", "support for batch"])
def test_prose_names_none(text: str) -> None:
    assert not _named(text)
