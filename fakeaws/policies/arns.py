"""The ARNs of the resources that a call is done to, by the types that the Service Authorization Reference names.

A variable of a type's ARN (`${RouteTableId}`) is the parameter of that name, in one or in many; else what
`shapes/catalogue/actions.json` says (`variables`); else the member that the resource is declared with; else a parameter
that is named after the type. What stays open is `*`, as it is for what the call makes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product
from typing import Any

from fakeaws.core.model import catalogue
from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds, naming
from fakeaws.core.resources.places import service_of
from fakeaws.core.store.tables import Resource
from fakeaws.policies import reference
from fakeaws.policies.parameters import FIELD, FORMS, OPEN, arn_of, values_of

Document = dict[str, Any]
Kept = tuple[kinds.Kind, Resource]
Found = tuple[str, "Kept | None"]
"""(ARN, what is kept of the resource where that is known already)."""

TAGS = ("tags", "tagset", "taglist", "tagspecifications", "tagkeys")
HERE = ("Partition", "Region", "Account")
ID = re.compile(r"([a-z][a-z0-9-]*)-[0-9a-f]{8,17}\Z")
DRAWN = re.compile(r"\}-\{(?:hex|mixed|alnum)(\d+)\}\Z")
"""What AWS adds to a name: `{Name}-{mixed6}`."""
ENDS = ("", "name", "id", "identifier", "arn", "names", "ids", "arns", "s")


class Texts:
    """The texts among a call's parameters: those at the top by member, and all of them with those further down."""

    def __init__(self, params: Document) -> None:
        self.top = {name.lower(): [*_texts(value, "", 1)] for name, value in params.items() if name.lower() not in TAGS}
        self.all = list(_texts(params, "", 9))
        self.arns = list(dict.fromkeys(text for _, text in self.all if text.startswith("arn:")))
        self._ids = [
            _by_type(text for found in self.top.values() for _, text in found),
            _by_type(t for _, t in self.all),
        ]

    def named(self, member: str) -> list[str]:
        """The values of a member, wherever it stands; those at the top come first."""
        found = [text for _, text in self.top.get(member, ())]
        return found or [text for name, text in self.all if name == member]

    def ids(self, kind: str) -> list[str]:
        """Ids of Amazon EC2 say of what type they are: `sg-…` is a security group, whatever member it is in."""
        return next((list(dict.fromkeys(ids[kind])) for ids in self._ids if kind in ids), [])


def _by_type(texts: Iterable[str]) -> dict[str, list[str]]:
    known = catalogue.load("actions")["ec2_ids"]
    found: dict[str, list[str]] = {}
    for text in texts:
        match = ID.match(text)
        if match is not None and match[1] in known:
            found.setdefault(known[match[1]], []).append(text)
    return found


