"""Pages: botocore's paginators say which members hold tokens, limits and results; no handler repeats it.

A token is base64 of where the page begins: after a key of a table, or at an offset into a list that has to be computed
whole.
"""

from __future__ import annotations

import binascii
import json
from collections.abc import Iterator
from typing import Any

from fakeaws.core.model.models import Operation
from fakeaws.core.pipeline.validation import unmet
from fakeaws.core.store.tables import Position, Resource
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]
LARGEST = 1000
"""How many items a page has at most where nobody says less; AWS's usual figure."""


class Page:
    """The page that a call asks for, and what is known of the next one."""

    def __init__(self, operation: Operation, params: Document, limit: int | None = None) -> None:
        paginator = operation.pages or {}
        self.operation = operation
        self.inputs = _listed(paginator.get("input_token"))
        self.outputs = _listed(paginator.get("output_token"))
        self.results = _listed(paginator.get("result_key"))
        self.more = paginator.get("more_results")
        asked = limit_of(operation, paginator.get("limit_key", ""), params)
        self.limit = min(asked, LARGEST) if asked else LARGEST
        if limit is not None and not asked:
            self.limit = max(1, min(limit, self.limit))
        self._start = self._decoded(params.get(self.inputs[0])) if self.inputs else {}
        self._next: Document | None = None
        self._taken = False

    @property
    def is_paged(self) -> bool:
        return bool(self.inputs and self.results)

    def after(self) -> Position | None:
        """The place in its table after which the page begins, if the token says so."""
        if "after" not in self._start:
            return None
        parent, key = self._start["after"]
        return parent, key

    def take(self, resources: Iterator[Resource]) -> list[Resource]:
        """As many of `resources` as the page holds."""
        self._taken = True
        taken: list[Resource] = []
        for resource in resources:
            if len(taken) == self.limit and self.is_paged:
                self._next = {"after": [taken[-1].parent, taken[-1].key]}
                break
            taken.append(resource)
        return taken

    def finish(self, document: Document) -> Document:
        """The answer with its results cut to the page, if no handler did, and with its next token."""
        if not self.is_paged:
            return document
        if not self._taken:
            self._cut(document)
        if self._next is not None:
            _put(document, self.outputs[0], encode(self.operation, self._next))
        if self.more:
            _put(document, self.more, self._next is not None)
        return document

    def _cut(self, document: Document) -> None:
        name = self.results[0]
        whole = document.get(name)
        if not isinstance(whole, list) or "." in self.outputs[0]:
            return
        start = self._start.get("offset", 0)
        if start or len(whole) > self.limit:
            document[name] = whole[start : start + self.limit]
            if start + self.limit < len(whole):
                self._next = {"offset": start + self.limit}

    def _decoded(self, token: Any) -> Document:
        if token is None or token == "":
            return {}
        try:
            found = json.loads(binascii.a2b_base64(str(token).encode(), strict_mode=True))
        except (ValueError, binascii.Error, UnicodeDecodeError):
            found = None
        match found:
            case [str(parent), str(key), mark] if mark == _mark(self.operation):
                return {"after": [parent, key]}
            case [int(offset), mark] if mark == _mark(self.operation) and offset >= 0:
                return {"offset": offset}
        raise AwsError(*_bad_token(self.operation, self.inputs[0]))


def _put(document: Document, path: str, value: Any) -> None:
    """Set the member at a dotted path, where the answer has the structure that it is in."""
    *steps, last = path.split(" || ")[0].split(".")
    for step in steps:
        if not isinstance(document.get(step), dict):
            return
        document = document[step]
    document[last] = value


def _mark(operation: Operation) -> str:
    """What tells the tokens of an operation from those of others, which it refuses."""
    return f"{binascii.crc32(f'{operation.service.name} {operation.name}'.encode()):08x}"[:4]


def encode(operation: Operation, place: Document) -> str:
    """A token for the page that begins at `place`; short, as some services take few characters."""
    said = [*place.get("after", ()), *([place["offset"]] if "offset" in place else []), _mark(operation)]
    return binascii.b2a_base64(json.dumps(said, separators=(",", ":")).encode(), newline=False).decode()


def limit_of(operation: Operation, member: str, params: Document) -> int:
    """How many items are asked for, 0 where nobody says; some services take the number as a text."""
    limit = params.get(member, 0)
    if isinstance(limit, str) and not limit.isdecimal():
        raise unmet(operation, member, limit, "Member must satisfy regular expression pattern: [0-9]+")
    return int(limit)


def _listed(found: Any) -> list[str]:
    return found if isinstance(found, list) else [found] if found else []


def _bad_token(operation: Operation, member: str) -> tuple[str, str]:
    """The error for a token that the service never gave: the operation's own for tokens, else its family's."""
    for shape in operation.errors:
        if "Token" in shape.name and "Expired" not in shape.name:
            return shape.name, f"The specified {member} is not valid."
    if operation.service.protocol == "ec2":
        return "InvalidParameterValue", f"Invalid value '{member}' for the pagination token"
    return "ValidationException", f"Invalid {member}"
