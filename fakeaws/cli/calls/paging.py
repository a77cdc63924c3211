"""Pages of an answer: requested one after the other, cut at --max-items, and merged.

The tokens are those of botocore (base64 of the next request's tokens and how much of its page to leave out), so a token
that the AWS CLI printed works here too.
"""

from __future__ import annotations

import binascii
import json
from collections.abc import Callable, Iterator
from typing import Any

from fakeaws.cli.errors import GeneralError
from fakeaws.cli.output import scalar

Document = dict[str, Any]

_TRUNCATED = "boto_truncate_amount"
_ENCODED = "boto_encoded_keys"


def is_paged(paginator: Document | None, params: Document, paginate: bool) -> bool:
    """Whether the client fetches all pages: not with --no-paginate, nor with the service's own tokens."""
    if paginator is None or not paginate:
        return False
    own = [*_listed(paginator["input_token"]), *_listed(paginator.get("limit_key"))]
    return not any(name in params for name in own)


class Pages:
    """An iterator over the pages of an operation; `resume_token` is set once they were cut.

    `request` calls the operation with parameters and returns a page.
    """

    def __init__(
        self,
        request: Callable[[Document], Document],
        paginator: Document,
        params: Document,
        max_items: int | None = None,
        starting_token: str | None = None,
        page_size: int | str | None = None,
    ) -> None:
        self._request = request
        self._params = dict(params)
        self._inputs = _listed(paginator["input_token"])
        self._outputs = _listed(paginator["output_token"])
        self._more = paginator.get("more_results")
        self._once = _listed(paginator.get("non_aggregate_keys"))
        self._max_items = max_items
        self._starting_token = starting_token
        self.result_keys = _listed(paginator["result_key"])
        self.resume_token: str | None = None
        self.non_aggregate: Document = {}
        """Members that are not lists of results; the first page has them."""
        if page_size is not None:
            self._params[paginator["limit_key"]] = page_size

    def __iter__(self) -> Iterator[Document]:
        token, skipped = self._first_token()
        self._inject(token)
        total, previous = 0, None
        for page in iter(lambda: self._request(self._params), None):
            self._begin(page, skipped, first=previous is None and not total)
            size = len(find(page, self.result_keys[0]) or [])
            if self._max_items is not None and total + size > self._max_items:
                self._cut(page, size, self._max_items - total, token, skipped)
                yield page
                return
            yield page
            total, skipped = total + size, 0
            token = self._next_token(page)
            if not any(value is not None for value in token.values()):
                return
            if total == self._max_items:
                self.resume_token = _encoded(token)
                return
            if token == previous:
                raise GeneralError(f"Error during pagination: The same next token was received twice: {token}")
            self._inject(token)
            previous = token

    def merged(self) -> Document:
        """All pages as one answer: lists joined, numbers added up, NextToken if there are more items."""
        whole: Document = {}
        for page in self:
            for key in self.result_keys:
                _join(whole, key, find(page, key))
        _lay_over(whole, self.non_aggregate)
        if self.resume_token is not None:
            whole["NextToken"] = self.resume_token
        return whole

    def _first_token(self) -> tuple[Document, int]:
        if self._starting_token is None:
            return dict.fromkeys(self._inputs), 0
        return _decoded(self._starting_token, self._inputs)

    def _inject(self, token: Document) -> None:
        for name, value in token.items():
            if value is not None and value != "None":
                self._params[name] = value
            else:
                self._params.pop(name, None)

    def _begin(self, page: Document, skipped: int, first: bool) -> None:
        if not first:
            return
        if self._starting_token is not None:
            self._drop_shown(page, skipped)
        for key in self._once:
            put(self.non_aggregate, key, find(page, key))

    def _drop_shown(self, page: Document, skipped: int) -> None:
        """Remove what was shown of this page before: the first items, and all of the other lists."""
        items = find(page, self.result_keys[0])
        put(page, self.result_keys[0], items[skipped:] if isinstance(items, list | str) else None)
        for key in self.result_keys[1:]:
            found = find(page, key)
            if isinstance(found, int | float):
                continue
            put(page, key, type(found)() if isinstance(found, list | str) else None)

    def _cut(self, page: Document, size: int, shown: int, token: Document, skipped: int) -> None:
        put(page, self.result_keys[0], (find(page, self.result_keys[0]) or [])[:shown])
        self.resume_token = _encoded({**token, _TRUNCATED: shown + skipped})

    def _next_token(self, page: Document) -> Document:
        if self._more is not None and not find(page, self._more):
            return {}
        found = zip(self._inputs, self._outputs, strict=False)
        return {name: find(page, expression) or None for name, expression in found}


