"""States that pass with time, computed when looked at.

A resource on its way keeps its own member `passing`: a list of [when, state], the last of which stays; a state of None
means that the resource is gone from then on.
"""

from __future__ import annotations

from typing import Any

from fakeaws.core.resources.kinds import Kind
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.pace import pace

Document = dict[str, Any]
USUAL_SECONDS = 30.0


def begin(kind: Kind, document: Document, verb: str, now: float) -> None:
    """Put the document into the first state after `verb` and plan the others, at the cloud's pace."""
    states = [(s[0], float(s[1])) if isinstance(s, list) else (s, USUAL_SECONDS) for s in kind.states.get(verb, [])]
    if not states:
        return
    put(document, kind.status, states[0][0])
    passing: list[list[Any]] = []
    due = now
    for (_, seconds), (following, _) in zip(states, [*states[1:], (None, 0)], strict=True):
        due += seconds * pace()
        if following is not None or verb == "delete":
            passing.append([due, following])
    document["passing"] = passing


def settled(kind: Kind, resource: Resource, now: float) -> Resource | None:
    """The resource in the state that it has by `now`; None when it is gone."""
    passing = resource.get("passing")
    if not passing:
        return resource
    while isinstance(passing, list) and passing and _is_due(passing[0], now):
        _, state = passing.pop(0)
        if state is None:
            return None
        put(resource, kind.status, state)
    return resource


def _is_due(step: Any, now: float) -> bool:
    """Whether a state has come; one that is none, which nothing here has written, never comes."""
    match step:
        case [int() | float() as due, _]:
            return due <= now
    return False


def put(document: Document, path: str, value: Any) -> None:
    """Set the member at a dotted path."""
    *steps, last = path.split(".")
    for step in steps:
        if not isinstance(document.get(step), dict):
            document[step] = {}
        document = document[step]
    document[last] = value
