"""How true each operation is: a function emulates it, a shape declares it, or it is missing. Counted from the code."""

from __future__ import annotations

from fakeaws.core.model import models

LEVELS = ("emulated", "declared", "missing")


def coverage(service: str | None = None) -> dict[str, dict[str, str]]:
    """Service → operation → one of LEVELS; all services, or the one named (KeyError if there is none)."""
    names = models.services() if service is None else (models.service(service).name,)
    return {name: _levels(models.service(name)) for name in names}


def _levels(service: models.Service) -> dict[str, str]:
    by = service.facts.get("served_by")
    if by:
        serving = _levels(models.service(by))
        return {name: serving[name] for name in service.operation_names}
    emulated, declared = set(service.handler_names), set(service.binding_names)
    return {
        name: "emulated" if name in emulated else "declared" if name in declared else "missing"
        for name in service.operation_names
    }


def counts(levels: dict[str, str]) -> dict[str, int]:
    """How many operations are at each level."""
    found = list(levels.values())
    return {level: found.count(level) for level in LEVELS}
