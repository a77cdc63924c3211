"""Values of a shape as XML, both ways: query and ec2 answers, rest-xml bodies."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from fakeaws.core.model.models import Shape
from fakeaws.core.tools.errors import Malformed
from fakeaws.core.tools.xml import Node, escape, escape_attribute
from fakeaws.wire.messages.values import read_text, write_text

Document = dict[str, Any]
OUTSIDE_ANSWERS = ("header", "headers", "statusCode")
OUTSIDE_REQUESTS = ("header", "headers", "uri", "querystring")
"""Locations outside of the body."""


Writer = Callable[[Any, list[str]], None]
"""Appends the element, or elements, that a value makes."""


def write(shape: Shape, value: Any, name: str, out: list[str]) -> None:
    """Append the element `name` that holds `value`; a flattened list or map makes as many as it has items."""
    writer(shape, name)(value, out)


@cache
def writer(shape: Shape, name: str) -> Writer:
    """What writes values of a shape at its place as elements called `name`; made once, as most of it never changes."""
    if shape.type in _WRITERS:
        return _WRITERS[shape.type](shape, name)
    start, end = f"<{name}{_namespace(shape)}>", f"</{name}>"
    if shape.type == "string":
        return lambda value, out: out.append(f"{start}{escape(str(value))}{end}")
    if shape.type == "boolean":
        yes, no = f"{start}true{end}", f"{start}false{end}"
        return lambda value, out: out.append(yes if value else no)
    return lambda value, out: out.append(f"{start}{escape(write_text(shape, value, 'iso8601'))}{end}")


def write_members(shape: Shape, value: Document, out: list[str]) -> None:
    """The elements of a structure's members, without the element around them."""
    members_writer(shape)(value, out)


@cache
def members_writer(shape: Shape) -> Writer:
    writers: dict[str, Writer | None] = {}

    def write_each(value: Document, out: list[str]) -> None:
        for name, item in value.items():
            if item is None:
                continue
            if name not in writers:
                writers[name] = _member_writer(shape, name)
            write_member = writers[name]
            if write_member is not None:
                write_member(item, out)

    return write_each


def _member_writer(shape: Shape, name: str) -> Writer | None:
    """What writes a member; None for those that the shape lacks or that stand elsewhere."""
    if not shape.has_member(name):
        return None
    member = shape.at(name)
    if member.get("xmlAttribute") or member.get("location") in OUTSIDE_ANSWERS:
        return None
    return writer(member, member_name(member, name))


def member_name(member: Shape, name: str) -> str:
    """The element's name: for a flattened list what its items are called, else `locationName`, else the member's."""
    if member.type == "list" and member.get("flattened"):
        called: str = member.member.get("locationName") or member.get("locationName", name)
        return called
    found: str = member.get("locationName", name)
    return found


def _structure_writer(shape: Shape, name: str) -> Writer:
    start, end, write_each = f"<{name}{_namespace(shape)}", f"</{name}>", members_writer(shape)
    has_attributes = bool(attribute_names(shape))

    def write_structure(value: Document, out: list[str]) -> None:
        out.append(f"{start}{attributes(shape, value)}>" if has_attributes else start + ">")
        write_each(value, out)
        out.append(end)

    return write_structure


def _list_writer(shape: Shape, name: str) -> Writer:
    item_shape = shape.member
    if shape.get("flattened"):
        write_item = writer(item_shape, name)
        start = end = ""
    else:
        default = "item" if shape.service.protocol == "ec2" else "member"
        write_item = writer(item_shape, item_shape.get("locationName", default))
        start, end = f"<{name}{_namespace(shape)}>", f"</{name}>"

    def write_list(value: list[Any], out: list[str]) -> None:
        out.append(start)
        for item in value:
            write_item(item, out)
        out.append(end)

    return write_list


def _map_writer(shape: Shape, name: str) -> Writer:
    flattened = shape.get("flattened")
    entry = name if flattened else "entry"
    start, end = ("", "") if flattened else (f"<{name}{_namespace(shape)}>", f"</{name}>")
    write_key = writer(shape.key, shape.key.get("locationName", "key"))
    write_value = writer(shape.value, shape.value.get("locationName", "value"))

    def write_map(value: Document, out: list[str]) -> None:
        out.append(start)
        for key, item in value.items():
            out.append(f"<{entry}>")
            write_key(key, out)
            write_value(item, out)
            out.append(f"</{entry}>")
        out.append(end)

    return write_map


_WRITERS: dict[str, Callable[[Shape, str], Writer]] = {
    "structure": _structure_writer,
    "list": _list_writer,
    "map": _map_writer,
}


def _namespace(shape: Shape) -> str:
    """The `xmlns` of an element; a plain text where the model gives no prefix."""
    found = shape.get("xmlNamespace")
    if not found:
        return ""
    if isinstance(found, str):
        return f' xmlns="{found}"'
    prefix = ":" + found["prefix"] if found.get("prefix") else ""
    return f' xmlns{prefix}="{found["uri"]}"'


def attribute_names(shape: Shape) -> list[str]:
    """The members that are attributes of the structure's element; they are marked where they are used."""
    return [name for name, member in shape.get("members", {}).items() if member.get("xmlAttribute")]


def attributes(shape: Shape, value: Document) -> str:
    """The attributes of the element that holds a structure."""
    out = ""
    for name in attribute_names(shape):
        if value.get(name) is not None:
            member = shape.at(name)
            text = escape_attribute(write_text(member, value[name], "iso8601"))
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
