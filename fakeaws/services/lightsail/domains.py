"""Domains and the entries of their zones."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.lightsail.operations import location, operation, read

Document = dict[str, Any]


def _check_region(call: Call) -> None:
    """Domains are kept in one region."""
    if call.region != "us-east-1":
        text = "Domain-related APIs are only available in the us-east-1 Region. Please set your Region configuration"
        raise AwsError("InvalidInputException", f"{text} to us-east-1 to create, view, or edit these resources.")


def create_domain(call: Call) -> Document:
    _check_region(call)
    name = call["domainName"]
    if call.find("Domain", name) is not None:
        raise AwsError("InvalidInputException", f"Some names are already in use: {name}")
    made = {
        "name": name,
        "arn": call.make("arn:{partition}:lightsail:global:{account}:Domain/{uuid}"),
        "supportCode": call.make("{account}/Z{upper13}"),
        "createdAt": call.now,
        "location": {**location(call), "regionName": "global"},
        "resourceType": "Domain",
        "tags": call.get("tags", []),
        "domainEntries": [],
    }
    return {"operation": operation(call, "Domain", call.keep("Domain", made))}


def _domain(call: Call) -> Resource:
    _check_region(call)
    return read(call, "Domain", call["domainName"])


def get_domain(call: Call) -> Document:
    return {"domain": _domain(call)}


def create_domain_entry(call: Call) -> Document:
    domain, entry = _domain(call), call["domainEntry"]
    if not str(entry.get("name", "")).endswith(domain.key):
        raise AwsError("InvalidInputException", f"The domain entry does not belong to the domain {domain.key}.")
    domain["domainEntries"].append({"isAlias": False, **entry, "id": call.make("{digits10}")})
    return {"operation": operation(call, "Domain", call.keep("Domain", domain))}


def _same(one: Document, entry: Document) -> bool:
    if "id" in entry:
        return bool(one["id"] == entry["id"])
    return all(one.get(name) == entry.get(name) for name in ("name", "type", "target"))


def _index(domain: Resource, entry: Document) -> int:
    found = next((place for place, one in enumerate(domain["domainEntries"]) if _same(one, entry)), None)
    if found is None:
        raise AwsError("NotFoundException", "The domain entry does not exist.")
    return found


def update_domain_entry(call: Call) -> Document:
    domain, entry = _domain(call), call["domainEntry"]
    domain["domainEntries"][_index(domain, entry)] |= entry
    return {"operations": [operation(call, "Domain", call.keep("Domain", domain))]}


def delete_domain_entry(call: Call) -> Document:
    domain = _domain(call)
    del domain["domainEntries"][_index(domain, call["domainEntry"])]
    return {"operation": operation(call, "Domain", call.keep("Domain", domain))}


def delete_domain(call: Call) -> Document:
    domain = _domain(call)
    call.drop("Domain", domain)
    return {"operation": operation(call, "Domain", domain)}
