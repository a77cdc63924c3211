"""The words that `shapes/SERVICE.toml` may use, as `shapes/README.md` explains them. What is not among them is refused
when a service is compiled, so that a misspelt key is an error and not a fact that nobody reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fakeaws.core.tools.errors import CloudError

Document = dict[str, Any]

SERVICE: dict[str, type] = {
    "codes": dict,
    "credentials": dict,
    "dry_run": list,
    "hidden": str,
    "judged": list,
    "missing": list,
    "pages": str,
    "provided": list,
    "scope": str,
    "served_by": str,
    "shown": list,
    "unsupported": dict,
    "validation": str,
    "worded": list,
}
"""The facts of a whole service, each with the type of its value."""
TYPE: dict[str, type] = {
    "also": list,
    "arn": str,
    "arn_member": str,
    "children": list,
    "defaults": dict,
    "errors": dict,
    "filters": dict,
    "holders": list,
    "id": str,
    "index": list,
    "inherits": dict,
    "keys": list,
    "make": str,
    "makes": dict,
    "names": list,
    "operations": dict,
    "origin": str,
    "refers": dict,
    "scope": str,
    "sealed": list,
    "sets": dict,
    "shape": str,
    "states": dict,
    "status": str,
    "tags": str,
    "unique": str,
    "views": dict,
    "within": dict,
}
"""The keys of a resource type, each with the type of its value."""
VERBS = {"create", "put", "link", "read", "list", "batch-read", "update", "turn", "delete", "batch-delete"} | {
    "tag",
    "untag",
    "list-tags",
}
"""What an operation may do with a resource."""
ERRORS = {"missing", "exists", "holds", "stale", "malformed"}
BINDING = {
    "asks",
    "flag",
    "guard",
    "item",
    "key",
    "list",
    "operation",
    "orders",
    "parents",
    "passes",
    "patch",
    "refers",
    "refuses",
    "status",
    "tags",
    "takes",
    "token",
    "verb",
    "views",
}
"""What may be said of an operation besides its name."""


def is_type(name: str) -> bool:
    """Whether a table of a shape is a resource type: AWS names them in upper case, as facts are not."""
    return name[:1].isupper()


def refuse_unknown(service: str, shape: Document, operations: Iterable[str]) -> None:
    """CloudError where `shapes/SERVICE.toml` has a word that says nothing, a value of another type, or an operation
    that is not among those of the model."""
    for problem in _problems(shape, frozenset(operations)):
        raise CloudError(f"shapes/{service}.toml: {problem}; shapes/README.md has the vocabulary.")


def _problems(shape: Document, operations: frozenset[str]) -> Iterator[str]:
    for key, value in shape.items():
        if is_type(key):
            yield from (f"[{key}] {problem}" for problem in _of_type(value, operations))
        else:
            yield from _mistyped(SERVICE, key, value)
    named = [*shape.get("unsupported", ()), *shape.get("missing", ())]
    yield from (f"the service has no operation {name}" for name in named if name not in operations)


def _mistyped(vocabulary: dict[str, type], key: str, value: Any) -> Iterator[str]:
    if key not in vocabulary:
        yield f"unknown key {key}"
    elif not isinstance(value, vocabulary[key]):
        yield f"{key} is no {vocabulary[key].__name__}"


def _of_type(declared: Document, operations: frozenset[str]) -> Iterator[str]:
    for key, value in declared.items():
        yield from _mistyped(TYPE, key, value)
    yield from (f"unknown error {key}" for key in declared.get("errors", {}) if key not in ERRORS)
    for verb, named in declared.get("operations", {}).items():
        if verb not in VERBS:
            yield f"unknown verb {verb}"
        for one in named if isinstance(named, list) else [named]:
            yield from _of_operation({"operation": one} if isinstance(one, str) else one, operations)


def _of_operation(said: Document, operations: frozenset[str]) -> Iterator[str]:
    yield from (f"unknown key {key} of an operation" for key in said if key not in BINDING)
    if said.get("operation") not in operations:
        yield f"the service has no operation {said.get('operation')}"
