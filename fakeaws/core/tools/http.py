"""What is asked and answered over HTTP, free of any server: a request and a response as values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from io import BytesIO
from typing import Any, BinaryIO, Protocol
from urllib.parse import parse_qsl, unquote_to_bytes

MAX_FIELDS = 20_000
"""How many parameters a query string or a form may hold."""


class Readable(Protocol):
    """A body that is read piece by piece."""

    def read(self, size: int = -1, /) -> bytes: ...


class Headers:
    """Header fields: looked up without regard to case, repeated ones joined by commas; `pairs` keeps them as sent."""

    __slots__ = ("_joined", "pairs")

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self.pairs: list[tuple[str, str]] = []
        self._joined: dict[str, str] = {}
        for name, value in pairs:
            self.add(name, value)

    def add(self, name: str, value: str) -> None:
        self.pairs.append((name, value))
        lowered = name.lower()
        earlier = self._joined.get(lowered)
        self._joined[lowered] = value if earlier is None else f"{earlier},{value}"

    def get(self, name: str, default: str = "") -> str:
        return self._joined.get(name.lower(), default)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._joined

    def items(self) -> Iterator[tuple[str, str]]:
        """Each field once, its name in lower case."""
        return iter(self._joined.items())


class Request:
    """One request. `path` is as sent, percent-encoding included. `body` is read a piece at a time, or whole by
    `content`, after which it can be read from its beginning again."""

    def __init__(
        self,
        method: str,
        path: str,
        query: str = "",
        headers: Headers | None = None,
        body: Readable | bytes = b"",
    ) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers or Headers()
        self.body: Readable = BytesIO(body) if isinstance(body, bytes) else body
        self.meant: Any = None
        """The `Route` that it was found to mean, once it is."""

    @cached_property
    def content(self) -> bytes:
        """The whole body."""
        content = self.body.read()
        self.body = BytesIO(content)
        return content

    @property
    def has_body(self) -> bool:
        return self.headers.get("content-length", "0") != "0" or "transfer-encoding" in self.headers

    @property
    def is_decodable(self) -> bool:
        """Whether path and query string are UTF-8 once they are decoded: two names that are not would become one."""
        try:
            unquote_to_bytes(self.path).decode()
            unquote_to_bytes(self.query).decode()
        except UnicodeDecodeError:
            return False
        return True

    @cached_property
    def arguments(self) -> list[tuple[str, str]]:
        """The decoded pairs of the query string, in order. ValueError where there are too many."""
        return parse_qsl(self.query, keep_blank_values=True, max_num_fields=MAX_FIELDS)

    @cached_property
    def argument(self) -> dict[str, str]:
        """The query string's pairs by name; of a repeated one the first."""
        return dict(reversed(self.arguments))

    @cached_property
    def form(self) -> dict[str, str]:
        """What a query-protocol request carries: the pairs of its form body, and of its query string. ValueError where
        there are too many, or they are no UTF-8."""
        pairs = dict(self.arguments)
        if self.method == "POST":
            text = self.content.decode("utf-8")
            pairs.update(parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict"))
        return pairs

    @property
    def host(self) -> str:
        return self.headers.get("host").strip().lower()


Body = bytes | Iterator[bytes]


class Response:
    """One answer. `body` is bytes, or an iterator of pieces that are sent as they come."""

    def __init__(self, status: int = 200, headers: Iterable[tuple[str, str]] = (), body: Body = b"") -> None:
        self.status = status
        self.headers = Headers(headers)
        self.body = body

    @property
    def content(self) -> bytes:
        """The whole body; reads a streamed one to its end."""
        if not isinstance(self.body, bytes):
            self.body = b"".join(self.body)
        return self.body


PIECE = 256 * 1024
"""How many bytes of a streamed body are held at once."""


def pieces(source: BinaryIO | Any) -> Iterator[bytes]:
    """The content of a file-like object, a piece at a time; closes it at the end."""
    try:
        while piece := source.read(PIECE):
            yield piece
    finally:
        close = getattr(source, "close", None)
        if close is not None:
            close()
