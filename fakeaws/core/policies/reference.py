"""AWS's Service Authorization Reference: the actions of a service, and the resources that each can be allowed on.

A file of `shapes/catalogue/reference` is what the reference says of one prefix; `scripts/reference` makes them:

types     resource type → its ARN (`${Variable}` for what differs) and the number of its condition keys
keys      sets of condition keys, named by their numbers
actions   action → access level; its resource types (those with a star are always asked for), each with the number of
          the condition keys that this resource brings; the number of those that the action brings; dependent actions

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from fakeaws.core import catalogue

Document = dict[str, Any]
VARIABLE = re.compile(r"\$\{([^}]*)\}")
READING = ("List", "Read")


class Action:
    """One action: `ec2:RunInstances`."""

    __slots__ = ("_service", "depends", "keys", "level", "name", "types")

    def __init__(self, name: str, service: Document, row: list[Any]) -> None:
        self.name = name
        self._service = service
        self.level: str = row[0]
        """`List`, `Read`, `Write`, `Tagging, Write`, …"""
        self.types: dict[str, bool] = {kind.removesuffix("*"): kind.endswith("*") for kind in row[1]}
        """Resource type → whether a call always needs to be allowed on one of that type."""
        self.keys: list[str] = service["keys"][row[2]]
        self.depends: list[str] = row[3] if len(row) > 3 else []
        """Actions that the call may need besides: `iam:PassRole`."""

    @property
    def is_reading(self) -> bool:
        return self.level in READING

    def keys_on(self, arn: str) -> set[str] | None:
        """The condition keys, in lower case and without what follows a slash, that a request on a resource has; None
        where the reference does not tell one resource of the action from another."""
        rows = self._service["actions"][self.name.partition(":")[2]][1]
        if not any(rows.values()):
            return None
        for kind, number in rows.items():
            if arn_pattern(self._service["types"][kind.removesuffix("*")][0]).match(arn):
                return {key.partition("/")[0].lower() for key in (*self._service["keys"][number], *self.keys)}
        return None


def action(name: str) -> Action | None:
    """What the reference says of `ec2:RunInstances`; None for an action that it does not know."""
    prefix, _, short = name.partition(":")
    found = _service(prefix)
    row = found["actions"].get(short) if found is not None else None
    return Action(name, found, row) if found is not None and row is not None else None


def arn(prefix: str, kind: str) -> str:
    """The ARN of a resource type as the reference has it: `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}`."""
    found = _service(prefix)
    assert found is not None, prefix
    template: str = found["types"][kind][0]
    return template


@cache
def arn_pattern(template: str) -> re.Pattern[str]:
    """What ARNs of a resource type look like. A type may have several forms, one after the other."""
    forms = [
        "".join("(.*)" if odd else re.escape(part).replace(r"\*", ".*") for odd, part in _parts(form))
        for form in template.split(", ")
    ]
    return re.compile("|".join(forms) + r"\Z" if len(forms) == 1 else f"(?:{'|'.join(forms)})\\Z")


def _parts(template: str) -> list[tuple[int, str]]:
    return [(number % 2, part) for number, part in enumerate(VARIABLE.split(template))]


@cache
def _service(prefix: str) -> Document | None:
    try:
        found: Document = catalogue.load(f"reference/{prefix}")
    except FileNotFoundError:
        return None
    return found


def roles(service: str) -> Document:
    """The parameters of a service that take a role where their names do not say so: `arns`, `names`, `profiles`."""
    found: Document = catalogue.load("reference/_roles").get(service, {})
    return found
