"""What the families of EC2 resources share: ids as EC2 checks them, describe calls, tags at creation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import filters, kinds, naming
from fakeaws.core.resources.naming import refusal
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]


def new_id(call: Call, kind: str) -> str:
    """An id in the form that `kind` has."""
    template = kinds.kind("ec2", kind).make
    assert template is not None
    return call.make(template)


def check_id(call: Call, kind: str, key: str) -> None:
    """Refuse what cannot be an id of `kind`, before anything is looked up."""
    if naming.is_malformed(kinds.kind("ec2", kind), key):
        raise refusal(call, kind, "malformed", key)


def read(call: Call, kind: str, key: str) -> Resource:
    """The resource with this id, or EC2's refusal of a malformed or unknown one."""
    check_id(call, kind, key)
    return call.read(kind, key)


def read_all(call: Call, kind: str, keys: list[str]) -> list[Resource]:
    """The resources with these ids; one refusal names all that are unknown."""
    for key in keys:
        check_id(call, kind, key)
    found = {key: call.find(kind, key) for key in dict.fromkeys(keys)}
    unknown = [key for key, resource in found.items() if resource is None]
    if unknown:
        raise _unknown(call, kind, unknown)
    return [resource for resource in found.values() if resource is not None]


def _unknown(call: Call, kind: str, keys: list[str]) -> AwsError:
    error = refusal(call, kind, "missing", keys[0])
    if len(keys) == 1:
        return error
    text = (
        error.message.replace(keys[0], ", ".join(keys))
        .replace(" ID '", " IDs '")
        .replace("does not exist", "do not exist")
    )
    return AwsError(error.code, text)


def described(call: Call, kind: str, ids: str) -> Iterator[Resource]:
    """What a describe call shows: the resources named in the parameter `ids`, or all, that match its filters."""
    declared = kinds.kind("ec2", kind)
    keys = call.get(ids)
    if not keys:
        return filters.selected(call, kind, call.get("Filters"))
    if "MaxResults" in call:
        raise AwsError(
            "InvalidParameterCombination",
            f"The parameter {ids[:1].lower()}{ids[1:]} cannot be used with the parameter maxResults",
        )
    return (r for r in read_all(call, kind, keys) if filters.matching(declared, call.get("Filters"), r))


def check_page_size(call: Call, least: int = 5, most: int = 1000) -> None:
    """EC2's rule for MaxResults: refused below, silently capped above."""
    wanted = call.get("MaxResults")
    if wanted is not None and wanted < least:
        raise AwsError(
            "InvalidParameterValue",
            f"Value ( {wanted} ) for parameter maxResults is invalid. Expecting a value greater than {least}.",
        )


def tags_for(call: Call, resource_type: str, allowed: tuple[str, ...] | None = None) -> list[Document]:
    """The tags that TagSpecifications give to new resources of a type (`instance`, `volume`)."""
    tags: list[Document] = []
    for specification in call.get("TagSpecifications", ()):
        named = specification.get("ResourceType")
        if named not in (allowed or (resource_type,)):
            raise AwsError(
                "InvalidParameterValue", f"'{named}' is not a valid taggable resource type for this operation."
            )
        if named == resource_type:
            tags += [{"Key": tag["Key"], "Value": tag.get("Value", "")} for tag in specification.get("Tags", ())]
    check_tags(tags)
    return tags


def with_tags(document: Document, tags: list[Document]) -> Document:
    """The document with its tags; EC2 leaves the member out of most resources that have none."""
    return {**document, "Tags": tags} if tags else document


def setting(call: Call, name: str) -> Document:
    """A setting of the account in the region, empty where nobody set it; `keep_setting` keeps it."""
    return call.find("AccountSetting", name) or {"name": name}


def keep_setting(call: Call, name: str, **values: Any) -> None:
    """Set members of a setting of the account in the region."""
    call.keep("AccountSetting", {**setting(call, name), **values})


def listed(call: Call, kind: str, ids: str, result: str) -> Document:
    """The whole of an ordinary describe operation."""
    check_page_size(call)
    return {result: call.page(described(call, kind, ids))}


def matched(call: Call, kind: kinds.Kind, rows: list[Document]) -> list[Document]:
    """Rows that are computed, not kept, as far as they match the filters."""
    return [row for row in rows if filters.matching(kind, call.get("Filters"), row)]


def first_zone(call: Call, name: str | None, key: str | None = None) -> Document:
    """The zone of the region with this name or id; EC2's refusal where there is none."""
    from fakeaws.services.ec2.regions import zones_of

    for zone in zones_of(call.region):
        if zone["ZoneName"] == (name or zone["ZoneName"]) and zone["ZoneId"] == (key or zone["ZoneId"]):
            return zone
    raise AwsError("InvalidZone.NotFound", f"The zone '{name or key}' does not exist.")


def check_tags(tags: list[Document]) -> None:
    """EC2's rules for tags: no key twice, none of AWS's own, at most 50."""
    keys = [tag["Key"] for tag in tags]
    for key in keys:
        if keys.count(key) > 1:
            raise AwsError("InvalidParameterValue", f"Duplicate tag key '{key}' specified.")
        if key.lower().startswith("aws:"):
            raise AwsError("InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use")
        if not key or len(key) > 127:
            raise AwsError("InvalidParameterValue", f"Tag key exceeds the maximum length of 127 characters: {key}")
    if len(keys) > 50:
        raise AwsError("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.")
