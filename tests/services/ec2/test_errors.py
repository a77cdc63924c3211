"""Every documented refusal, by the command that causes it: one world, in which none of them changes anything."""

from __future__ import annotations

import re

import pytest

from tests.services.ec2.error_table import BY_ID, CODES, COMMANDS, LONG
from tests.services.ec2.network_error_table import COMMANDS as NETWORK
from tests.services.ec2.world import World, made


def _by_id() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for line in BY_ID.strip().splitlines():
        missing, malformed = CODES[line.rpartition(" ")[2]]
        found += [(f"{line}-{LONG}", missing), (f"{line}-12", malformed)]
    return found


CASES = _by_id() + COMMANDS + NETWORK


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return made(tmp_path_factory.mktemp("world") / "cloud")


def _name(case: tuple[str, ...]) -> str:
    return re.sub(r"[^a-z0-9]+", "-", f"{case[1]} {case[0]}".lower())[:90]


@pytest.mark.parametrize(
    ("number", "case"), list(enumerate(CASES)), ids=[f"{n}-{_name(case)}" for n, case in enumerate(CASES)]
)
def test_what_ec2_refuses(world: World, number: int, case: tuple[str, ...]) -> None:
    """Every other command goes to the other terminal."""
    command, code, *text = (part.format(**world.ids) for part in case)
    world.terminals[number % 2].refused(f"ec2 {command}", code, *text)


def test_there_are_as_many_as_there_should_be() -> None:
    assert len(CASES) >= 430
    assert len({case[1] for case in CASES}) >= 170
