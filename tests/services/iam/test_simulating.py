"""The simulator and enforcement decide alike."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.tools.errors import AwsError

STATEMENTS = st.lists(
    st.builds(
        lambda effect, action, name: {
            "Effect": effect,
            "Action": action,
            "Resource": f"arn:aws:sqs:us-east-1:123456789012:{name}",
        },
        st.sampled_from(["Allow", "Allow", "Deny"]),
        st.sampled_from(["sqs:*", "sqs:CreateQueue", "sqs:Get*", "s3:*", "*"]),
        st.sampled_from(["jobs", "j*", "other", "*"]),
    ),
    min_size=1,
    max_size=4,
)
BOB = "arn:aws:iam::123456789012:user/bob"


@given(STATEMENTS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_the_simulator_says_what_enforcement_does(monkeypatch: pytest.MonkeyPatch, statements: list[Any]) -> None:
    monkeypatch.setenv("FAKEAWS_ENFORCE", "0")
    cloud = Cloud(None)
    cloud.perform("iam", "CreateUser", {"UserName": "bob"})
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    cloud.perform("iam", "PutUserPolicy", {"UserName": "bob", "PolicyName": "p", "PolicyDocument": document})
    key = cloud.perform("iam", "CreateAccessKey", {"UserName": "bob"})["AccessKey"]["AccessKeyId"]
    asked = {
        "PolicySourceArn": BOB,
        "ActionNames": ["sqs:CreateQueue"],
        "ResourceArns": ["arn:aws:sqs:us-east-1:123456789012:jobs"],
    }
    [result] = cloud.perform("iam", "SimulatePrincipalPolicy", asked)["EvaluationResults"]
    monkeypatch.setenv("FAKEAWS_ENFORCE", "1")
    try:
        cloud.perform("sqs", "CreateQueue", {"QueueName": "jobs"}, cloud.caller(key, "us-east-1"))
        decision = "allowed"
    except AwsError as refused:
        decision = "explicitDeny" if "explicit deny" in refused.message else "implicitDeny"
    assert result["EvalDecision"] == decision


def test_context_keys_are_those_that_policies_ask_for(cloud: Cloud) -> None:
    statement = {
        "Effect": "Allow",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::home/${aws:username}/*",
        "Condition": {"Bool": {"aws:SecureTransport": "true"}},
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": statement})
    found = cloud.perform("iam", "GetContextKeysForCustomPolicy", {"PolicyInputList": [text]})
    assert found["ContextKeyNames"] == ["aws:SecureTransport", "aws:username"]
