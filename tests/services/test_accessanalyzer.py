"""What Access Analyzer finds in policies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import Terminal


def _statement(**changes: Any) -> str:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", **changes}
    return json.dumps({"Version": "2012-10-17", "Statement": [{k: v for k, v in statement.items() if v is not None}]})


CASES = [
    (_statement(), []),
    ("{", ["JSON_SYNTAX_ERROR"]),
    (_statement(Action=None), ["MISSING_ACTION"]),
    (_statement(Resource=None), ["MISSING_RESOURCE"]),
    (_statement(Action="s3"), ["INVALID_ACTION"]),
    (_statement(Condition={"Odd": {"a:b": "c"}}), ["INVALID_CONDITION_OPERATOR"]),
    (_statement(Action="iam:PassRole", Resource="*"), ["PASS_ROLE_WITH_STAR_IN_RESOURCE"]),
    (_statement(Action=["s3:*", "s3:GetObject"]), ["REDUNDANT_ACTION"]),
    (_statement().replace("2012", "2008"), ["OUTDATED_VERSION"]),
    (_statement().replace('"Version": "2012-10-17", ', ""), ["MISSING_VERSION"]),
]


@pytest.mark.parametrize(("document", "codes"), CASES)
def test_findings_are_those_of_the_reference(terminal: Terminal, document: str, codes: list[str]) -> None:
    validate = "accessanalyzer validate-policy --policy-type IDENTITY_POLICY --query findings[].issueCode"
    assert terminal(validate, PolicyDocument=document).json == codes


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _allow(action: Any = "s3:GetObject", resource: Any = "arn:aws:s3:::b/*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


DENY = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
OFFICE = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
NEW = [
    (_document(_allow()), _document(_allow()), "PASS"),
    (_document(_allow()), _document(_allow("s3:Get*")), "PASS"),
    (_document(_allow("s3:Get*")), _document(_allow()), "FAIL"),
    (_document(_allow(resource="*")), _document(_allow()), "FAIL"),
    (_document(_allow(["s3:GetObject", "s3:PutObject"])), _document(_allow(), _allow("s3:P*")), "PASS"),
    (_document(_allow()), _document(_allow(Condition=OFFICE)), "FAIL"),
    (_document(_allow(Condition=OFFICE)), _document(_allow()), "PASS"),
    (_document(_allow()), _document(_allow(), DENY), "FAIL"),
    (_document(_allow(), DENY), _document(_allow(), DENY), "PASS"),
    (_document(_allow(), DENY), _document(_allow()), "PASS"),
]


@pytest.mark.parametrize(("new", "old", "result"), NEW)
def test_whether_a_policy_grants_more_than_another(terminal: Terminal, new: str, old: str, result: str) -> None:
    check = "accessanalyzer check-no-new-access --policy-type IDENTITY_POLICY"
    found = terminal(check, NewPolicyDocument=new, ExistingPolicyDocument=old).json
    assert found["result"] == result
    if result == "FAIL" and len(found["reasons"]) == 1:
        assert found["reasons"][0]["description"] == "New access in the statement with index: 0."


GRANTED = [
    (_document(_allow()), "actions=s3:GetObject", "FAIL"),
    (_document(_allow()), "actions=s3:PutObject", "PASS"),
    (_document(_allow("s3:*")), "actions=s3:PutObject", "FAIL"),
    (_document(_allow("s3:*"), DENY), "actions=s3:PutObject", "PASS"),
    (_document(_allow("s3:*", "*")), "resources=arn:aws:s3:::secret/*", "FAIL"),
    (_document(_allow()), "resources=arn:aws:s3:::secret/*", "PASS"),
    (_document(_allow()), "actions=s3:GetObject,resources=arn:aws:s3:::secret/*", "PASS"),
]


@pytest.mark.parametrize(("document", "access", "result"), GRANTED)
def test_whether_a_policy_grants_certain_access(terminal: Terminal, document: str, access: str, result: str) -> None:
    check = f"accessanalyzer check-access-not-granted --policy-type IDENTITY_POLICY --access {access}"
    assert terminal(check, PolicyDocument=document).json["result"] == result


PUBLIC = [
    (_document(_allow(Principal="*")), "FAIL"),
    (_document(_allow(Principal={"AWS": "*"})), "FAIL"),
    (_document(_allow(Principal={"AWS": "444455556666"})), "PASS"),
    (_document(_allow(Principal="*", Condition={"StringEquals": {"aws:SourceAccount": "1"}})), "PASS"),
    (_document(_allow(Principal="*"), {**DENY, "Principal": "*"}), "PASS"),
]


@pytest.mark.parametrize(("document", "result"), PUBLIC)
def test_whether_a_policy_is_public(terminal: Terminal, document: str, result: str) -> None:
    check = "accessanalyzer check-no-public-access --resource-type AWS::S3::Bucket"
    assert terminal(check, PolicyDocument=document).json["result"] == result


def test_who_outside_may_come_is_found_in_the_resources(aws: Terminal) -> None:
    analyzer = aws("accessanalyzer create-analyzer --analyzer-name a --type ACCOUNT --query arn").json
    listing = "accessanalyzer list-findings --query findings"
    assert aws(listing, AnalyzerArn=analyzer).json == []
    trust = {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "sts:AssumeRole"}
    aws("iam create-role --role-name shared", AssumeRolePolicyDocument=_document(trust))
    url = aws("sqs create-queue --queue-name jobs --query QueueUrl").json
    statement = _allow("sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:jobs", Principal="*")
    aws("sqs set-queue-attributes", QueueUrl=url, Attributes=json.dumps({"Policy": _document(statement)}))
    found = {each["resource"]: each for each in aws(listing, AnalyzerArn=analyzer).json}
    assert found["arn:aws:iam::123456789012:role/shared"]["principal"] == {"AWS": "444455556666"}
    queue = found["arn:aws:sqs:us-east-1:123456789012:jobs"]
    assert (queue["isPublic"], queue["resourceType"], queue["status"]) == (True, "AWS::SQS::Queue", "ACTIVE")
    aws(f"accessanalyzer update-findings --status ARCHIVED --ids {queue['id']}", AnalyzerArn=analyzer)
    active = aws(f"{listing} --filter status={{eq=ACTIVE}}", AnalyzerArn=analyzer).json
    assert [each["resourceType"] for each in active] == ["AWS::IAM::Role"]
    aws("iam delete-role --role-name shared")
    aws.refused("accessanalyzer get-finding --id x", "ResourceNotFoundException", AnalyzerArn=analyzer)
    assert len(aws(listing, AnalyzerArn=analyzer).json) == 1
