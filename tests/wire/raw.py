"""Requests as no client would send them: any value at the place of any other, written as each protocol would write it.

What clients check before they send (types, required members) is not checked here, which is the point.
"""

import base64
import json
import struct
from typing import Any
from urllib.parse import quote

from fakeaws.core.model.models import Operation, Shape
from fakeaws.core.tools.http import Headers, Request

OUTSIDE = ("uri", "querystring", "header", "headers")
Params = dict[str, Any]


def sent(operation: Operation, params: Params, protocol: str, key: str = "AKID") -> Request:
    """The request for an operation with parameters that need not fit its model."""
    return _WRITERS.get(protocol, _rest)(operation, params, protocol, key)


def _headers(operation: Operation, key: str, *pairs: tuple[str, str], body: bytes = b"") -> Headers:
    meta = operation.service.metadata
    signing = meta.get("signingName", meta["endpointPrefix"])
    scope = f"AWS4-HMAC-SHA256 Credential={key}/20260101/us-east-1/{signing}/aws4_request"
    host = ("Host", f"{meta['endpointPrefix']}.us-east-1.localhost")
    signed = ("Authorization", f"{scope}, SignedHeaders=host, Signature=0")
    return Headers([host, signed, ("Content-Length", str(len(body))), *pairs])


def _json(operation: Operation, params: Params, _: str, key: str) -> Request:
    body = _dumps(_wire(operation.input, params))
    meta = operation.service.metadata
    target = ("X-Amz-Target", f"{meta.get('targetPrefix', '')}.{operation.name}")
    kind = ("Content-Type", f"application/x-amz-json-{meta.get('jsonVersion', '1.1')}")
    return Request("POST", "/", "", _headers(operation, key, target, kind, body=body), body)


def _cbor(operation: Operation, params: Params, _: str, key: str) -> Request:
    out = bytearray()
    write_cbor(_wire(operation.input, params), out)
    target = operation.service.metadata.get("targetPrefix") or operation.service.metadata.get("serviceId", "")
    path = f"/service/{target}/operation/{operation.name}"
    pairs = ("smithy-protocol", "rpc-v2-cbor"), ("Content-Type", "application/cbor")
    return Request("POST", path, "", _headers(operation, key, *pairs, body=bytes(out)), bytes(out))


def _query(operation: Operation, params: Params, protocol: str, key: str) -> Request:
    pairs = [("Action", operation.name), ("Version", operation.service.metadata["apiVersion"])]
    _flatten("", operation.input, params, protocol == "ec2", pairs)
    body = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs).encode()
    kind = ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
    return Request("POST", "/", "", _headers(operation, key, kind, body=body), body)


def _flatten(name: str, shape: Shape | None, value: Any, is_ec2: bool, out: list[tuple[str, str]]) -> None:
    dot = f"{name}." if name else ""
    if isinstance(value, dict):
        is_map = shape is not None and shape.type == "map"
        for number, (key, item) in enumerate(value.items(), 1):
            if is_map:
                assert shape is not None
                entry = f"{dot}{'' if shape.get('flattened') else 'entry.'}{number}."
                out.append((f"{entry}{shape.key.get('locationName', 'key')}", key))
                _flatten(f"{entry}{shape.value.get('locationName', 'value')}", shape.value, item, is_ec2, out)
            else:
                member = _member(shape, key)
                _flatten(dot + _query_name(member, key, is_ec2), member, item, is_ec2, out)
    elif isinstance(value, list):
        item_shape = shape.member if shape is not None and shape.type == "list" else None
        is_flat = is_ec2 or (shape is not None and shape.get("flattened"))
        middle = "" if is_flat else (item_shape.get("locationName", "member") if item_shape else "member") + "."
        for number, item in enumerate(value, 1):
            _flatten(f"{dot}{middle}{number}", item_shape, item, is_ec2, out)
        if not value:
            out.append((name, ""))
    elif value is not None:
        out.append((name, _text(value)))


def _query_name(member: Shape | None, name: str, is_ec2: bool) -> str:
    if member is None:
        return name
    if is_ec2:
        found = member.get("queryName") or member.get("locationName", "")
        return found[:1].upper() + found[1:] or name
    return str(member.get("locationName", name))


def _rest(operation: Operation, params: Params, protocol: str, key: str) -> Request:
    shape = operation.input
    path, _, query = operation.http["requestUri"].partition("?")
    arguments, pairs, rest = [query] if query else [], [], {}
    for name, value in params.items():
        member = _member(shape, name)
        where = member.get("location") if member is not None else None
        wire_name = member.get("locationName", name) if member is not None else name
        if where == "uri":
            path = path.replace("{" + wire_name + "}", _quoted(_text(value)))
            path = path.replace("{" + wire_name + "+}", _quoted(_text(value), safe="/"))
        elif where == "querystring":
            arguments += _arguments(wire_name, value)
        elif where == "header":
            pairs.append((wire_name, _line(value)))
        elif where == "headers" and isinstance(value, dict):
            pairs += [(wire_name + _line(k), _line(v)) for k, v in value.items()]
        else:
            rest[name] = value
    body = _body(shape, rest, protocol)
    kind = ("Content-Type", "application/json" if protocol == "rest-json" else "application/xml")
    headers = _headers(operation, key, kind, *pairs, body=body)
    return Request(operation.http["method"], path, "&".join(arguments), headers, body)


