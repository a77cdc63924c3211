"""Tags on whatever has an id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import filters, kinds
from fakeaws.core.resources.naming import is_formed
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import tags
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import check_tags

Document = dict[str, Any]

TAG = kinds.Kind(
    "ec2",
    "Tag",
    {"filters": {"key": "Key", "resource-id": "ResourceId", "resource-type": "ResourceType", "value": "Value"}},
)


def create_tags(call: Call) -> Document:
    """A tag with the same key is replaced."""
    given = [{"Key": tag["Key"], "Value": tag.get("Value", "")} for tag in call["Tags"]]
    check_tags(given)
    for kind, resource in _tagged(call):
        kept = {tag["Key"]: tag for tag in resource.get(kind.tags, ())}
        kept.update({tag["Key"]: tag for tag in given})
        if len(kept) > 50:
            raise AwsError("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.")
        resource[kind.tags] = list(kept.values())
        call.keep(kind.name, resource)
    return {}


def delete_tags(call: Call) -> Document:
    """Without tags, all of them go; a tag with a value goes only where it has that value."""
    for kind, resource in _tagged(call):
        resource[kind.tags] = [tag for tag in resource.get(kind.tags, ()) if not _goes(call.get("Tags"), tag)]
        call.keep(kind.name, resource)
    return {}


def _goes(named: list[Document] | None, tag: Document) -> bool:
    if not named:
        return not tag["Key"].startswith("aws:")
    return any(n.get("Key") == tag["Key"] and n.get("Value", tag["Value"]) == tag["Value"] for n in named)


def _tagged(call: Call) -> Iterator[tuple[kinds.Kind, Resource]]:
    by_prefix = _by_prefix()
    for key in call["Resources"]:
        kind = by_prefix.get(key.rpartition("-")[0])
        if kind is None or not is_formed(key):
            raise AwsError("InvalidID", f"The ID '{key}' is not valid")
        yield kind, _read(call, kind, key)


def _read(call: Call, kind: kinds.Kind, key: str) -> Resource:
    if kind.id.endswith("Name"):
        found = next(call.list(kind.name, KeyPairId=key), None)
        if found is None:
            raise AwsError("InvalidID", f"The ID '{key}' is not valid")
        return found
    return call.read(kind.name, key)


def _by_prefix() -> dict[str, kinds.Kind]:
    """Which type an id's prefix stands for."""
    found = {_prefix(kind): kind for kind in kinds.of("ec2") if kind.make and kind.tags}
    found.pop("", None)
    return {**found, "key": kinds.kind("ec2", "KeyPair")}


def _prefix(kind: kinds.Kind) -> str:
    return (kind.make or "").partition("{")[0].rstrip("0").rstrip("-")


def describe_tags(call: Call) -> Document:
    """One row for each tag of each resource."""
    rows = [
        {"Key": key, "ResourceId": resource.key, "ResourceType": _type(kind), "Value": value}
        for kind in {kind.name: kind for kind in _by_prefix().values()}.values()
        for resource in call.list(kind.name)
        for key, value in tags.read(kind, resource).items()
    ]
    rows.sort(key=lambda row: (row["ResourceId"], row["Key"]))
    return {"Tags": [row for row in rows if filters.matching(TAG, call.get("Filters"), row)]}


def _type(kind: kinds.Kind) -> str:
    """The resource type as tags name it, which is also its part of the ARN: `security-group`."""
    return (kind.arn or "").rpartition(":")[2].partition("/")[0]