def find(document: Any, expression: str) -> Any:
    """The value at a paginator's expression: members with dots, `[-1]`, and `||` between alternatives."""
    if "||" in expression:
        found = (find(document, part.strip()) for part in expression.split("||"))
        return next((value for value in found if value), None)
    for name in expression.split("."):
        last = name.endswith("[-1]")
        document = document.get(name.removesuffix("[-1]")) if isinstance(document, dict) else None
        if last:
            document = document[-1] if document else None
    return document


def put(document: Document, expression: str, value: Any) -> None:
    """Set the member at a path with dots, creating the structures on the way."""
    *path, name = expression.split(".")
    for part in path:
        if not isinstance(document.get(part), dict):
            document[part] = {}
        document = document[part]
    document[name] = value


def _listed(value: Any) -> list[str]:
    return list(value) if isinstance(value, list) else [] if value is None else [value]


def _join(whole: Document, key: str, found: Any) -> None:
    if found is None:
        return
    before = find(whole, key)
    if before is None:
        put(whole, key, list(found) if isinstance(found, list) else found)
    elif isinstance(found, list):
        before.extend(found)
    elif isinstance(found, int | float | str):
        put(whole, key, before + found)


def _lay_over(whole: Document, part: Document) -> None:
    for key, value in part.items():
        if isinstance(value, dict) and isinstance(whole.get(key), dict):
            _lay_over(whole[key], value)
        else:
            whole[key] = value


def _encoded(token: Document) -> str:
    """Base64 of the token as JSON, which says where bytes (a binary key of an item) were put in base64 for it."""
    paths: list[list[Any]] = []
    document = _without_bytes(token, [], paths)
    if paths:
        document[_ENCODED] = paths
    return binascii.b2a_base64(json.dumps(document, default=scalar).encode(), newline=False).decode()


def _without_bytes(value: Any, path: list[Any], found: list[list[Any]]) -> Any:
    if isinstance(value, dict):
        return {key: _without_bytes(item, [*path, key], found) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_bytes(item, [*path, index], found) for index, item in enumerate(value)]
    if isinstance(value, bytes):
        found.append(path)
        return binascii.b2a_base64(value, newline=False).decode()
    return value


def _decoded(text: str, inputs: list[str]) -> tuple[Document, int]:
    """The tokens of the next request, and how many items of its page were shown already."""
    try:
        token = json.loads(binascii.a2b_base64(text).decode())
        for path in token.pop(_ENCODED, ()):
            _restore_bytes(token, path)
        return token, token.pop(_TRUNCATED, 0)
    except (ValueError, TypeError, AttributeError, binascii.Error):
        return _decoded_old(text, inputs)


def _restore_bytes(token: Any, path: list[Any]) -> None:
    for step in path[:-1]:
        token = token[step]
    token[path[-1]] = binascii.a2b_base64(token[path[-1]])


def _decoded_old(text: str, inputs: list[str]) -> tuple[Document, int]:
    """The older form, `token___token___count`; else the service's own token."""
    parts, skipped = text.split("___"), 0
    if len(parts) == len(inputs) + 1:
        try:
            skipped = int(parts[-1])
            parts.pop()
        except ValueError:
            parts = [text]
    if len(parts) > len(inputs):
        raise GeneralError(f"Bad starting token: {text}")
    tokens: list[str | None] = [None if part == "None" else part for part in parts]
    tokens += [None] * (len(inputs) - len(tokens))
    return dict(zip(inputs, tokens, strict=True)), skipped
