"""Services as policies name them: the prefix of actions, and titles."""

from __future__ import annotations

from collections.abc import Iterable

from fakeaws.core.model import catalogue, models
from fakeaws.policies.documents import Policy
from fakeaws.policies.matching import is_like


def prefix(service: str) -> str:
    """What stands before the colon of a service's actions: its signing name, but for those that differ."""
    found: str | None = catalogue.load("actions")["prefixes"].get(service)
    if found is None:
        metadata = models.service(service).metadata
        found = str(metadata.get("signingName") or metadata.get("endpointPrefix") or service)
    return found


def title(namespace: str) -> str:
    """`Amazon S3` for `s3`."""
    found: str = catalogue.load("actions")["titles"].get(namespace, namespace)
    return found


def allowed(policies: Iterable[Policy]) -> set[str]:
    """The prefixes of the services that the policies allow anything of; `*` stands for those that have a title."""
    known = catalogue.load("actions")["titles"]
    found: set[str] = set()
    for policy in policies:
        for statement in policy.statements:
            for action in statement.actions or ("*",) if statement.allows else ():
                namespace = action.partition(":")[0]
                found.update(name for name in {*known, namespace} if "*" not in name and is_like(namespace, name))
    return found
