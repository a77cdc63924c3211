"""How the AWS CLI changes AWS CodeDeploy: the location of a revision as separate options."""

from __future__ import annotations

from typing import Any

from fakeaws.cli.arguments.options import Argument, Table
from fakeaws.cli.arguments.parser import Values
from fakeaws.cli.arguments.schema import shape_of
from fakeaws.cli.arguments.values import unpack
from fakeaws.cli.customizations.tools import optional
from fakeaws.cli.errors import GeneralError
from fakeaws.cli.invocation import Document
from fakeaws.core.model.models import Operation

RENAMES = {"*": {"s-3-location": "s3-location", "ec-2-tag-filters": "ec2-tag-filters"}}

_LOCATIONS: dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]] = {
    "s3-location": ("S3", "s3Location", ("bucket", "key", "bundleType"), ("eTag", "version")),
    "github-location": ("GitHub", "gitHubLocation", ("repository", "commitId"), ()),
}


class _Location(Argument):
    """`revision` by the location of one kind."""

    def __init__(self, name: str) -> None:
        self.kind, self.within, self.needed, self.more = _LOCATIONS[name]
        properties = {part: {"type": "string"} for part in (*self.needed, *self.more)}
        super().__init__(name, "revision", shape_of({"type": "object", "properties": properties}))

    def apply(self, given: Values, params: Document) -> None:
        value = self.given(given)
        if value is None:
            return
        location: Any = unpack(self.shape, value, f"--{self.name}")
        if not all(location.get(part) for part in self.needed):
            *others, last = self.needed
            raise GeneralError(f"--{self.name} must specify {', '.join(others)} and {last}.")
        known = {part: location[part] for part in (*self.needed, *self.more) if part in location}
        params["revision"] = {"revisionType": self.kind, self.within: known}


def _revision(table: Table, operation: Operation) -> None:
    for name in _LOCATIONS:
        table[name] = _Location(name)
    optional(table, "revision")


CHANGES = dict.fromkeys(("get-application-revision", "register-application-revision", "create-deployment"), _revision)
