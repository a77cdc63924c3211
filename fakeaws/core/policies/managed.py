"""AWS's managed policies, from `shapes/catalogue/managed_policies.json`."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from fakeaws.core import catalogue, ids

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
    """A managed policy with its one version, None where AWS has none of that name."""
    path, name = _place(arn)
    found = catalogue.load("managed_policies").get((path + name).lstrip("/"))
    return _shown(path, name, found) if found is not None else None


def _place(arn: str) -> tuple[str, str]:
    path, _, name = arn.split(":", 5)[5].removeprefix("policy").rpartition("/")
    return path + "/", name


def _shown(path: str, name: str, found: Document) -> Document:
    import hashlib

    version, made = found.get("version", "v1"), found.get("created", 1423000000)
    document = json.dumps({"Version": "2012-10-17", "Statement": found["Statement"]}, indent=4)
    return {
        "PolicyName": name,
        "PolicyId": "ANPA" + ids.draw(lambda count: hashlib.blake2b(name.encode()).digest()[:count], "upper", 17),
        "Arn": f"{ARN}{path}{name}",
        "Path": path,
        "DefaultVersionId": version,
        "IsAttachable": True,
        "Description": found.get("description", ""),
        "CreateDate": made,
        "UpdateDate": found.get("updated", made),
        "versions": [{"Document": document, "VersionId": version, "IsDefaultVersion": True, "CreateDate": made}],
    }


def all_policies() -> list[Document]:
    """All of them, by name."""
    found = (policy(f"{ARN}/{name}") for name in catalogue.load("managed_policies"))
    return sorted((each for each in found if each is not None), key=lambda each: str(each["PolicyName"]))
