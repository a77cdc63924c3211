"""Methods of resources, their responses, and the integrations behind them."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.patches import patched
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]
NAMING = ("restApiId", "resourceId", "httpMethod")
NO_AUTHORIZER = (
    "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid"
    " authorizer."
)


def _resource(call: Call) -> Resource:
    return call.read("Resource", call["resourceId"], within=call.read("RestApi", call["restApiId"]))


def _method(call: Call, resource: Resource) -> Resource:
    return call.read("Method", call["httpMethod"], within=resource)


def method_shown(call: Call, resource: Resource, method: Resource) -> Document:
    """A method with its responses and its integration."""
    shown = dict(method)
    responses = _responses(call, "MethodResponse", resource, method["httpMethod"])
    integration = call.find("Integration", method["httpMethod"], within=resource)
    if responses:
        shown["methodResponses"] = responses
    if integration is not None:
        shown["methodIntegration"] = _integration_shown(call, resource, integration)
    return shown


def _integration_shown(call: Call, resource: Resource, integration: Resource) -> Document:
    responses = _responses(call, "IntegrationResponse", resource, integration["method"])
    return {**integration, **({"integrationResponses": responses} if responses else {})}


def _responses(call: Call, kind: str, resource: Resource, method: str) -> dict[str, Document]:
    rows = call.list(kind, within=resource, prefix=f"{method}|")
    return {row["statusCode"]: {name: v for name, v in row.items() if name != "httpMethod"} for row in rows}


def put_method(call: Call) -> Document:
    resource = _resource(call)
    if call.find("Method", call["httpMethod"], within=resource) is not None:
        raise AwsError("ConflictException", "Method already exists for this resource")
    if call["authorizationType"] in ("CUSTOM", "COGNITO_USER_POOLS") and "authorizerId" not in call:
        raise AwsError("BadRequestException", NO_AUTHORIZER)
    given = {name: value for name, value in call.params.items() if name not in NAMING[:2]}
    return call.keep("Method", {"apiKeyRequired": False, **given}, within=resource)


def get_method(call: Call) -> Document:
    resource = _resource(call)
    return method_shown(call, resource, _method(call, resource))


def update_method(call: Call) -> Document:
    resource = _resource(call)
    method = _method(call, resource)
    method.update(patched(call.operation.service.shape("Method"), method, call.get("patchOperations", [])))
    return method_shown(call, resource, call.keep("Method", method))


def delete_method(call: Call) -> Document:
    """With it go its responses and its integration."""
    resource = _resource(call)
    method = _method(call, resource)
    _drop_responses(call, "MethodResponse", resource)
    if call.find("Integration", call["httpMethod"], within=resource) is not None:
        _drop_integration(call, resource)
    call.drop("Method", method)
    return {}


def _drop_responses(call: Call, kind: str, resource: Resource) -> None:
    for row in list(call.list(kind, within=resource, prefix=f"{call['httpMethod']}|")):
        call.drop(kind, row)


def put_method_response(call: Call) -> Document:
    resource = _resource(call)
    _method(call, resource)
    if call.find("MethodResponse", _response_key(call), within=resource) is not None:
        raise AwsError("ConflictException", "Response already exists for this resource")
    return call.declared()


def _response_key(call: Call) -> str:
    return f"{call['httpMethod']}|{call['statusCode']}"


# Integrations


def put_integration(call: Call) -> Document:
    """What there was is replaced, with its responses."""
    resource = _resource(call)
    _method(call, resource)
    kind = call["type"]
    if kind != "MOCK" and not call.get("uri"):
        raise AwsError("BadRequestException", "Invalid HTTP endpoint specified for URI")
    if kind in ("AWS", "AWS_PROXY"):
        _check_target(call)
    if call.find("Integration", call["httpMethod"], within=resource) is not None:
        _drop_integration(call, resource)
    made = {name: value for name, value in call.params.items() if name not in NAMING}
    if "integrationHttpMethod" in made:
        made["httpMethod"] = made.pop("integrationHttpMethod")
    usual = {"passthroughBehavior": "WHEN_NO_MATCH", "timeoutInMillis": 29000, "cacheNamespace": call["resourceId"]}
    return call.keep(
        "Integration", {**usual, "cacheKeyParameters": [], **made, "method": call["httpMethod"]}, within=resource
    )


def _check_target(call: Call) -> None:
    if not call["uri"].startswith("arn:"):
        raise AwsError("BadRequestException", "Invalid ARN specified in the request")
    if len(call["uri"].split(":", 5)) < 6 or "/" not in call["uri"]:
        raise AwsError("BadRequestException", "AWS ARN for integration must contain path or action")
    if "integrationHttpMethod" not in call:
        raise AwsError("BadRequestException", "Enumeration value for HttpMethod must be non-empty")


def _integration(call: Call, resource: Resource) -> Resource:
    return call.read("Integration", call["httpMethod"], within=resource)


def get_integration(call: Call) -> Document:
    resource = _resource(call)
    return _integration_shown(call, resource, _integration(call, resource))


def update_integration(call: Call) -> Document:
    resource = _resource(call)
    found = _integration(call, resource)
    found.update(patched(call.operation.service.shape("Integration"), found, call.get("patchOperations", [])))
    return _integration_shown(call, resource, call.keep("Integration", found))


def delete_integration(call: Call) -> Document:
    _drop_integration(call, _resource(call))
    return {}


def _drop_integration(call: Call, resource: Resource) -> None:
    found = _integration(call, resource)
    _drop_responses(call, "IntegrationResponse", resource)
    call.drop("Integration", found)


def put_integration_response(call: Call) -> Document:
    """For a status that the method itself may answer with."""
    resource = _resource(call)
    _integration(call, resource)
    if call.find("MethodResponse", _response_key(call), within=resource) is None:
        raise AwsError("NotFoundException", "Invalid Response status code specified")
    return call.declared()
