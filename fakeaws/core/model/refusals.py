"""Which of a model's errors a resource type refuses with: what is missing, there already, or in use.

Part of inference (`core/model/inference.py`); used when a model is compiled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeaws.core.model import words
from fakeaws.core.model.nouns import Type

if TYPE_CHECKING:
    from fakeaws.core.model.inference import Operation

Document = dict[str, Any]
MISSING = ("notfound", "nosuch", "doesnotexist", "notexist", "unknown", "nonexist", "invalidid", "invalidarn")
EXISTS = ("alreadyexist", "exists", "duplicate", "alreadyin", "conflict", "inuse", "nameinuse", "notunique")
STALE = ("preconditionfailed", "optimisticlock")
HOLDS = ("inuse", "notempty", "hasdependent", "dependency", "haschildren", "contains", "stillin")
_ANYTHING = ("resource", "entity", "item", "object", *MISSING, *EXISTS, "dependency", "conflict")
"""How errors begin that may be of anything: one of AWS KMS, which many services declare, is only of its keys."""
UNMET = "The request failed because it didn't meet the preconditions in one or more request-header fields."


def of_type(kind: Type, usual: str) -> Document:
    """The errors of a type: missing, exists, stale and holds, each with its text; `usual` is for missing."""
    found: Document = {}
    readers = [op for verb in ("read", "delete", "update", "turn", "list") for op in kind.operations.get(verb, ())]
    makers = [op for verb in ("create", "put", "link") for op in kind.operations.get(verb, ())]
    missing = _error(kind, readers, MISSING) or usual
    if missing:
        found["missing"] = _refusal(kind, missing, "{noun} not found: {id}")
    exists = _error(kind, makers, EXISTS)
    if exists:
        found["exists"] = _refusal(kind, exists, "{noun} already exists: {id}")
    stale = _error(kind, [op for verb in ("update", "delete") for op in kind.operations.get(verb, ())], STALE)
    if stale:
        found["stale"] = _refusal(kind, stale, UNMET)
    holds = _error(kind, kind.operations.get("delete", []), HOLDS)
    if holds:
        found["holds"] = _refusal(kind, holds, "{noun} is in use: {id}")
    return found


def _error(kind: Type, ops: list[Operation], parts: tuple[str, ...]) -> str:
    """The error that these operations declare for something, one that names the type before one that does not."""
    names = list(dict.fromkeys(error for op in ops for error in op.errors))
    fits = [name for name in names if any(part in name.lower() for part in parts)]
    if len(fits) < 2:
        return next(iter(fits), "")
    others = [other.name for other in kind.service.types.values() if len(other.name) > 3]

    def rank(name: str) -> tuple[bool, bool, bool, int]:
        of_type = kind.name.lower() in name.lower() or any(s in name.lower() for s in words.stems(kind.name)[:-1])
        of_other = not of_type and any(other.lower() in name.lower() for other in others)
        order = next(i for i, part in enumerate(parts) if part in name.lower())
        of_something = not of_type and not name.lower().startswith(_ANYTHING)
        return not of_type, of_other, of_something, order

    return min(fits, key=rank, default="")


def _refusal(kind: Type, error: str, text: str) -> list[Any]:
    shape = kind.service.shapes[error]
    noun = " ".join(word if word.isupper() else word.lower() for word in words.words(kind.name))
    code = shape.get("error", {}).get("code") or error
    fields: Document = {}
    for member in shape.get("required", ()):
        lower = member.lower()
        if lower == "resourcetype":
            fields[member] = kind.name
        elif lower == "resourceid":
            fields[member] = "{id}"
    return [code, text.replace("{noun}", noun[:1].upper() + noun[1:]), *([fields] if fields else [])]


def mentions(error: str, parts: tuple[str, ...]) -> bool:
    return any(part in error.lower() for part in parts)
