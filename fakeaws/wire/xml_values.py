"""Values of a shape as XML, both ways: query and ec2 answers, rest-xml bodies."""

from __future__ import annotations

from typing import Any

from fakeaws.core.models import Shape
from fakeaws.wire.values import Malformed, read_text, write_text
from fakeaws.wire.xml import Node, escape, escape_attribute

Document = dict[str, Any]
OUTSIDE_ANSWERS = ("header", "headers", "statusCode")
OUTSIDE_REQUESTS = ("header", "headers", "uri", "querystring")
"""Locations outside of the body."""


def write(shape: Shape, value: Any, name: str, out: list[str]) -> None:
    """Append the element `name` that holds `value`; a flattened list or map makes as many as it has items."""
    kind = shape.type
    if kind == "structure":
        out.append(f"<{name}{_namespace(shape)}{attributes(shape, value)}>")
        write_members(shape, value, out)
        out.append(f"</{name}>")
    elif kind == "list":
        _write_list(shape, value, name, out)
    elif kind == "map":
        _write_map(shape, value, name, out)
    else:
        out.append(f"<{name}{_namespace(shape)}>{escape(write_text(shape, value, 'iso8601'))}</{name}>")


def write_members(shape: Shape, value: Document, out: list[str]) -> None:
    """The elements of a structure's members, without the element around them."""
    for name, item in value.items():
        if item is None or not shape.has_member(name):
            continue
        member = shape.at(name)
        if member.get("xmlAttribute") or member.get("location") in OUTSIDE_ANSWERS:
            continue
        write(member, item, member_name(member, name), out)


def member_name(member: Shape, name: str) -> str:
    """The element's name: for a flattened list what its items are called, else `locationName`, else the member's."""
    if member.type == "list" and member.get("flattened"):
        called: str = member.member.get("locationName") or member.get("locationName", name)
        return called
    found: str = member.get("locationName", name)
    return found


def _write_list(shape: Shape, value: list[Any], name: str, out: list[str]) -> None:
    item_shape = shape.member
    if shape.get("flattened"):
        for item in value:
            write(item_shape, item, name, out)
        return
    item_name = item_shape.get("locationName", "item" if shape.service.protocol == "ec2" else "member")
    out.append(f"<{name}{_namespace(shape)}>")
    for item in value:
        write(item_shape, item, item_name, out)
    out.append(f"</{name}>")


def _write_map(shape: Shape, value: Document, name: str, out: list[str]) -> None:
    flattened = shape.get("flattened")
    entry = name if flattened else "entry"
    key_name = shape.key.get("locationName", "key")
    value_name = shape.value.get("locationName", "value")
    if not flattened:
        out.append(f"<{name}{_namespace(shape)}>")
    for key, item in value.items():
        out.append(f"<{entry}>")
        write(shape.key, key, key_name, out)
        write(shape.value, item, value_name, out)
        out.append(f"</{entry}>")
    if not flattened:
        out.append(f"</{name}>")


def _namespace(shape: Shape) -> str:
    """The `xmlns` of an element; a plain text where the model gives no prefix."""
    found = shape.get("xmlNamespace")
    if not found:
        return ""
    if isinstance(found, str):
        return f' xmlns="{found}"'
    prefix = ":" + found["prefix"] if found.get("prefix") else ""
    return f' xmlns{prefix}="{found["uri"]}"'


def attributes(shape: Shape, value: Document) -> str:
    """The attributes of the element that holds a structure."""
    out = ""
    for name, item in value.items():
        if item is not None and shape.has_member(name) and shape.at(name).get("xmlAttribute"):
            member = shape.at(name)
            text = escape_attribute(write_text(member, item, "iso8601"))
            out += f' {member.get("locationName", name)}="{text}"'
    return out


def read(shape: Shape, node: Node) -> Any:
    """The value of `shape` that an element holds."""
    kind = shape.type
    if kind == "structure":
        return read_members(shape, node)
    if kind == "list":
        return [read(shape.member, child) for child in node.children]
    if kind == "map":
        return _read_map(shape, node.children)
    return read_text(shape, node.text)


def read_members(shape: Shape, node: Node) -> Document:
    """The members that an element holds; an element that two members share, an old and a new form, is the first's."""
    found = node.by_tag()
    out: Document = {}
    for name in shape.member_names:
        member = shape.at(name)
        if member.get("location") in OUTSIDE_REQUESTS:
            continue
        if member.get("xmlAttribute"):
            text = _attribute(node, member.get("locationName", name))
            if text is not None:
                out[name] = read_text(member, text)
            continue
        nodes = found.pop(member.get("locationName", name), None) or found.pop(member_name(member, name), None)
        if nodes:
            out[name] = _read_member(member, nodes)
    return out


def _read_member(member: Shape, nodes: list[Node]) -> Any:
    if member.get("flattened"):
        if member.type == "list":
            return [read(member.member, node) for node in nodes]
        return _read_map(member, nodes)
    return read(member, nodes[0])


def _read_map(shape: Shape, entries: list[Node]) -> Document:
    key_name = shape.key.get("locationName", "key")
    value_name = shape.value.get("locationName", "value")
    out: Document = {}
    for entry in entries:
        parts = {child.tag: child for child in entry.children}
        if key_name not in parts or value_name not in parts:
            raise Malformed(f"An entry of {shape.name} lacks {key_name} or {value_name}")
        out[read(shape.key, parts[key_name])] = read(shape.value, parts[value_name])
    return out


def _attribute(node: Node, name: str) -> str | None:
    """The attribute `name`, or one of the same local name under another prefix."""
    if name in node.attributes:
        return node.attributes[name]
    local = name.rpartition(":")[2]
    for key, value in node.attributes.items():
        if key.rpartition(":")[2] == local and not key.startswith("xmlns"):
            return value
    return None
