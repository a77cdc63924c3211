"""What operations ask for: of every service, and as the Service Authorization Reference has it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fakeaws.core.model import models
from fakeaws.core.model.compiled import shapes_folder
from fakeaws.core.model.models import Shape
from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.pipeline.paging import Page
from fakeaws.core.resources.caller import root
from fakeaws.policies import reference
from fakeaws.policies.targets import Target, targets

ROLE = "arn:aws:iam::123456789012:role/app"
SOME = ("autoscaling", "config", "dms", "ec2", "ecs", "events", "firehose", "iam", "lambda", "s3", "sagemaker", "ssm")
DEPTH = 6


def _call(cloud: Cloud, service: str, operation: str, params: dict[str, Any]) -> Call:
    found = models.service(service).operation(operation)
    return Call(cloud, found, params, root(), Page(found, {}))


def _asked(cloud: Cloud, service: str, operation: str, /, **params: Any) -> list[Target]:
    return targets(_call(cloud, service, operation, params))


def _filled(shape: Shape | None, depth: int = 0) -> Any:
    """A value for everything that a shape has, and a role wherever there can be one."""
    if shape is None or depth > DEPTH:
        return {}
    if shape.type == "structure":
        return {name: _filled(shape.at(name), depth + 1) for name in shape.member_names}
    if shape.type == "list":
        return [_filled(shape.member, depth + 1)]
    if shape.type == "map":
        return {"key": _filled(shape.value, depth + 1)}
    return {"string": (shape.get("enum") or [ROLE])[0], "blob": b"", "boolean": True}.get(shape.type, 1)


def _check(cloud: Cloud, service: str) -> None:
    for name in models.service(service).operation_names:
        shape = models.service(service).operation(name).input
        for params in ({}, _filled(shape)):
            found = _asked(cloud, service, name, **params)
            assert found, (service, name)
            assert all(each.resource in ("*", "?") or each.resource.startswith("arn:") for each in found), (
                service,
                name,
            )


@pytest.mark.parametrize("service", SOME)
def test_every_operation_asks_for_something(cloud: Cloud, service: str) -> None:
    _check(cloud, service)


@pytest.mark.full
def test_every_operation_of_every_service_asks_for_something(cloud: Cloud) -> None:
    for service in models.services():
        _check(cloud, service)


def test_a_role_is_passed_wherever_a_parameter_takes_one(cloud: Cloud) -> None:
    passing: dict[str, set[str]] = {}
    for service in SOME:
        for name in models.service(service).operation_names:
            found = _asked(cloud, service, name, **_filled(models.service(service).operation(name).input))
            if any(each.action == "iam:PassRole" for each in found):
                passing.setdefault(service, set()).add(name)
    assert not {name for names in passing.values() for name in names if name.startswith(("Describe", "List", "Get"))}
    assert {"CreateFunction", "UpdateFunctionConfiguration"} <= passing["lambda"]
    assert {"PutRule", "PutTargets"} <= passing["events"]
    assert {"RunTask", "RegisterTaskDefinition", "CreateService"} <= passing["ecs"]
    assert len(passing["sagemaker"]) > 40
    assert "iam" not in passing
    assert all(passing[service] for service in SOME if service != "iam")


def test_what_a_user_makes_up_is_not_passed(cloud: Cloud) -> None:
    """Tags, environments, items, principals: a role in them is a text."""
    asked = (
        ("lambda", "CreateFunction", {"FunctionName": "f", "Environment": {"Variables": {"ROLE_ARN": ROLE}}}),
        ("lambda", "AddPermission", {"FunctionName": "f", "Principal": ROLE}),
        ("dynamodb", "PutItem", {"TableName": "t", "Item": {"RoleArn": {"S": ROLE}}}),
        ("ecs", "RunTask", {"overrides": {"containerOverrides": [{"environment": [{"name": "r", "value": ROLE}]}]}}),
        ("eks", "CreateAccessEntry", {"clusterName": "c", "principalArn": ROLE}),
        ("sqs", "TagQueue", {"QueueUrl": "http://x/123456789012/q", "Tags": {"RoleArn": ROLE}}),
        ("sts", "AssumeRole", {"RoleArn": ROLE, "RoleSessionName": "s"}),
        ("ec2", "AssociateEnclaveCertificateIamRole", {"RoleArn": ROLE, "CertificateArn": "arn:aws:acm:x:1:y/z"}),
    )
    for service, operation, params in asked:
        assert "iam:PassRole" not in {each.action for each in _asked(cloud, service, operation, **params)}, operation


def test_attributes_of_a_topic_pass_roles(cloud: Cloud) -> None:
    attributes = {"LambdaSuccessFeedbackRoleArn": ROLE, "DisplayName": "news"}
    found = _asked(cloud, "sns", "CreateTopic", Name="news", Attributes=attributes)
    assert [(each.action, each.resource) for each in found[1:]] == [("iam:PassRole", ROLE)]
    assert found[1].keys["iam:passedtoservice"] == "sns.amazonaws.com"
    assert found[1].keys["iam:associatedresourcearn"] == "arn:aws:sns:us-east-1:123456789012:news"


def test_a_resource_of_another_account_is_named_as_it_is(cloud: Cloud) -> None:
    url = "https://sqs.us-east-1.amazonaws.com/444455556666/jobs"
    [target] = _asked(cloud, "sqs", "SendMessage", QueueUrl=url, MessageBody="x")
    assert target.resource == "arn:aws:sqs:us-east-1:444455556666:jobs"


def test_an_action_that_the_reference_does_not_know_is_asked_for_all_the_same(cloud: Cloud) -> None:
    assert reference.action("sqs:Invented") is None
    assert reference.action("invented:Action") is None
    [target] = _asked(cloud, "applicationcostprofiler", "DeleteReportDefinition", reportId="x")
    assert target.action == "application-cost-profiler:DeleteReportDefinition"


def test_only_the_file_of_the_service_that_is_called_is_read(cloud: Cloud) -> None:
    reference._service.cache_clear()
    reference.action.cache_clear()
    _asked(cloud, "sqs", "ListQueues")
    assert reference._service.cache_info().currsize == 1


def test_the_reference_names_only_types_that_it_has() -> None:
    for path in Path(shapes_folder(), "catalogue", "reference").glob("[a-z]*.json"):
        found = json.loads(path.read_text(encoding="utf-8"))
        for name, (_, types, keys, *_) in found["actions"].items():
            assert {kind.removesuffix("*") for kind in types} <= set(found["types"]), (path.stem, name)
            assert max([keys, *types.values()]) < len(found["keys"])


def test_the_source_of_a_copy_is_asked_for_as_it_is_decoded() -> None:
    given = "/lake/secret%2Fa%3Fb?versionId=1"
    found = _asked(Cloud(None), "s3", "CopyObject", Bucket="other", Key="k", CopySource=given)
    assert [(each.action, each.resource) for each in found] == [
        ("s3:PutObject", "arn:aws:s3:::other/k"),
        ("s3:GetObjectVersion", "arn:aws:s3:::lake/secret/a?b"),
    ]