def _texts(value: Any, name: str, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        yield name, str(value)
    elif isinstance(value, list) and depth:
        for item in value:
            yield from _texts(item, name, depth - 1)
    elif isinstance(value, dict) and depth > 1:
        for key, item in value.items():
            if str(key).lower() not in TAGS:
                yield from _texts(item, str(key).lower(), depth - 1)


def of_action(call: Call, action: reference.Action, texts: Texts) -> list[Found]:
    """The resources that a call does an action to: of each type that is always asked for, and of those it names."""
    prefix, _, name = action.name.partition(":")
    always = catalogue.load("actions")["always"].get(action.name, ())
    # Whatever the reference says is always asked for: a resource that is tagged by its ARN is of one type only.
    needed = {kind for kind, is_needed in action.types.items() if (is_needed and "Tag" not in name) or kind in always}
    types = [_Type(call, texts, prefix, kind) for kind in action.types]
    found = [kind.found(kind.name in needed) for kind in types]
    exact = {arn: max(len(kind.literal) for kind in types if kind.fits(arn)) for arn in texts.arns if _any(types, arn)}
    chosen: list[Found] = []
    for kind, resources in zip(types, found, strict=True):
        if kind.name in needed or not any(kind.members < other.members for other in types):
            chosen += [each for each in resources if exact.get(each[0], len(kind.literal)) == len(kind.literal)]
    return chosen


def _any(types: list[_Type], arn: str) -> bool:
    return any(kind.fits(arn) for kind in types)


class _Type:
    """A resource type of an action, and which parameters of a call say which resource it is."""

    def __init__(self, call: Call, texts: Texts, prefix: str, name: str) -> None:
        self.call, self.texts, self.prefix, self.name = call, texts, prefix, name
        self.documented = reference.arn_of_type(prefix, name)
        own = catalogue.load("actions")["types"].get(prefix, {}).get(name)
        self.template: str = own or self.documented.partition(", ")[0]
        self.literal = reference.VARIABLE.sub("", self.template)
        """What all ARNs of this type have: of two types that an ARN fits, it is of the one with more of it."""
        self.members: set[str] = set()
        """What of the call says which resource it is: of two types, the one with more of it is meant."""
        self.kind = _kind(service_of(call), self.documented.partition(", ")[0])
        self.variables: Document = catalogue.load("actions")["variables"].get(prefix, {})

    def fits(self, arn: str) -> bool:
        """Whether an ARN is of this type."""
        return bool(reference.arn_pattern(self.documented).match(arn))

    def found(self, is_needed: bool) -> list[Found]:
        """The resources of this type; where none is named, that of any id if one is always asked for."""
        given = [arn for arn in self.texts.arns if self.fits(arn)]
        if given:
            self.members |= set(given)
            return [self._whole(arn) for arn in given]
        variables = [name for name in reference.VARIABLE.findall(self.template) if name not in HERE]
        values = [self._values(name) for name in variables]
        if not is_needed and (not variables or not all(values)):
            self.members = set()
            return []
        chosen = product(*(each or [OPEN] for each in values))
        return [self._resource(dict(zip(variables, each, strict=True))) for each in dict.fromkeys(chosen)]

    def _whole(self, arn: str) -> Found:
        """An ARN that is given. Where AWS adds to names, one without what it added is the ARN of what has the name."""
        if self.template != self.documented and "Tag" not in self.call.operation.name:
            return self._in_own_form(arn), None
        if self.kind is None or not DRAWN.search(self.kind.arn or ""):
            return arn, None
        name = re.split("[:/]", arn, maxsplit=6)[-1]
        kept = naming.find(self.call, self.kind, arn) or naming.find(self.call, self.kind, name)
        return (arn_of(self.call, self.kind, kept, kept.key), (self.kind, kept)) if kept is not None else (arn, None)

    def _in_own_form(self, arn: str) -> str:
        """An ARN as the table's template has it; what is tagged is asked for as it is given."""
        match = reference.arn_pattern(self.documented.partition(", ")[0]).match(arn)
        if match is None:
            return arn
        values = (value.removesuffix(":*") for value in match.groups())
        return reference.VARIABLE.sub(lambda _: next(values), self.template)

    def _values(self, variable: str) -> list[str]:
        """What a variable stands for; several values are several resources."""
        declared = self.variables.get(f"{self.name}.{variable}") or self.variables.get(variable)
        if declared is not None:
            return self._declared(declared, variable)
        for member in (variable.lower(), f"{variable.lower()}s"):
            if found := self._bare(variable, self.texts.named(member)):
                self.members.add(member)
                return found
        if ":ec2:" in self.template:
            found = self._groups() or self.texts.ids(self.name)
            self.members |= set(found)
            return found
        return self._by_name(variable)

    def _declared(self, paths: list[str], variable: str) -> list[str]:
        """The values of the parameters of a table; `=default` is what AWS takes where none is given."""
        for path in paths:
            found = [] if path.startswith("=") else self._bare(variable, values_of(self.call, path))
            if found:
                self.members.add(path.partition("|")[0].lower())
                return found
        return [path[1:] for path in paths if path.startswith("=")]

    def _groups(self) -> list[str]:
        """The ids of security groups that the call names by their names."""
        if self.name != "security-group" or self.call.operation.name.startswith("Create"):
            return []
        names = [*(text for _, text in self.texts.top.get("groupname", ())), *self.texts.named("securitygroups")]
        return [found for name in names if (found := FORMS["group"](self.call, name)) is not None]

    def _by_name(self, variable: str) -> list[str]:
        for member in self._candidates(variable):
            texts = self._bare(variable, [text for _, text in self.texts.top.get(member, ())])
            if texts and member not in self.members:
                self.members.add(member)
                return texts
        return []

    def _bare(self, variable: str, texts: list[str]) -> list[str]:
        """The values in texts: of an ARN or URL its end, if it is one of what the variable is named after."""
        stem = _stem(variable)
        found = []
        for text in texts:
            if not text.startswith(("arn:", "http")):
                found.append(text)
            elif stem and stem in re.sub(r"[^a-z]", "", text.lower()):
                found.append(re.split(r"[/:]", text)[-1])
        return found

    def _candidates(self, variable: str) -> Iterator[str]:
        """Members that may hold the value of a variable that none is named after."""
        own, stem = re.sub(r"[^a-z]", "", self.name.lower()), _stem(variable)
        if self.kind is not None:
            names = [name for name in reference.VARIABLE.findall(self.template) if name not in HERE]
            fields = [f for f, _ in FIELD.findall(self.kind.arn or "") if f not in ("partition", "region", "account")]
            if len(fields) >= len(names):
                yield fields[names.index(variable)].lower()
            if names[-1] == variable:
                yield from (member.lower() for member in (self.kind.id, *self.kind.also) if member)
        for end in ENDS:
            yield (stem or own) + end
        if stem in own or own in stem:
            yield from ("name", "id", "arn", "identifier", "names", "ids", "arns", "resourcearn", "resourceid")

    def _resource(self, values: dict[str, str]) -> Found:
        """The ARN, and what is kept of the resource where the ARN alone does not say: AWS adds to some names what it
        drew when it made them, and nobody can say what that will be for those that do not exist."""
        if self.prefix in catalogue.load("actions")["lower"]:
            values = {name: value.lower() for name, value in values.items()}
        here = {"Partition": self.call.caller.partition, "Region": self.call.region, "Account": self._account()}
        arn = reference.VARIABLE.sub(lambda field: {**here, **values}[field[1]], self.template)
        drawn = "".join("-" + "?" * int(count) for count in DRAWN.findall(self.kind.arn or "")) if self.kind else ""
        is_said = not drawn and self.template == self.documented
        if self.kind is None or is_said or self.kind.parents or OPEN in values.values():
            return arn, None
        key = next(reversed(values.values()))
        kept = naming.find(self.call, self.kind, key)
        if kept is None:
            return arn + drawn, None
        return arn_of(self.call, self.kind, kept, key) if drawn else arn, (self.kind, kept)

    def _account(self) -> str:
        declared = self.variables.get(f"{self.name}.Account") or self.variables.get("Account") or ()
        return next((text for path in declared for text in values_of(self.call, path)), self.call.account)


def _stem(variable: str) -> str:
    """What a variable is named after: `cluster` of `ClusterName`."""
    return re.sub(r"(friendlyname|name|id|arn|identifier)\Z", "", variable.lower())


@lru_cache(maxsize=1024)
def _kind(service: str, template: str) -> kinds.Kind | None:
    """The type that a service's shape declares with that ARN."""
    if ":ec2:" in template:
        return None
    wanted = _form(reference.VARIABLE.sub("{}", template))
    return next(
        (kind for kind in kinds.of(service) if kind.arn and _form(FIELD.sub("{}", kind.arn or "")) == wanted), None
    )


def _form(template: str) -> str:
    """An ARN without its names; what AWS adds to a name when it makes a resource is a part of it, and so is the star at
    the end of a log group's."""
    return re.sub(r"\{\}(-\{\})+", "{}", template).removesuffix(":*")
