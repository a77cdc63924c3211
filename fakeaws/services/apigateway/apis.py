"""REST APIs and the tree of their resources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.patches import patched
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.apigateway.methods import method_shown

Document = dict[str, Any]
SCHEMA = "http://json-schema.org/draft-04/schema#"


def create_rest_api(call: Call) -> Document:
    """A new API has its root resource and two models; `cloneFrom` copies the tree of another."""
    if "cloneFrom" in call:
        raise AwsError("NotImplemented", "fakeaws does not clone REST APIs yet.", status=501)
    made = call.declared()
    api = call.read("RestApi", made["id"])
    call.keep("Resource", {"id": api["rootResourceId"], "path": "/"}, within=api)
    for name, title, more in (("Empty", "Empty Schema", ""), ("Error", "Error Schema", _MESSAGE)):
        schema = f'{{\n  "$schema" : "{SCHEMA}",\n  "title" : "{title}",\n  "type" : "object"{more}\n}}'
        model = {"id": call.make("{alnum6}"), "name": name, "contentType": "application/json", "schema": schema}
        call.keep("Model", {**model, "description": f"This is a default {name.lower()} schema model"}, within=api)
    return made


_MESSAGE = ',\n  "properties" : {\n    "message" : { "type" : "string" }\n  }'


def create_resource(call: Call) -> Document:
    """A resource's path is that of its parent and its own part."""
    api = call.read("RestApi", call["restApiId"])
    parent = call.read("Resource", call["parentId"], within=api)
    return resource_below(call, api, parent, call["pathPart"])


def resource_below(call: Call, api: Resource, parent: Document, part: str) -> Document:
    """A new resource of an API under another one; ConflictException where there is one of the name."""
    _refuse_twin(call, api, parent["id"], part)
    made = {"id": call.make("{alnum6}"), "parentId": parent["id"], "pathPart": part}
    return call.keep("Resource", {**made, "path": _path(parent, part)}, within=api)


def _refuse_twin(call: Call, api: Resource, parent: str, part: str) -> None:
    if any(row.get("parentId") == parent and row["pathPart"] == part for row in call.list("Resource", within=api)):
        raise AwsError("ConflictException", f"Another resource with the same parent already has this name: {part}")


def _path(parent: Document, part: str) -> str:
    return f"{parent['path'].rstrip('/')}/{part}"


def get_resource(call: Call) -> Document:
    api = call.read("RestApi", call["restApiId"])
    return _shown(call, call.read("Resource", call["resourceId"], within=api))


def get_resources(call: Call) -> Document:
    api = call.read("RestApi", call["restApiId"])
    return {"items": [_shown(call, row) for row in call.page(call.list("Resource", within=api))]}


def _shown(call: Call, resource: Resource) -> Document:
    """A resource and the names of its methods; `embed=methods` shows them whole."""
    rows = list(call.list("Method", within=resource))
    whole = "methods" in call.get("embed", ())
    methods = {row["httpMethod"]: method_shown(call, resource, row) if whole else {} for row in rows}
    return {**resource, **({"resourceMethods": methods} if methods else {})}


def update_resource(call: Call) -> Document:
    """Its part of the path or its parent is changed, and with it the paths of all below."""
    api = call.read("RestApi", call["restApiId"])
    resource = call.read("Resource", call["resourceId"], within=api)
    shape = call.operation.service.shape("Resource")
    changed = {**resource, **patched(shape, resource, call.get("patchOperations", []))}
    if changed != resource:
        _refuse_twin(call, api, changed["parentId"], changed["pathPart"])
        resource.update(changed)
        _move(call, api, resource)
    return _shown(call, resource)


def _move(call: Call, api: Resource, resource: Resource) -> None:
    resource["path"] = _path(call.read("Resource", resource["parentId"], within=api), resource["pathPart"])
    call.keep("Resource", resource)
    for below in list(_below(call, api, resource)):
        _move(call, api, below)


def _below(call: Call, api: Resource, resource: Resource) -> Iterator[Resource]:
    return (row for row in call.list("Resource", within=api) if row.get("parentId") == resource["id"])


def delete_resource(call: Call) -> Document:
    """With it goes all below."""
    api = call.read("RestApi", call["restApiId"])
    resource = call.read("Resource", call["resourceId"], within=api)
    if "parentId" not in resource:
        raise AwsError("BadRequestException", "Root resource cannot be deleted")
    for below in list(_below(call, api, resource)):
        call.perform("apigateway", "DeleteResource", {"restApiId": api["id"], "resourceId": below["id"]})
    return call.declared()
