"""All declared types and all rules of all services, checked: `scripts/conformance [SERVICE …]`."""

from __future__ import annotations

import sys
import tomllib
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from fakeaws.core.model import models
from tests.conformance import checks, rules

EXCEPTIONS = Path(__file__).with_name("exceptions.toml")


def excepted() -> dict[str, dict[str, str]]:
    """Service → type → why it does not keep to something."""
    return tomllib.loads(EXCEPTIONS.read_text(encoding="utf-8"))


def failures(service: str) -> tuple[list[str], dict[str, str]]:
    """The declared types of a service, and what those that do not pass fail with."""
    names, found = list(checks.declared_types(service)), {}
    for name in names:
        fault = fault_of(service, name)
        if fault:
            found[name] = fault
    return names, found


def fault_of(service: str, name: str) -> str:
    """What a type does not keep to; "" if it passes."""
    try:
        checks.run(service, name)
    except (checks.Failed, checks.Unsampled) as fault:
        return str(fault) or "no value can be made up for its parameters"
    return ""


def main(arguments: list[str]) -> int:
    """Print what fails and is not excepted, what is excepted and passes, and the counts; the exit code."""
    services = arguments or list(models.services())
    known, total, listed, wrong, tried = excepted(), 0, 0, 0, 0
    with ProcessPoolExecutor() as workers:
        for service, (names, found) in zip(services, workers.map(failures, services), strict=True):
            total += len(names)
            listed += len(known.get(service, {}))
            for name in names:
                if (name in found) != (name in known.get(service, {})):
                    wrong += 1
                    print(f"{service} {name}: {found.get(name, 'is excepted, and passes')}")
        for service, (count, broken) in zip(services, workers.map(rules.broken, services), strict=True):
            tried += count
            wrong += len(broken)
            for _, operation, what, member, fault in broken:
                print(f"{service} {operation}: {what} of {member} {fault}")
    share = 100 * listed / max(1, total)
    print(f"{total} types of {len(services)} services, {listed} excepted ({share:.1f} %); {tried} violations tried")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
