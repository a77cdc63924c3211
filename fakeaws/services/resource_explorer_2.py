"""AWS Resource Explorer: search over everything that the account has.

Indexes and views are declared; searching looks at the resources themselves, so an index never lags behind.
"""

from __future__ import annotations

from typing import Any

from fakeaws.core.model.compiler import snake
from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import inventory
from fakeaws.core.resources.places import service_of

Document = dict[str, Any]


def search(call: Call) -> Document:
    """Words must all match; `service:ec2`, `resourcetype:ec2:instance`, `region:…`, `tag.key:…`, `tag:k=v` and `id:…`
    look at one thing, and a leading minus excludes."""
    found = _found(call, call["QueryString"])
    count = {"TotalResources": len(found), "Complete": True}
    return {"Resources": found, "Count": count, "ViewArn": call.get("ViewArn") or _default_view(call)}


def list_resources(call: Call) -> Document:
    query = (call.get("Filters") or {}).get("FilterString", "")
    return {"Resources": _found(call, query), "ViewArn": call.get("ViewArn") or _default_view(call)}


def _default_view(call: Call) -> str:
    view = next(call.list("View"), None)
    arn = call.make("arn:{partition}:resource-explorer-2:{region}:{account}:view/all-resources/{uuid}")
    return str(view.get("ViewArn", arn)) if view is not None else arn


def _found(call: Call, query: str) -> list[Document]:
    words = query.split()
    items = (item for item in inventory.everything(call) if item.service != service_of(call))
    return [_shown(call, item) for item in items if all(_matches(item, word) for word in words)]


def _shown(call: Call, item: inventory.Item) -> Document:
    tags = [{"Key": key, "Value": value} for key, value in item.tags.items()]
    properties = [{"Name": "tags", "LastReportedAt": call.now, "Data": tags}] if tags else []
    return {
        "Arn": item.arn,
        "OwningAccountId": call.account,
        "Region": item.parts.region or "global",
        "ResourceType": _type(item),
        "Service": item.parts.service,
        "LastReportedAt": call.now,
        "Properties": properties,
    }


def _type(item: inventory.Item) -> str:
    return f"{item.parts.service}:{snake(item.kind.name).replace('_', '-')}"


def _matches(item: inventory.Item, word: str) -> bool:
    if word.startswith("-") and len(word) > 1:
        return not _matches(item, word[1:])
    field, colon, wanted = word.partition(":")
    if not colon or field not in _FIELDS:
        texts = [item.arn, *item.tags, *item.tags.values()]
        return any(word.strip('"*').lower() in text.lower() for text in texts)
    return any(_fits(text, wanted.strip('"')) for text in _FIELDS[field](item))


def _fits(text: str, wanted: str) -> bool:
    return text.startswith(wanted[:-1]) if wanted.endswith("*") else text == wanted


_FIELDS: dict[str, Any] = {
    "service": lambda item: [item.parts.service],
    "region": lambda item: [item.parts.region or "global"],
    "resourcetype": lambda item: [_type(item)],
    "id": lambda item: [item.arn],
    "accountid": lambda item: [item.parts.account],
    "tag": lambda item: [f"{key}={value}" for key, value in item.tags.items()] or ["none"],
    "tag.key": lambda item: list(item.tags),
    "tag.value": lambda item: list(item.tags.values()),
}
