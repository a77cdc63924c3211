"""AWS's managed policies, from `shapes/catalogue/managed_policies.jsonl`.

A line is a policy, and the lines are sorted by name: `[name, path, default version, created, updated, description,
document]`, as IAM's ListPolicies and GetPolicyVersion answered for them. Only the line asked for is read.
"""

from __future__ import annotations

import json
import os
from functools import cache
from typing import TYPE_CHECKING, Any

from fakeaws.core.model.compiled import shapes_folder
from fakeaws.core.tools import ids

if TYPE_CHECKING:
    from mmap import mmap

Document = dict[str, Any]
ARN = "arn:aws:iam::aws:policy"


def is_managed(arn: str) -> bool:
    """Whether an ARN is of a policy of AWS's own."""
    return arn.split(":", 5)[4:5] == ["aws"]


def name_of(arn: str) -> str:
    """The name of a policy, AWS's or an account's own."""
    return arn.rpartition("/")[2]


@cache
def policy(arn: str) -> Document | None:
    """A managed policy with its one version, None where AWS has none of that name and path."""
    line = _line(name_of(arn))
    found = _shown(line) if line is not None else None
    return found if found is not None and found["Arn"].split(":", 5)[5] == arn.split(":", 5)[5] else None


@cache
def document(arn: str) -> str | None:
    """The document of a managed policy, None where AWS has none of that name and path."""
    name = name_of(arn)
    line, path = _line(name), arn.split(":", 5)[5].removeprefix("policy")[: -len(name)]
    if line is None or not line.startswith(f'["{name}","{path}",'.encode()):
        return None
    return line[line.index(b',{"') + 1 : line.rindex(b"]")].decode()


@cache
def _text() -> mmap:
    from mmap import ACCESS_READ, mmap

    with open(os.path.join(shapes_folder(), "catalogue", "managed_policies.jsonl"), "rb") as file:
        return mmap(file.fileno(), 0, access=ACCESS_READ)


def _line(name: str) -> bytes | None:
    """The line that begins with a name, looked up by halves."""
    text, wanted = _text(), name.encode()
    low, high = 0, len(text)
    while low < high:
        start = text.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = text.find(b"\n", start) + 1
        found = text[start + 2 : text.find(b'"', start + 2)]
        if found == wanted:
            return text[start:end]
        low, high = (end, high) if found < wanted else (low, start)
    return None


def _shown(line: bytes) -> Document:
    import hashlib

    name, path, version, made, updated, description, document = json.loads(line)
    text = json.dumps(document, separators=(",", ":"))
    return {
        "PolicyName": name,
        "PolicyId": "ANPA" + ids.draw(lambda count: hashlib.blake2b(name.encode()).digest()[:count], "upper", 17),
        "Arn": f"{ARN}{path}{name}",
        "Path": path,
        "DefaultVersionId": version,
        "IsAttachable": True,
        **({"Description": description} if description else {}),
        "CreateDate": made,
        "UpdateDate": updated,
        "versions": [{"Document": text, "VersionId": version, "IsDefaultVersion": True, "CreateDate": updated}],
    }


@cache
def all_policies() -> list[Document]:
    """All of them, by name."""
    text = _text()
    return [_shown(line) for line in text[:].splitlines()]
