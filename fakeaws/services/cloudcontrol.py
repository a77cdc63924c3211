"""AWS Cloud Control API: resources of many services by one set of operations, on what those services declare.

A request is carried out at once; its event says so when it is asked for, as with AWS after a while.
"""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

from fakeaws.core.model import models
from fakeaws.core.model.models import Operation, Shape
from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.enforcement import need_call
from fakeaws.core.resources import kinds, naming
from fakeaws.core.resources.places import scope, table
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import json_patch
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.tags import as_map

Document = dict[str, Any]
Target = tuple[str, kinds.Kind]

NAMES = {
    "applicationautoscaling": "application-autoscaling",
    "certificatemanager": "acm",
    "cognito": "cognito-idp",
    "elasticloadbalancing": "elb",
    "elasticloadbalancingv2": "elbv2",
    "opensearchservice": "opensearch",
    "kinesisfirehose": "firehose",
    "kinesisanalyticsv2": "kinesisanalyticsv2",
    "msk": "kafka",
    "sso": "sso-admin",
    "timestream": "timestream-write",
    "vpclattice": "vpc-lattice",
    "networkfirewall": "network-firewall",
    "redshiftserverless": "redshift-serverless",
    "resourcegroups": "resource-groups",
    "codestarconnections": "codestar-connections",
    "servicecatalog": "servicecatalog",
}
"""CloudFormation's names of services where they are not those of their clients in lower case."""


def create_resource(call: Call) -> Document:
    service, kind = _target(call)
    desired = _json(call, "DesiredState")
    if not isinstance(desired, dict):
        raise AwsError("ValidationException", "DesiredState must be a JSON object")

    def make() -> tuple[str, Document]:
        operation = _operation(service, kind, "create", "put")
        params = _shaped(operation.input, desired)
        answer = call.perform(service, operation.name, params, forward=True)
        key = _key_in(kind, {**params, **_flat(answer)})
        return key, _properties(kind, _resource(call, kind, key))

    return _event(call, "CREATE", "", make)


def update_resource(call: Call) -> Document:
    service, kind = _target(call)
    resource = _resource(call, kind, call["Identifier"])
    try:
        wanted = json_patch.patched(_properties(kind, resource), _json(call, "PatchDocument"))
    except json_patch.Unpatchable as error:
        raise AwsError("ValidationException", str(error)) from error
    if not isinstance(wanted, dict):
        raise AwsError("ValidationException", "The patch leaves no JSON object")

    def change() -> tuple[str, Document]:
        operation = _operation(service, kind, "update", "put")
        params = {**_shaped(operation.input, wanted), **_naming(operation, resource)}
        call.perform(service, operation.name, params, forward=True)
        return resource.key, _properties(kind, _resource(call, kind, resource.key))

    return _event(call, "UPDATE", resource.key, change)


def delete_resource(call: Call) -> Document:
    service, kind = _target(call)
    resource = _resource(call, kind, call["Identifier"])

    def remove() -> tuple[str, Document]:
        operation = _operation(service, kind, "delete")
        call.perform(service, operation.name, _naming(operation, resource), forward=True)
        return resource.key, {}

    return _event(call, "DELETE", resource.key, remove)


def get_resource(call: Call) -> Document:
    service, kind = _target(call)
    resource = _resource(call, kind, call["Identifier"])
    _check(call, service, kind, resource, "read", "list")
    return {"TypeName": call["TypeName"], "ResourceDescription": _description(kind, resource)}


def list_resources(call: Call) -> Document:
    service, kind = _target(call)
    _check(call, service, kind, None, "list", "read")
    rows = table(call, kind).list(scope(call, kind))
    return {"TypeName": call["TypeName"], "ResourceDescriptions": [_description(kind, row) for row in rows]}


def _check(call: Call, service: str, kind: kinds.Kind, resource: Resource | None, *verbs: str) -> None:
    """AwsError where the caller's policies do not allow the operation of the service that reads or lists the type."""
    operation = _operation_of(service, kind, *verbs)
    if operation is not None:
        try:
            need_call(call, service, operation.name, _naming(operation, resource) if resource is not None else {})
        except AwsError as error:
            raise AwsError("AccessDeniedException", error.message, status=400) from error


def _is_denied(error: AwsError) -> bool:
    return hasattr(error, "why")


def _target(call: Call) -> Target:
    """The service and type that `AWS::Service::Type` names."""
    _, middle, name = call["TypeName"].split("::")
    service = NAMES.get(middle.lower(), middle.lower())
    if service in models.services():
        for kind in kinds.of(service):
            if kind.name.lower() == name.lower():
                return service, kind
    raise AwsError("TypeNotFoundException", f"The type '{call['TypeName']}' cannot be found.")


