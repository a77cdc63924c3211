"""Which members of a service are secret: those that its model marks `sensitive`, and those whose names say so where the
model does not (`AuthToken`, a broker's `Password`). Worked out when a model is compiled.

https://smithy.io/2.0/spec/documentation-traits.html#sensitive-trait
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]
ENDINGS = (
    *("password", "passwords", "authtoken", "privatekey", "secretstring", "secretbinary"),
    *("secretaccesskey", "secretkey", "clientsecret"),
)
"""How names end that say that what they name is secret."""
IDENTIFIES = r"(?:[a-z]I[dD]|[a-z]Ids|A[rR][nN]|Arns)$|^(?:id|Id|arn)$"
"""Names of what others name a resource by: it has to be found by them."""
TEXTS = ("string", "blob")


def is_named_secret(member: str) -> bool:
    """Whether the name of a member says that it is secret."""
    return member.lower().endswith(ENDINGS)


class Secrets:
    """The secret members of one model."""

    def __init__(self, model: Document) -> None:
        self.shapes: Document = model["shapes"]
        self.operations: Document = model["operations"]
        secret: dict[str, set[str]] = {}
        plain: set[str] = set()
        for name, shape in self.shapes.items():
            for member, reference in shape.get("members", {}).items():
                if shape.get("sensitive") or self._is_secret(member, reference["shape"]):
                    secret.setdefault(member, set()).add(name)
                else:
                    plain.add(member)
        self.always = {name for name in secret if name not in plain and not re.search(IDENTIFIES, name)}
        """Members that are secret wherever they are."""
        self._sometimes = {
            name: held for name, held in secret.items() if name in plain and not re.search(IDENTIFIES, name)
        }

    def of_kind(self, kind: Document, operations: list[str]) -> list[str]:
        """The secret members of a resource type, sorted: those that it is found by are none. `operations` are those on
        the type, whose parameters it may keep."""
        seen: set[str] = set()
        for operation in operations:
            self._reach(self.operations[operation].get("input", {}).get("shape", ""), seen)
        self._reach(kind.get("shape", ""), seen)
        found = self.always | {name for name, held in self._sometimes.items() if held & seen}
        return sorted({*found, *kind.get("sealed", ())} - set(_finding(kind)))

    def _is_secret(self, member: str, shape: str, depth: int = 0) -> bool:
        raw = self.shapes[shape]
        if raw.get("sensitive"):
            return True
        if raw["type"] in TEXTS:
            return "enum" not in raw and is_named_secret(member)
        inner = [raw[part]["shape"] for part in ("member", "key", "value") if part in raw]
        return depth < 3 and any(self._is_secret(member, shape, depth + 1) for shape in inner)

    def _reach(self, name: str, seen: set[str]) -> None:
        """Add all structures within a shape, but those of tags."""
        if name in seen or name not in self.shapes or name == "Tag":
            return
        seen.add(name)
        raw = self.shapes[name]
        inner = [*raw.get("members", {}).values(), *(raw[part] for part in ("member", "key", "value") if part in raw)]
        for reference in inner:
            self._reach(reference["shape"], seen)


def _finding(kind: Document) -> Iterator[str]:
    """The members that a resource is found by, distinguished by, and shown the state of by."""
    yield from (kind.get("id", ""), kind.get("unique", ""), kind.get("arn_member") or "", *kind.get("keys", ()))
    yield from (path.split(".")[0] for path in (*kind.get("index", ()), kind.get("tags", ""), kind.get("status", "")))
    yield from (*kind.get("also", ()), *kind.get("within", {}).values())
