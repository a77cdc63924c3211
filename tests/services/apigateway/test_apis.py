"""REST APIs: the tree of resources, methods and integrations, deployments and stages, changes by path."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Terminal

MISSING = "Invalid Resource identifier specified"


@pytest.fixture
def api(aws: Terminal) -> tuple[str, str]:
    made = aws("apigateway create-rest-api --name shop").json
    return made["id"], made["rootResourceId"]


def _method(aws: Terminal, api: tuple[str, str], resource: str = "") -> str:
    named = f"--rest-api-id {api[0]} --resource-id {resource or api[1]} --http-method GET"
    aws(f"apigateway put-method {named} --authorization-type NONE")
    return named


def _patched(aws: Terminal, operation: str, *changes: str) -> Any:
    return aws(f"apigateway {operation} --patch-operations {' '.join(changes)}").json


def test_resources_are_a_tree_below_the_root(aws: Terminal, api: tuple[str, str]) -> None:
    one = f"--rest-api-id {api[0]}"
    assert aws(f"apigateway get-resources {one}").json["items"] == [{"id": api[1], "path": "/"}]
    pets = aws(f"apigateway create-resource {one} --parent-id {api[1]} --path-part pets").json
    assert pets == {"id": pets["id"], "parentId": api[1], "pathPart": "pets", "path": "/pets"}
    pet = aws(f"apigateway create-resource {one} --parent-id {pets['id']} --path-part {{id}}").json
    assert pet["path"] == "/pets/{id}"
    twin = "Another resource with the same parent already has this name: pets"
    aws.refused(f"apigateway create-resource {one} --parent-id {api[1]} --path-part pets", "ConflictException", twin)
    aws.refused(f"apigateway create-resource {one} --parent-id none --path-part a", "NotFoundException", MISSING)
    _patched(aws, f"update-resource {one} --resource-id {pets['id']}", "op=replace,path=/pathPart,value=animals")
    assert aws(f"apigateway get-resource {one} --resource-id {pet['id']}").json["path"] == "/animals/{id}"
    aws(f"apigateway delete-resource {one} --resource-id {pets['id']}")
    assert len(aws(f"apigateway get-resources {one}").json["items"]) == 1


def test_a_method_shows_its_responses_and_its_integration(aws: Terminal, api: tuple[str, str]) -> None:
    named = _method(aws, api)
    aws.refused(f"apigateway put-integration-response {named} --status-code 200", "NotFoundException")
    aws(f"apigateway put-integration {named} --type HTTP --integration-http-method POST --uri http://example.com")
    aws(f"apigateway put-method-response {named} --status-code 200")
    aws(f"apigateway put-integration-response {named} --status-code 200 --selection-pattern ok")
    found = aws(f"apigateway get-method {named}").json
    assert found["methodResponses"] == {"200": {"statusCode": "200"}}
    assert found["methodIntegration"]["httpMethod"] == "POST"
    assert found["methodIntegration"]["integrationResponses"]["200"]["selectionPattern"] == "ok"
    listed = aws(f"apigateway get-resources --rest-api-id {api[0]}").json["items"]
    assert listed[0]["resourceMethods"] == {"GET": {}}
    whole = aws(f"apigateway get-resources --rest-api-id {api[0]} --embed methods").json["items"]
    assert whole[0]["resourceMethods"]["GET"] == found
    again = f"apigateway put-method {named} --authorization-type NONE"
    aws.refused(again, "ConflictException", "Method already exists for this resource")
    aws(f"apigateway delete-method {named}")
    aws.refused(f"apigateway get-method {named}", "NotFoundException", "Invalid Method identifier specified")
    aws.refused(f"apigateway get-integration {named}", "NotFoundException")


def test_a_deployment_needs_methods_and_integrations(aws: Terminal, api: tuple[str, str]) -> None:
    deploy = f"apigateway create-deployment --rest-api-id {api[0]} --stage-name prod"
    aws.refused(deploy, "BadRequestException", "The REST API doesn't contain any methods")
    named = _method(aws, api)
    aws.refused(deploy, "BadRequestException", "No integration defined for method")
    aws(f"apigateway put-integration {named} --type MOCK")
    made = aws(deploy).json["id"]
    stage = f"--rest-api-id {api[0]} --stage-name prod"
    assert aws(f"apigateway get-stage {stage}").json["deploymentId"] == made
    shown = aws(f"apigateway get-deployment --rest-api-id {api[0]} --deployment-id {made} --embed apisummary").json
    assert shown["apiSummary"] == {"/": {"GET": {"authorizationType": "NONE", "apiKeyRequired": False}}}
    held = "Active stages pointing to this deployment must be moved or deleted"
    delete = f"apigateway delete-deployment --rest-api-id {api[0]} --deployment-id {made}"
    aws.refused(delete, "BadRequestException", held)
    aws(f"apigateway delete-stage {stage}")
    aws(delete)


def test_a_stage_is_changed_by_path(aws: Terminal, api: tuple[str, str]) -> None:
    aws(f"apigateway put-integration {_method(aws, api)} --type MOCK")
    aws(f"apigateway create-deployment --rest-api-id {api[0]} --stage-name prod")
    changed = _patched(
        aws,
        f"update-stage --rest-api-id {api[0]} --stage-name prod",
        "op=replace,path=/*/*/logging/loglevel,value=INFO",
        "op=replace,path=/~1pets/GET/throttling/burstLimit,value=5",
        "op=replace,path=/variables/table,value=pets",
    )
    assert changed["methodSettings"]["*/*"]["loggingLevel"] == "INFO"
    assert changed["methodSettings"]["pets/GET"]["throttlingBurstLimit"] == 5
    assert changed["variables"] == {"table": "pets"}


def test_what_a_path_does_not_lead_to_is_refused(aws: Terminal, api: tuple[str, str]) -> None:
    update = f"update-rest-api --rest-api-id {api[0]}"
    changed = _patched(
        aws,
        update,
        "op=replace,path=/name,value=store",
        "op=add,path=/binaryMediaTypes/image~1png",
        "op=replace,path=/minimumCompressionSize,value=10",
        "op=replace,path=/endpointConfiguration/types/EDGE,value=REGIONAL",
    )
    assert (changed["name"], changed["binaryMediaTypes"]) == ("store", ["image/png"])
    assert (changed["minimumCompressionSize"], changed["endpointConfiguration"]["types"]) == (10, ["REGIONAL"])
    wrong = f"apigateway {update} --patch-operations op=replace,path=/colour,value=red"
    told = "Invalid patch path  '/colour' specified for op 'replace'."
    aws.refused(wrong, "BadRequestException", told)
    assert "binaryMediaTypes" not in _patched(aws, update, "op=remove,path=/binaryMediaTypes/image~1png")


def test_an_account_has_its_limits_and_a_role(aws: Terminal) -> None:
    assert aws("apigateway get-account").json["throttleSettings"] == {"burstLimit": 5000, "rateLimit": 10000.0}
    role = "arn:aws:iam::123456789012:role/logs"
    _patched(aws, "update-account", f"op=replace,path=/cloudwatchRoleArn,value={role}")
    assert aws("apigateway get-account").json["cloudwatchRoleArn"] == role
