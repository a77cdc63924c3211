"""Deployments: what an API was like when it was deployed, and the stages that serve them."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import arn_for, refusal
from fakeaws.core.resources.patches import patched, steps_of
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]
SETTINGS = {
    "metrics/enabled": "metricsEnabled",
    "logging/loglevel": "loggingLevel",
    "logging/dataTrace": "dataTraceEnabled",
    "throttling/burstLimit": "throttlingBurstLimit",
    "throttling/rateLimit": "throttlingRateLimit",
    "caching/enabled": "cachingEnabled",
    "caching/ttlInSeconds": "cacheTtlInSeconds",
    "caching/dataEncrypted": "cacheDataEncrypted",
    "caching/requireAuthorizationForCacheControl": "requireAuthorizationForCacheControl",
    "caching/unauthorizedCacheControlHeaderStrategy": "unauthorizedCacheControlHeaderStrategy",
}
"""The ends of paths that change the settings of a stage's methods, and the members that they stand for."""
USUAL: Document = {
    "metricsEnabled": False,
    "dataTraceEnabled": False,
    "throttlingBurstLimit": 5000,
    "throttlingRateLimit": 10000.0,
    "cachingEnabled": False,
    "cacheTtlInSeconds": 300,
    "cacheDataEncrypted": False,
    "requireAuthorizationForCacheControl": True,
    "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
}


def create_deployment(call: Call) -> Document:
    """All methods have to have an integration; a stage that is named is made, or serves the new deployment."""
    api = call.read("RestApi", call["restApiId"])
    summary = _summary(call, api)
    made: Document = {"id": call.make("{alnum6}"), "createdDate": call.now, "apiSummary": summary}
    if "description" in call:
        made["description"] = call["description"]
    if "stageName" in call:
        _stage(call, api, made["id"])
    call.keep("Deployment", made, within=api)
    return {name: value for name, value in made.items() if name != "apiSummary"}


def _summary(call: Call, api: Resource) -> Document:
    found: Document = {}
    for resource in call.list("Resource", within=api):
        for method in call.list("Method", within=resource):
            if call.find("Integration", method["httpMethod"], within=resource) is None:
                raise AwsError("BadRequestException", "No integration defined for method")
            shown = {"authorizationType": method["authorizationType"], "apiKeyRequired": method["apiKeyRequired"]}
            found.setdefault(resource["path"], {})[method["httpMethod"]] = shown
    if not found:
        raise AwsError("BadRequestException", "The REST API doesn't contain any methods")
    return found


def _stage(call: Call, api: Resource, deployment: str) -> None:
    stage = call.find("Stage", call["stageName"], within=api)
    if stage is None:
        names = {"stageDescription": "description", "variables": "variables", "tracingEnabled": "tracingEnabled"}
        names |= {"cacheClusterEnabled": "cacheClusterEnabled", "cacheClusterSize": "cacheClusterSize"}
        params = {new: call[old] for old, new in names.items() if old in call}
        made = {"restApiId": api["id"], "stageName": call["stageName"], "deploymentId": deployment}
        call.keep("Stage", _new_stage(call, {**made, **params}), within=api)
    else:
        stage.update({"deploymentId": deployment, "lastUpdatedDate": call.now})
        call.keep("Stage", stage)


def _new_stage(call: Call, given: Document) -> Document:
    usual: Document = {
        "cacheClusterEnabled": False,
        "cacheClusterStatus": "NOT_AVAILABLE",
        "methodSettings": {},
        "tracingEnabled": False,
    }
    arn = arn_for(call, "Stage", **_texts(given))
    times = {"createdDate": call.now, "lastUpdatedDate": call.now, "_arn": arn}
    if given.get("cacheClusterEnabled"):
        usual |= {"cacheClusterSize": "0.5", "cacheClusterStatus": "AVAILABLE"}
    return {**usual, **given, **times}


def _texts(given: Document) -> Document:
    return {name: value for name, value in given.items() if isinstance(value, str)}


def create_stage(call: Call) -> Document:
    api = call.read("RestApi", call["restApiId"])
    call.read("Deployment", call["deploymentId"], within=api)
    if call.find("Stage", call["stageName"], within=api) is not None:
        raise refusal(call, "Stage", "exists")
    return call.keep("Stage", _new_stage(call, call.params), within=api)


def update_stage(call: Call) -> Document:
    """Paths of methods (`/*/*/metrics/enabled`, `/~1pets/GET/…`) change their settings, others the stage itself."""
    api = call.read("RestApi", call["restApiId"])
    stage = call.read("Stage", call["stageName"], within=api)
    operations = call.get("patchOperations", [])
    own = [one for one in operations if not _is_of_method(one)]
    for one in operations:
        if one.get("path") == "/deploymentId":
            call.read("Deployment", one.get("value", ""), within=api)
    stage.update(patched(call.operation.service.shape("Stage"), stage, own))
    for one in (one for one in operations if _is_of_method(one)):
        _set_method(call, stage, one)
    stage["lastUpdatedDate"] = call.now
    return call.keep("Stage", stage)


def _is_of_method(one: Document) -> bool:
    return one.get("path", "").endswith(tuple(f"/{end}" for end in SETTINGS)) and not one["path"].startswith("/canary")


def _set_method(call: Call, stage: Document, one: Document) -> None:
    *resource, method, family, name = steps_of(one["path"])
    key = f"{'/'.join(resource).lstrip('/')}/{method}"
    shape = call.operation.service.shape("MethodSetting")
    change = {**one, "path": f"/{SETTINGS[f'{family}/{name}']}"}
    held = stage["methodSettings"].get(key, USUAL)
    stage["methodSettings"][key] = {**held, **patched(shape, held, [change])}


def delete_deployment(call: Call) -> Document:
    api = call.read("RestApi", call["restApiId"])
    if any(stage["deploymentId"] == call["deploymentId"] for stage in call.list("Stage", within=api)):
        raise AwsError("BadRequestException", "Active stages pointing to this deployment must be moved or deleted")
    return call.declared()


def get_deployment(call: Call) -> Document:
    """What was deployed is shown when it is asked for."""
    found = dict(call.read("Deployment", call["deploymentId"], within=call.read("RestApi", call["restApiId"])))
    if "apisummary" not in call.get("embed", ()):
        found.pop("apiSummary", None)
    return found
