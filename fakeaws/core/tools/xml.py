"""XML documents as small trees: read without entities and within bounds, written as text.

Expat has to refuse document types altogether, so that no entity can be declared, let alone expanded.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from fakeaws.core.tools.errors import Malformed

MAX_DEPTH = 100
"""How deep elements may nest."""


class Node:
    """An element: its local name, attributes by name as written, child elements and text."""

    __slots__ = ("attributes", "children", "tag", "text")

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[Node] = []
        self.text = ""

    def by_tag(self) -> dict[str, list[Node]]:
        """The children, grouped by their names."""
        groups: dict[str, list[Node]] = {}
        for child in self.children:
            groups.setdefault(child.tag, []).append(child)
        return groups


class _Builder:
    def __init__(self) -> None:
        self.root: Node | None = None
        self.open: list[Node] = []
        self.texts: list[list[str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.open) >= MAX_DEPTH:
            raise Malformed(f"Elements nest deeper than {MAX_DEPTH}")
        node = Node(name.rpartition(":")[2], attributes)
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
        self.open.append(node)
        self.texts.append([])

    def end(self, _: str) -> None:
        self.open.pop().text = "".join(self.texts.pop())

    def characters(self, text: str) -> None:
        self.texts[-1].append(text)


def _refuse(*_: object) -> None:
    raise Malformed("Document types are not allowed")


def parse(content: bytes) -> Node:
    """The root element of a document; Malformed where it is not well-formed, too deep, or has a document type."""
    builder = _Builder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError) as problem:
        raise Malformed(f"The XML is not well-formed: {problem}") from problem
    assert builder.root is not None
    return builder.root


_SPECIAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ud800-\udfff]")


def escape(text: str) -> str:
    """Text for the inside of an element; what XML cannot hold stands as a reference to it, as AWS writes it."""
    return _SPECIAL.sub(_reference, text) if _SPECIAL.search(text) else text


def _reference(found: re.Match[str]) -> str:
    char = found[0]
    return {"&": "&amp;", "<": "&lt;", ">": "&gt;"}.get(char) or f"&#x{ord(char):X};"


def escape_attribute(text: str) -> str:
    return escape(text).replace('"', "&quot;").replace("\n", "&#xA;").replace("\t", "&#x9;")
