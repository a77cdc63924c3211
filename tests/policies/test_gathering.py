"""What is remembered of a caller's policies is forgotten as soon as they change, whoever changes them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.tools.errors import AwsError

ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]})


def _may(cloud: Cloud, key: str) -> bool:
    try:
        cloud.perform("sqs", "ListQueues", {}, cloud.caller(key, "us-east-1"))
    except AwsError as refused:
        return refused.code != "AccessDenied"
    return True


def test_a_change_counts_from_the_next_call_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, elsewhere = Cloud(tmp_path / "cloud"), Cloud(tmp_path / "cloud")
    here.perform("iam", "CreateUser", {"UserName": "bob"})
    key = here.perform("iam", "CreateAccessKey", {"UserName": "bob"})["AccessKey"]["AccessKeyId"]
    monkeypatch.setenv("FAKEAWS_ENFORCE", "1")
    policy = {"UserName": "bob", "PolicyName": "p"}
    for cloud in (here, elsewhere):
        assert not _may(here, key)
        cloud.perform("iam", "PutUserPolicy", {**policy, "PolicyDocument": ALLOW})
        assert _may(here, key)
        cloud.perform("iam", "DeleteUserPolicy", policy)


def test_what_is_taken_back_was_never_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud(tmp_path / "cloud")
    cloud.perform("iam", "CreateUser", {"UserName": "bob"})
    key = cloud.perform("iam", "CreateAccessKey", {"UserName": "bob"})["AccessKey"]["AccessKeyId"]
    monkeypatch.setenv("FAKEAWS_ENFORCE", "1")
    policy = {"UserName": "bob", "PolicyName": "p", "PolicyDocument": ALLOW}

    def take_back() -> None:
        with cloud.database.transaction(write=True):
            cloud.perform("iam", "PutUserPolicy", policy)
            raise LookupError

    with pytest.raises(LookupError):
        take_back()
    assert not _may(cloud, key)
