"""What REST protocols put outside of the body: URI labels, query string, headers, status code."""

from __future__ import annotations

import base64
import json
import re
from functools import cache, lru_cache
from typing import Any
from urllib.parse import unquote

from fakeaws.core.model.models import Operation, Shape
from fakeaws.core.tools.errors import AwsError, Malformed
from fakeaws.core.tools.http import Headers, Request
from fakeaws.wire.messages.values import read_blob, read_text, write_text

Document = dict[str, Any]


@lru_cache(maxsize=4096)
def uri_pattern(request_uri: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """The pattern of a `requestUri`'s path, and the names of its labels; a label that ends in `+` spans slashes."""
    names: list[str] = []
    pattern = ""
    for part in re.split(r"(\{[^}]+\})", request_uri.partition("?")[0]):
        if part.startswith("{"):
            greedy = part.endswith("+}")
            names.append(part[1:-1].rstrip("+"))
            pattern += "(.+)" if greedy else "([^/]+)"
        else:
            pattern += re.escape(part)
    return re.compile(pattern), tuple(names)


def labels(request_uri: str, path: str) -> dict[str, str] | None:
    """The decoded labels of `path`, or None where it is no path of `request_uri`."""
    pattern, names = uri_pattern(request_uri)
    found = pattern.fullmatch(path) or pattern.fullmatch(path.rstrip("/"))
    if found is None:
        return None
    return {name: unquote(text) for name, text in zip(names, found.groups(), strict=True)}


def fits(request_uri: str, path: str) -> bool:
    """Whether `path` is one of `request_uri`."""
    pattern, _ = uri_pattern(request_uri)
    return (pattern.fullmatch(path) or pattern.fullmatch(path.rstrip("/"))) is not None


def read(operation: Operation, request: Request) -> Document:
    """The members of the input that stand outside of the body; AwsError where path or query string are no UTF-8."""
    if not request.is_decodable:
        raise AwsError("InvalidURI", "Couldn't parse the specified URI.", status=400)
    found: dict[str, str] | None = None
    out: Document = {}
    headers = request.headers
    for name, location, wire_name, member in _bound(operation):
        if location == "header" and wire_name not in headers:
            continue
        if location == "uri":
            if found is None:
                found = labels(operation.http["requestUri"], request.path) or {}
            text = found.get(wire_name)
            value: Any = None if text is None else read_text(member, text)
        else:
            value = _READERS[location](member, wire_name, operation, request)
        if value is not None:
            out[name] = value
    return out


@cache
def _bound(operation: Operation) -> list[tuple[str, str, str, Shape]]:
    """The members of the input outside of the body: their names, where they are and what they are called there."""
    shape = operation.input
    if shape is None:
        return []
    members = ((name, shape.at(name)) for name in shape.member_names)
    return [(n, m.get("location"), m.get("locationName", n), m) for n, m in members if m.get("location") is not None]


def _read_query(member: Shape, name: str, operation: Operation, request: Request) -> Any:
    if member.type == "map":
        return _read_query_map(member, operation, request)
    values = [value for key, value in request.arguments if key == name]
    if not values:
        return None
    if member.type == "list":
        return [read_text(member.member, value) for value in values]
    return read_text(member, values[0])


def _read_query_map(member: Shape, operation: Operation, request: Request) -> Document | None:
    """All of the query string that the model does not use otherwise."""
    assert operation.input is not None
    taken = {m.get("locationName", n) for n, m in operation.input.members.items() if m.get("location") == "querystring"}
    taken |= {part.partition("=")[0] for part in operation.http["requestUri"].partition("?")[2].split("&")}
    out: Document = {}
    for key, value in request.arguments:
        if key in taken or key.startswith("X-Amz-"):
            continue
        if member.value.type == "list":
            out.setdefault(key, []).append(value)
        else:
            out.setdefault(key, value)
    return out or None


def _read_header(member: Shape, name: str, _: Operation, request: Request) -> Any:
    if name not in request.headers:
        return None
    return read_header(member, request.headers.get(name))


def read_header(member: Shape, text: str) -> Any:
    """The value of a header; a list is separated by commas, its strings quoted where they hold one."""
    if member.type == "list":
        return [read_header(member.member, part) for part in _split(text, member.member)]
    if member.get("jsonvalue"):
        try:
            return json.loads(read_blob(text))
        except ValueError as problem:
            raise Malformed("A header holds no JSON in base64") from problem
    return read_text(member, text)


_QUOTED_OR_BARE = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^,]*))\s*(?:,|$)')


def _split(text: str, item: Shape) -> list[str]:
    if item.type == "timestamp" and item.get("timestampFormat", "rfc822") == "rfc822":
        parts = text.split(",")
        return [",".join(parts[i : i + 2]).strip() for i in range(0, len(parts), 2)]
    if not text:
        return []
    out: list[str] = []
    at = 0
    while at <= len(text):
        found = _QUOTED_OR_BARE.match(text, at)
        if found is None:
            raise Malformed(f"{text!r} is no list")
        quoted, bare = found.groups()
        out.append(re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else bare.strip())
        at = found.end()
        if not found.group(0).endswith(","):
            break
    return out


def _read_headers(_: Shape, prefix: str, __: Operation, request: Request) -> Document | None:
    """The headers that begin with `prefix`, their names without it."""
    lowered = prefix.lower()
    out: Document = {}
    for name, _value in request.headers.pairs:
        if name.lower().startswith(lowered) and len(name) > len(lowered):
            out[name[len(prefix) :]] = request.headers.get(name)
    return out or None


_READERS = {"querystring": _read_query, "header": _read_header, "headers": _read_headers}


def write(shape: Shape | None, document: Document, status: int) -> tuple[int, Headers]:
    """The status and the headers that an answer's members make."""
    headers = Headers()
    for name, value in document.items():
        if value is None or shape is None or not shape.has_member(name):
            continue
        member = shape.at(name)
        location = member.get("location")
        if location == "statusCode":
            status = int(value)
        elif location == "header":
            _add(headers, member.get("locationName", name), write_header(member, value))
        elif location == "headers":
            for key, item in value.items():
                _add(headers, member.get("locationName", "") + key, str(item))
    return status, headers


def _add(headers: Headers, name: str, text: str) -> None:
    """A field, kept to one line whatever stands in it (RFC 9110, 5.5)."""
    headers.add(name, re.sub(r"[\r\n\0]", " ", text))


def write_header(member: Shape, value: Any) -> str:
    if member.type == "list":
        return ", ".join(write_header(member.member, item) for item in value if item is not None)
    if member.get("jsonvalue"):
        return base64.b64encode(json.dumps(value, separators=(",", ":")).encode()).decode()
    return write_text(member, value, "rfc822")
