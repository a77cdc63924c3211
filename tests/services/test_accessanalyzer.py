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
