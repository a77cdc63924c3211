"""JSON Patch (RFC 6902): changes to a JSON document, refused in the words of the library that AWS reads them with
(`[REPLACE Operation] noSuchPath in source, path provided : //Tags`, cloudformation-coverage-roadmap issue 2236)."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

Document = dict[str, Any]
NEEDS = {
    "add": ("path", "value"),
    "replace": ("path", "value"),
    "test": ("path", "value"),
    "remove": ("path",),
    "move": ("from", "path"),
    "copy": ("from", "path"),
}


class Unpatchable(ValueError):
    """A patch that is none, or does not fit the document; the text says why."""


def patched(document: Any, patch: Any) -> Any:
    """The document after all operations of the patch; the one given stays as it is."""
    if not isinstance(patch, list):
        raise Unpatchable("Invalid JSON Patch payload (not an array)")
    changed = deepcopy(document)
    for operation in patch:
        changed = _applied(changed, _checked(operation))
    return changed


def _checked(operation: Any) -> Document:
    if not isinstance(operation, dict):
        raise Unpatchable("Invalid JSON Patch payload (not an object)")
    name = operation.get("op")
    if not isinstance(name, str) or name not in NEEDS:
        raise Unpatchable(f"Unknown JSON Patch operation: {name}")
    for field in NEEDS[name]:
        if field not in operation or (field != "value" and not isinstance(operation[field], str)):
            raise Unpatchable(f"Invalid JSON Patch payload (missing '{field}' field)")
    return operation


def _applied(document: Any, operation: Document) -> Any:
    name, path = operation["op"], operation["path"]
    if path and not path.startswith("/"):
        raise _no_path(name, path)
    if name in ("move", "copy"):
        value = deepcopy(_at(document, operation["from"], name))
        if name == "move":
            if path.startswith(operation["from"] + "/"):
                raise _no_path(name, path)
            document = _changed(document, operation["from"], name, None, remove=True)
        return _changed(document, path, name, value)
    if name == "test":
        if _at(document, path, name) != operation["value"]:
            raise Unpatchable(f"[TEST Operation] value differs from expectations at {path}")
        return document
    if name == "replace":
        _at(document, path, name)
    return _changed(document, path, name, operation.get("value"), remove=name == "remove")


def steps(path: str) -> list[str]:
    """The steps of a JSON Pointer (RFC 6901)."""
    return [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]


def _at(document: Any, path: str, name: str) -> Any:
    if path and not path.startswith("/"):
        raise _no_path(name, path)
    for step in steps(path):
        if isinstance(document, list) and step.isdecimal() and int(step) < len(document):
            document = document[int(step)]
        elif isinstance(document, dict) and step in document:
            document = document[step]
        else:
            raise _no_path(name, path)
    return document


def _changed(document: Any, path: str, name: str, value: Any, remove: bool = False) -> Any:
    """The document with something else, or nothing, at a path."""
    if not path:
        return None if remove else value
    above, _, _ = path.rpartition("/")
    place, last = _at(document, above, name), steps(path)[-1]
    if isinstance(place, dict) and remove:
        if last not in place:
            raise _no_path(name, path)
        del place[last]
    elif isinstance(place, dict):
        place[last] = value
    elif isinstance(place, list):
        _change_list(place, last, name, path, value, remove)
    else:
        raise _no_path(name, path)
    return document


def _change_list(place: list[Any], step: str, name: str, path: str, value: Any, remove: bool) -> None:
    at = len(place) if step == "-" and name != "remove" else int(step) if step.isdecimal() else -1
    if not 0 <= at <= len(place) - (1 if remove or name == "replace" else 0):
        raise _no_path(name, path)
    if remove:
        del place[at]
    else:
        place[at : at + (1 if name == "replace" else 0)] = [value]


def _no_path(name: str, path: str) -> Unpatchable:
    return Unpatchable(f"[{name.upper()} Operation] noSuchPath in source, path provided : /{path}")


def loads(text: str) -> Any:
    """A JSON text; Unpatchable where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unpatchable("Invalid JSON") from error
