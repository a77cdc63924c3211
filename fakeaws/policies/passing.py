"""The roles that a call gives to a service: each needs `iam:PassRole`.

Where the Service Authorization Reference names `iam:PassRole` beside an action, every role among the parameters is
passed; for all others that write, a role is passed by a parameter that is named so, or that botocore's documentation
says takes one (`shapes/catalogue/reference/_roles.json`). An instance profile passes the role in it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from fakeaws.core.model import catalogue
from fakeaws.core.model.models import Shape
from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds
from fakeaws.core.resources.places import service_of, table
from fakeaws.core.store.tables import Resource
from fakeaws.policies import launching, reference, services

Document = dict[str, Any]
PASS = "iam:PassRole"
ARN = re.compile(r"arn:[\w-]+:iam::\d{12}:role/\S+\Z")
NAME = re.compile(r"[\w+=,.@/-]{1,512}\Z")
TAKERS = re.compile(r"role|credentials", re.IGNORECASE)
OTHERS = re.compile(r"principal|owner|grantee|entity|trust|tags", re.IGNORECASE)
"""Members that name a role to speak of it, or hold what a user makes up."""
KEYED = re.compile(r"(attributes|(?<!hyper)parameters)\Z", re.IGNORECASE)
READING = ("Describe", "Get", "List", "Search", "BatchGet")
TAKING_AWAY = ("Remove", "Disassociate")


def passed(call: Call, actions: list[reference.Action], resources: Iterable[str]) -> list[tuple[str, str]]:
    """The ARNs of roles that a call passes, each with the service that they are passed to (`ec2.amazonaws.com`).

    `resources` are those that the call is done to: a role among them is not passed.
    """
    name, is_said = call.operation.name, any(PASS in action.depends for action in actions)
    is_writing = not all(a.is_reading for a in actions) if actions else not name.startswith(READING)
    describing = catalogue.load("actions")["passing"]["describing"].get(service_of(call), ())
    if not is_said and (not is_writing or name.startswith(TAKING_AWAY) or "*" in describing or name in describing):
        return []
    own = set(resources)
    found = _Roles(call, is_said).within(call.operation.input, call.params, "")
    return list(dict.fromkeys(pair for pair in found if pair[0] not in own))


class _Roles:
    """Looks for roles among the parameters of a call."""

    def __init__(self, call: Call, is_said: bool) -> None:
        self.call, self.is_said = call, is_said
        self.known = reference.roles(service_of(call))
        rules = catalogue.load("actions")["passing"]
        self.to: Document = rules["to"].get(service_of(call), {})

    def within(self, shape: Shape | None, value: Any, member: str) -> Iterator[tuple[str, str]]:
        """Roles in a value, as (ARN, service); `member` is the name of what holds it."""
        if shape is None or OTHERS.search(member):
            return
        if isinstance(value, str):
            yield from self._text(value, member)
        elif isinstance(value, list):
            for item in value:
                yield from self.within(shape.member, item, member)
        elif isinstance(value, dict) and shape.type == "map":
            yield from self._map(shape, value, member)
        elif isinstance(value, dict) and shape.type == "structure":
            yield from self._structure(shape, value, member)

    def _map(self, shape: Shape, value: Document, member: str) -> Iterator[tuple[str, str]]:
        """A map takes roles where its name says so, or in one of attributes (Amazon SNS) or parameters (AWS Systems
        Manager) the key; in others a text is what a user makes up, as in an environment."""
        has_keys = self.is_said and KEYED.search(member)
        is_free = not TAKERS.search(member) and shape.value.type in ("string", "list")
        for key, item in value.items():
            if has_keys and TAKERS.search(key):
                yield from self.within(shape.value, item, key)
            elif not is_free:
                yield from self.within(shape.value, item, member)

    def _structure(self, shape: Shape, value: Document, member: str) -> Iterator[tuple[str, str]]:
        if "instanceprofile" in member.lower() and {"Arn", "Name"} & set(value):
            yield from self._profile(str(value.get("Arn") or value.get("Name")))
            return
        if isinstance(value.get("path"), str) and isinstance(value.get("value"), str):
            yield from self._text(value["value"], value["path"].rpartition("/")[2])
            return
        if "LaunchTemplateId" in value or "LaunchTemplateName" in value:
            yield from self._of_template(value)
        for name, item in value.items():
            if shape.has_member(name):
                yield from self.within(shape.at(name), item, name)

    def _text(self, value: str, member: str) -> Iterator[tuple[str, str]]:
        if member in self.known.get("profiles", ()):
            yield from self._profile(value)
        elif ARN.match(value):
            is_free = member.lower() in ("value", "values")
            if (self.is_said and not is_free) or TAKERS.search(member) or member in self.known.get("arns", ()):
                yield value, self._to(member)
        elif self._is_name(member) and NAME.match(value):
            role = _find(self.call, "Role", value.rpartition("/")[2])
            arn = self.call.make("arn:{partition}:iam::{account}:role/{name}", name=value.lstrip("/"))
            yield str(role["Arn"]) if role is not None else arn, self._to(member)

    def _is_name(self, member: str) -> bool:
        return member in self.known.get("names", ()) or (self.is_said and member == "RoleName")

    def _profile(self, value: str) -> Iterator[tuple[str, str]]:
        """The role of an instance profile, by its name or ARN; it goes to Amazon EC2, whoever launches the instance."""
        profile = _find(self.call, "InstanceProfile", value.rpartition("/")[2])
        for name in profile["roles"] if profile is not None else ():
            role = _find(self.call, "Role", name)
            if role is not None:
                yield str(role["Arn"]), "ec2.amazonaws.com"

    def _of_template(self, named: Document) -> Iterator[tuple[str, str]]:
        """The role of the instance profile in a launch template. It is passed by whoever launches from the template and
        not by whoever makes it: the reference names `iam:PassRole` beside RunInstances and not beside
        CreateLaunchTemplate, of which AWS says that nothing restricts what may be named in it
        (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/permissions-for-launch-templates.html). A launch with a
        profile of its own does not take the template's."""
        if self.call._given.get("IamInstanceProfile"):
            return
        version = launching.template_version(self.call, named)
        profile = version["LaunchTemplateData"].get("IamInstanceProfile") if version is not None else None
        if profile:
            yield from self._profile(str(profile.get("Arn") or profile.get("Name")))

    def _to(self, member: str) -> str:
        name = self.to.get(member) or self.to.get("") or services.prefix(service_of(self.call))
        return f"{name}.amazonaws.com"


def _find(call: Call, kind: str, name: str) -> Resource | None:
    return table(call, kinds.kind("iam", kind)).find((call.account, ""), name)
