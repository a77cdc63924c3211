"""What a service keeps: its resource types, from `shapes/SERVICE.toml`.

A table of the file is a resource type, named as AWS names the resource. Its keys, all of them optional:

Keys outside of tables are facts of the whole service: `scope` (as below), `validation` (the code of its validation
errors where it is not its family's), `worded` (patterns, each with what the service says where a text breaks it),
`missing` (operations that inference should leave alone), `pages = "own"` (its handlers page by themselves, by the names
of what they list), `hidden` (what CloudTrail shows in place of a secret), `shown` (members that CloudTrail shows
although the model marks them `sensitive`), `served_by` (the service that answers all of its operations and keeps what
they make: to AWS both are one API), `dry_run` (the error that says of a call with `DryRun` that it would have
succeeded: code, text and status; where there is none, such a call is answered as if it had been made).

id          the member that is unique within the account and region (or within the parent)
make        a template for that id where the service makes it: "vpc-{hex17}"; "{serial}" counts 1, 2, 3, … as a number,
            "{count}" as a text
arn         a template for the ARN; `arn_member` names the member that holds it where it is not `arn`/`Arn`/`<Type>Arn`
also        other members that may point at the resource in parameters, such as its ARN or URL
within      { Parent = "member" }: the parent type, and the parameter that names it
scope       "global" for what is kept once an account rather than in each region
tags        the member that holds the tags, "" where the type has none
status      the member (dotted path) that holds the state
states      { verb = ["CREATING", "ACTIVE"] }: the states after create, delete, or another operation by its first word
            in lower case (`stop`); the last one stays, after delete it is gone.
            ["pending", 20] says how many seconds of AWS's time a state takes (30 if not said)
operations  { verb = "Operation" } or { verb = { operation = …, item = … } }
defaults    { member = value or template }: what the service sets when nothing is given
errors      { missing | exists | holds | stale = [code, text template] }
shape       the model's shape that has all of the resource's members
filters     { name = "path" }: filters of the list operation, besides the shape's members in kebab-case and tags
index       paths that are looked up by value, so that they need no scan
names       those of them that a resource may be named by besides its id: its ARN, its name, another id
sealed      members that are kept encrypted, besides those that the model marks `sensitive` or whose names say that they
            are secret (`core/model/secrets.py`); they are read as if they were plain
codes       { Code = status }: error codes on the wire that the model lacks
unsupported { Operation = [parameters] }: what a function does not act on, and a call is refused for that gives it

What inference finds besides, and a file may set where it finds it wrong:

keys        the members that together are the key, where one is not enough
makes       { member = template }: those of the keys that the service makes
unique      the member that no two resources may share, where the service makes the id
sets        { member = createdat | updatedat | account | region | caller | uuid | hex }: what the service sets
views       { Shape = { member = path } }: where a shape that shows the resource has members of another name; "." is the
            resource itself
inherits    { member = path }: members that are the parent's
refers      { parameter = Type }: parameters of what makes it that name resources of another type; "" for none
holders     the types, each with a member, whose resources may refer to one of this type and keep it from being deleted
children    the types that stand within this one
origin      "settings" for what is always there (with its defaults) and only updated; "none" for what no operation makes
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from fakeaws.core.model import models

Document = dict[str, Any]


class Kind:
    """One resource type of a service."""

    def __init__(self, service: str, name: str, declared: Document) -> None:
        self.service = service
        self.name = name
        self.declared = declared
        self.table = f"{service}.{name}"
        self.shape: str = declared.get("shape", "")
        self.id: str = declared.get("id", "")
        self.make: str | None = declared.get("make")
        self.arn: str | None = declared.get("arn")
        self.arn_member: str | None = declared.get("arn_member")
        self.also: list[str] = declared.get("also", [])
        self.within: dict[str, str] = declared.get("within", {})
        self.is_global: bool = declared.get("scope") == "global"
        self.tags: str = declared.get("tags", "")
        self.status: str = declared.get("status", "")
        self.states: dict[str, list[Any]] = declared.get("states", {})
        self.operations: Document = declared.get("operations", {})
        self.defaults: Document = declared.get("defaults", {})
        self.errors: dict[str, list[str]] = declared.get("errors", {})
        self.filters: dict[str, str] = declared.get("filters", {})
        self.index: list[str] = declared.get("index", [])
        self.names: list[str] = declared.get("names", [])
        self.keys: list[str] = declared.get("keys", [])
        self.makes: dict[str, str] = declared.get("makes", {})
        self.unique: str = declared.get("unique", "")
        self.sets: dict[str, str] = declared.get("sets", {})
        self.views: dict[str, dict[str, str | None]] = declared.get("views", {})
        self.inherits: dict[str, str] = declared.get("inherits", {})
        self.children: list[str] = declared.get("children", [])
        self.holders: list[list[str]] = declared.get("holders", [])
        self.sealed: frozenset[str] = frozenset(declared.get("sealed", ()))
        self.origin: str = declared.get("origin", "")

    @property
    def parents(self) -> list[str]:
        """The names of the types that this one stands within, the outermost first."""
        return list(self.within)

    @property
    def parent(self) -> str | None:
        """The name of the type that this one stands within."""
        return next(iter(self.within), None)


@cache
def kind(service: str, name: str) -> Kind:
    """The resource type `name` of `service`; KeyError where the service has none of that name."""
    declared = models.service(service).kind(name)
    if declared is None:
        raise KeyError(f"{service}.{name}")
    return Kind(service, name, declared)


def of(service: str) -> Iterator[Kind]:
    """All resource types of a service."""
    for name in models.service(service).kind_names:
        yield kind(service, name)
