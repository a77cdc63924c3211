"""AWS's Service Authorization Reference: the actions of a service, and the resources that each can be allowed on.

A file of `shapes/catalogue/reference` is what the reference says of one prefix; `scripts/reference` makes them:

types     resource type → its ARN (`${Variable}` for what differs) and the number of its condition keys
keys      sets of condition keys, named by their numbers
actions   action → access level; its resource types (those with a star are always asked for), each with the number of
          the condition keys that this resource brings; the number of those that the action brings; dependent actions

An entry is a line, and only the lines that are asked for are parsed: the file of Amazon EC2 has 130 kB.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from typing import Any

from fakeaws.core.model import catalogue
from fakeaws.core.model.compiled import shapes_folder

Document = dict[str, Any]
VARIABLE = re.compile(r"\$\{([^}]*)\}")
READING = ("List", "Read")


class Service:
    """The file of one prefix."""

    def __init__(self, text: str) -> None:
        types, _, rest = text.partition('\n"keys":')
        keys, _, actions = rest.partition('\n"actions":')
        self._parts = {"types": types, "keys": keys, "actions": actions}

    def entry(self, part: str, name: str) -> list[Any] | None:
        """What stands behind a name."""
        text, start = self._parts[part], f"\n{json.dumps(name)}:"
        at = text.find(start)
        if at < 0:
            return None
        found: list[Any] = json.loads(text[at + len(start) : text.find("\n", at + 1)].rstrip(","))
        return found

    def keys(self, number: int) -> list[str]:
        """A set of condition keys."""
        found: list[str] = json.loads(self._parts["keys"].split("\n")[number + 1].rstrip(","))
        return found


class Action:
    """One action: `ec2:RunInstances`."""

    __slots__ = ("_keys", "_service", "depends", "level", "name", "types")

    def __init__(self, name: str, service: Service, row: list[Any]) -> None:
        self.name = name
        self._service = service
        self.level: str = row[0]
        """`List`, `Read`, `Write`, `Tagging, Write`, …"""
        self.types: dict[str, bool] = {kind.removesuffix("*"): kind.endswith("*") for kind in row[1]}
        """Resource type → whether a call always needs to be allowed on one of that type."""
        self._keys: tuple[list[int], int] = (list(row[1].values()), row[2])
        self.depends: list[str] = row[3] if len(row) > 3 else []
        """Actions that the call may need besides: `iam:PassRole`."""

    @property
    def is_reading(self) -> bool:
        return self.level in READING

    def keys_on(self, arn: str) -> set[str] | None:
        """The condition keys, in lower case and without what follows a slash, that a request on a resource has; None
        where the reference does not tell one resource of the action from another."""
        prefix, (numbers, own) = self.name.partition(":")[0], self._keys
        is_told = any(self._service.keys(number) for number in numbers)
        for kind, number in zip(self.types, numbers, strict=True) if is_told else ():
            if arn_pattern(arn_of_type(prefix, kind)).match(arn):
                keys = (*self._service.keys(number), *self._service.keys(own))
                return {key.partition("/")[0].lower() for key in keys}
        return None


@cache
def action(name: str) -> Action | None:
    """What the reference says of `ec2:RunInstances`; None for an action that it does not know."""
    prefix, _, short = name.partition(":")
    found = _service(prefix)
    row = found.entry("actions", short) if found is not None else None
    return Action(name, found, row) if found is not None and row is not None else None


@cache
def arn_of_type(prefix: str, kind: str) -> str:
    """The ARN of a resource type as the reference has it: `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}`.
    A type may have several forms, with a comma and a space between them."""
    found = _service(prefix)
    row = found.entry("types", kind) if found is not None else None
    assert row is not None, (prefix, kind)
    template: str = row[0]
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
def _service(prefix: str) -> Service | None:
    path = os.path.join(shapes_folder(), "catalogue", "reference", f"{prefix}.json")
    try:
        with open(path, encoding="utf-8") as file:
            return Service(file.read())
    except FileNotFoundError:
        return None


def roles(service: str) -> Document:
    """The parameters of a service that take a role where their names do not say so: `arns`, `names`, `profiles`."""
    found: Document = catalogue.load("reference/_roles").get(service, {})
    return found