def _arguments(name: str, value: Any) -> list[str]:
    if isinstance(value, list):
        return [f"{_quoted(name)}={_quoted(_text(item))}" for item in value]
    if isinstance(value, dict):
        return [f"{_quoted(k)}={_quoted(_text(v))}" for k, v in value.items()]
    return [f"{_quoted(name)}={_quoted(_text(value))}"]


def _body(shape: Shape | None, rest: Params, protocol: str) -> bytes:
    payload = shape.get("payload") if shape is not None else None
    if payload and payload in rest:
        value, member = rest[payload], _member(shape, payload)
        if isinstance(value, (bytes, str)):
            return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
        if protocol == "rest-json":
            return _dumps(_wire(member, value))
        root = member.get("locationName", member.name) if member is not None else payload
        return _xml(root, member, value).encode("utf-8", "surrogatepass")
    if payload or shape is None or not shape.member_names:
        return b""
    if protocol == "rest-json":
        return _dumps(_wire(shape, rest)) if rest else b""
    return _xml(shape.get("locationName", shape.name), shape, rest).encode("utf-8", "surrogatepass") if rest else b""


def _xml(tag: str, shape: Shape | None, value: Any) -> str:
    if isinstance(value, dict):
        inner = []
        for key, item in value.items():
            if shape is not None and shape.type == "map":
                names = shape.key.get("locationName", "key"), shape.value.get("locationName", "value")
                pair = _xml(names[0], shape.key, key) + _xml(names[1], shape.value, item)
                inner.append(pair if shape.get("flattened") else f"<entry>{pair}</entry>")
            else:
                member = _member(shape, key)
                name = member.get("locationName", key) if member is not None else key
                inner.append(_flat(name, member, item))
        return f"<{tag}>{''.join(inner)}</{tag}>"
    if isinstance(value, list):
        item_shape = shape.member if shape is not None and shape.type == "list" else None
        name = item_shape.get("locationName", "member") if item_shape is not None else "member"
        return f"<{tag}>{''.join(_xml(name, item_shape, item) for item in value)}</{tag}>"
    text = "" if value is None else _text(value).replace("&", "&amp;").replace("<", "&lt;")
    return f"<{tag}>{text}</{tag}>"


def _flat(name: str, member: Shape | None, value: Any) -> str:
    """A member's elements: those of a flattened list stand side by side."""
    if isinstance(value, list) and member is not None and member.type == "list" and member.get("flattened"):
        item_name = member.get("locationName") or member.member.get("locationName", name)
        return "".join(_xml(item_name, member.member, item) for item in value)
    return _xml(name, member, value)


def _wire(shape: Shape | None, value: Any) -> Any:
    """The value with its members as they are named on the wire."""
    if isinstance(value, dict):
        if shape is not None and shape.type == "map":
            return {key: _wire(shape.value, item) for key, item in value.items()}
        out = {}
        for key, item in value.items():
            member = _member(shape, key)
            out[member.get("locationName", key) if member is not None else key] = _wire(member, item)
        return out
    if isinstance(value, list):
        item_shape = shape.member if shape is not None and shape.type == "list" else None
        return [_wire(item_shape, item) for item in value]
    return value


def _member(shape: Shape | None, name: str) -> Shape | None:
    return shape.at(name) if shape is not None and shape.type == "structure" and shape.has_member(name) else None


def _dumps(value: Any) -> bytes:
    return json.dumps(value, default=_text).encode()


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else str(value)


def _line(value: Any) -> str:
    """What a header can carry: servers refuse line ends and what is not Latin-1 before anybody reads it."""
    text = ",".join(map(_text, value)) if isinstance(value, list) else _text(value)
    raw = text.encode("utf-8", "surrogatepass").decode("latin-1")
    return "".join(char for char in raw if char not in "\r\n\0")


def _quoted(text: Any, safe: str = "") -> str:
    return quote(str(text).encode("utf-8", "surrogatepass"), safe=safe)


def write_cbor(value: Any, out: bytearray) -> None:
    """Any value as CBOR (RFC 8949), strings that are no Unicode too."""
    if value is None or isinstance(value, bool):
        out.append({None: 0xF6, True: 0xF5, False: 0xF4}[value])
    elif isinstance(value, int) and -(1 << 64) <= value < 1 << 64:
        _head(0 if value >= 0 else 1, value if value >= 0 else -1 - value, out)
    elif isinstance(value, (int, float)):
        out += b"\xfb" + struct.pack(">d", float(value) if abs(value) < 1e300 else float("inf"))
    elif isinstance(value, (bytes, str)):
        raw = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
        _head(2 if isinstance(value, bytes) else 3, len(raw), out)
        out += raw
    elif isinstance(value, dict):
        _head(5, len(value), out)
        for key, item in value.items():
            write_cbor(key, out)
            write_cbor(item, out)
    else:
        _head(4, len(value), out)
        for item in value:
            write_cbor(item, out)


def _head(major: int, number: int, out: bytearray) -> None:
    for info, (form, most) in enumerate((("B", 24), ("B", 1 << 8), (">H", 1 << 16), (">I", 1 << 32), (">Q", 1 << 64))):
        if number < most:
            packed = struct.pack(form, number)
            out += bytes([major << 5 | (number if info == 0 else 23 + info)]) + (b"" if info == 0 else packed)
            return


PROTOCOLS = ("json", "smithy-rpc-v2-cbor", "query", "ec2", "rest-json", "rest-xml")
_WRITERS = {"json": _json, "smithy-rpc-v2-cbor": _cbor, "query": _query, "ec2": _query}