def _operation_of(service: str, kind: kinds.Kind, *verbs: str) -> Operation | None:
    model = models.service(service)
    for verb in verbs:
        for name in model.binding_names:
            binding = model.binding(name) or {}
            if binding.get("kind") == kind.name and binding["verb"] == verb:
                return model.operation(name)
    return None


def _operation(service: str, kind: kinds.Kind, *verbs: str) -> Operation:
    found = _operation_of(service, kind, *verbs)
    if found is not None:
        return found
    text = f"Resource type {kind.name} does not support this action"
    raise AwsError("UnsupportedActionException", text)


def _event(call: Call, operation: str, key: str, act: Any) -> Document:
    """Carry a request out; the answer says that it is under way, the event that is kept how it ended."""
    event: Document = {
        "TypeName": call["TypeName"],
        "RequestToken": call.make("{uuid}"),
        "Operation": operation,
        "OperationStatus": "IN_PROGRESS",
        "EventTime": call.now,
    }
    ended = {**event, "OperationStatus": "SUCCESS"}
    try:
        key, model = act()
        ended["ResourceModel"] = json.dumps(model)
    except AwsError as error:
        reason = "AlreadyExists" if "xist" in error.code else "InvalidRequest"
        reason = "AccessDenied" if _is_denied(error) else reason
        ended |= {"OperationStatus": "FAILED", "StatusMessage": error.message, "ErrorCode": reason}
    call.keep("ResourceRequest", {**ended, **({"Identifier": key} if key else {})})
    return {"ProgressEvent": {**event, **({"Identifier": key} if key else {})}}


def _resource(call: Call, kind: kinds.Kind, identifier: str) -> Resource:
    found = naming.find(call, kind, identifier.rsplit("|", 1)[-1])
    if found is None:
        text = f"Resource of type '{call['TypeName']}' with identifier '{identifier}' was not found."
        raise AwsError("ResourceNotFoundException", text)
    return found


def _description(kind: kinds.Kind, resource: Resource) -> Document:
    return {"Identifier": resource.key, "Properties": json.dumps(_properties(kind, resource))}


def _properties(kind: kinds.Kind, resource: Document) -> Document:
    """A resource as CloudFormation spells it: members with a capital letter, tags as a list."""
    own = ("passing", *(["Tags"] if kind.tags else []))
    found = {_capital(k): _spelled(v) for k, v in resource.items() if k[:1] != "_" and k not in own and k != kind.tags}
    held = as_map(resource.get(kind.tags)) if kind.tags else {}
    if held:
        found["Tags"] = [{"Key": key, "Value": value} for key, value in held.items()]
    return found


def _spelled(value: Any) -> Any:
    if isinstance(value, dict):
        return {_capital(key): _spelled(item) for key, item in value.items()}
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return [_spelled(item) for item in value] if isinstance(value, list) else value


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _shaped(shape: Shape | None, value: Any) -> Any:
    """Properties as the operation's parameters, whose members may begin with a small letter."""
    if shape is None or value is None:
        return {}
    if shape.type == "structure" and isinstance(value, dict):
        by_name = {name.lower(): name for name in shape.member_names}
        known = {by_name[key.lower()]: item for key, item in value.items() if key.lower() in by_name}
        return {name: _shaped(shape.at(name), item) for name, item in known.items()}
    if shape.type == "list" and isinstance(value, list):
        return [_shaped(shape.member, item) for item in value]
    if shape.type == "map" and isinstance(value, list):
        return as_map(value)
    return value


def _naming(operation: Operation, resource: Resource) -> Document:
    """The parameters that name the resource and what it stands within."""
    binding = operation.service.binding(operation.name) or {}
    above = resource.parent.split("/")[-len(binding.get("parents", ())) :]
    named = {member: key for (_, member), key in zip(binding.get("parents", ()), above, strict=False)}
    return {**named, **dict.fromkeys(binding.get("key", ())[:1], resource.key)}


def _flat(answer: Document) -> Document:
    """The members of an answer and of the structures in it."""
    found: Document = {}
    for name, value in answer.items():
        found |= _flat(value) if isinstance(value, dict) else {name: value}
    return found


def _key_in(kind: kinds.Kind, found: Document) -> str:
    return naming.key_of([found.get(m) for m in kind.keys]) if kind.keys else str(found.get(kind.id, naming.SOLE))


def _json(call: Call, member: str) -> Any:
    try:
        return json_patch.loads(call[member])
    except json_patch.Unpatchable as error:
        raise AwsError("ValidationException", f"{member} is not valid JSON") from error
