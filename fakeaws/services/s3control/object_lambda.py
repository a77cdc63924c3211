"""Object Lambda access points: kept with their configuration; what is read through them is not transformed here."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import refusal
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.s3control.access_points import BLOCKS, check_name, check_policy, is_public

Document = dict[str, Any]
KIND = "ObjectLambdaAccessPoint"


def create_access_point_for_object_lambda(call: Call) -> Document:
    """Behind it stand an access point of S3 and, for each action, a function."""
    name = call["Name"]
    check_name(name)
    if call.find(KIND, name) is not None:
        raise refusal(call, "AccessPoint", "exists", name)
    _check(call, call["Configuration"])
    document = {
        "Name": name,
        "ObjectLambdaAccessPointArn": call.make(
            "arn:{partition}:s3-object-lambda:{region}:{account}:accesspoint/{name}", name=name
        ),
        "Alias": {"Value": f"{name[:12]}-{call.make('{alnum30}')}--ol-s3", "Status": "READY"},
        "CreationDate": call.now,
        "PublicAccessBlockConfiguration": dict.fromkeys(BLOCKS, True),
        "configuration": call["Configuration"],
    }
    call.keep(KIND, document)
    return {"ObjectLambdaAccessPointArn": document["ObjectLambdaAccessPointArn"], "Alias": document["Alias"]}


def _check(call: Call, configuration: Document) -> None:
    arn = configuration["SupportingAccessPoint"]
    if call.find("AccessPoint", arn.rpartition("/")[2]) is None:
        raise AwsError("InvalidRequest", "The supporting access point does not exist.", status=400)
    for each in configuration["TransformationConfigurations"]:
        if not each["Actions"] or "AwsLambda" not in each["ContentTransformation"]:
            raise AwsError("InvalidRequest", "A transformation needs actions and a Lambda function.", status=400)


def _read(call: Call) -> Resource:
    found = call.find(KIND, call["Name"])
    if found is None:
        raise refusal(call, "AccessPoint", "missing", call["Name"])
    return found


def get_access_point_for_object_lambda(call: Call) -> Document:
    found = _read(call)
    return {name: found[name] for name in ("Name", "PublicAccessBlockConfiguration", "CreationDate", "Alias")}


def list_access_points_for_object_lambda(call: Call) -> Document:
    shown = ("Name", "ObjectLambdaAccessPointArn", "Alias")
    rows = call.page(call.list(KIND))
    return {"ObjectLambdaAccessPointList": [{name: row[name] for name in shown} for row in rows]}


def delete_access_point_for_object_lambda(call: Call) -> Document:
    call.drop(KIND, _read(call))
    return {}


def get_access_point_configuration_for_object_lambda(call: Call) -> Document:
    return {"Configuration": _read(call)["configuration"]}


def put_access_point_configuration_for_object_lambda(call: Call) -> Document:
    found = _read(call)
    _check(call, call["Configuration"])
    found["configuration"] = call["Configuration"]
    call.keep(KIND, found)
    return {}


def put_access_point_policy_for_object_lambda(call: Call) -> Document:
    found = _read(call)
    check_policy(call["Policy"])
    found["policy"] = call["Policy"]
    call.keep(KIND, found)
    return {}


def get_access_point_policy_for_object_lambda(call: Call) -> Document:
    return {"Policy": _policy(call)}


def _policy(call: Call) -> str:
    found = _read(call).get("policy")
    if found is None:
        text = "The specified accesspoint policy does not exist"
        raise AwsError("NoSuchAccessPointPolicy", text, status=404)
    return str(found)


def get_access_point_policy_status_for_object_lambda(call: Call) -> Document:
    return {"PolicyStatus": {"IsPublic": is_public(_policy(call))}}


def delete_access_point_policy_for_object_lambda(call: Call) -> Document:
    found = _read(call)
    found.pop("policy", None)
    call.keep(KIND, found)
    return {}
