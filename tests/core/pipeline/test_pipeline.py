"""The one road: what every call meets on its way, whatever its service."""

from __future__ import annotations

import pytest

from fakeaws.core.pipeline import clock
from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.resources.caller import root
from fakeaws.core.tools.errors import AwsError, CloudError
from fakeaws.core.tools.pace import pace
from tests.conftest import Terminal


def test_an_operation_that_nothing_keeps_or_does_names_itself(aws: Terminal) -> None:
    command = "translate translate-text --text hello --source-language-code en --target-language-code de"
    printed = aws.refused(command, "NotImplemented")
    assert "when calling the TranslateText operation" in printed.stderr
    assert "translate TranslateText" in printed.stderr
    assert "`fakeaws cloud coverage translate`" in printed.stderr


def test_a_service_or_operation_without_a_model_is_no_call(cloud: Cloud) -> None:
    with pytest.raises(KeyError):
        cloud.perform("nothing", "DoIt", {})
    with pytest.raises(KeyError):
        cloud.perform("sqs", "DoIt", {})


def test_a_dry_run_is_checked_like_the_real_one_and_changes_nothing(cloud: Cloud) -> None:
    with pytest.raises(AwsError) as refused:
        cloud.perform("ec2", "CreateVpc", {"CidrBlock": "10.0.0.0/16", "DryRun": True})
    assert (refused.value.code, refused.value.status) == ("DryRunOperation", 412)
    with pytest.raises(AwsError) as refused:
        cloud.perform("ec2", "CreateVpc", {"CidrBlock": "10.0.0.0/8", "DryRun": True})
    assert refused.value.code == "InvalidVpc.Range"
    assert len(cloud.perform("ec2", "DescribeVpcs", {})["Vpcs"]) == 1


def test_a_reading_call_may_be_the_first_to_see_a_region(cloud: Cloud) -> None:
    vpcs = cloud.perform("ec2", "DescribeVpcs", {}, root(region="eu-west-1"))["Vpcs"]
    assert cloud.perform("ec2", "DescribeVpcs", {}, root(region="eu-west-1"))["Vpcs"] == vpcs


def test_accounts_do_not_see_each_other(cloud: Cloud) -> None:
    cloud.perform("sqs", "CreateQueue", {"QueueName": "jobs"})
    other = root("111122223333")
    assert cloud.perform("sqs", "ListQueues", {}, other) == {}
    cloud.perform("sqs", "CreateQueue", {"QueueName": "jobs"}, other)
    assert cloud.perform("sqs", "ListQueues", {}, other)["QueueUrls"][0].endswith("/111122223333/jobs")


def test_a_seeded_and_frozen_session_repeats_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKEAWS_SEED", "lesson")

    def session() -> object:
        cloud = Cloud(None)
        with cloud.database.transaction(write=True):
            clock.freeze(cloud.database, 1_800_000_000.0)
        cloud.perform("ec2", "CreateVpc", {"CidrBlock": "10.0.0.0/16"})
        return cloud.perform("ec2", "DescribeVpcs", {})

    assert session() == session()


@pytest.mark.parametrize("text", ["fast", "-1", "nan", ""])
def test_a_pace_that_is_none_is_an_error(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("FAKEAWS_PACE", text)
    with pytest.raises(CloudError, match="FAKEAWS_PACE"):
        pace()


def test_transitions_take_as_long_as_the_pace_says(monkeypatch: pytest.MonkeyPatch, cloud: Cloud) -> None:
    monkeypatch.setenv("FAKEAWS_PACE", "1")
    with cloud.database.transaction(write=True):
        clock.freeze(cloud.database, 1_800_000_000.0)
    cluster = {"name": "c", "roleArn": "arn:aws:iam::123456789012:role/eks", "resourcesVpcConfig": {}}
    cloud.perform("eks", "CreateCluster", cluster)
    seen = lambda: cloud.perform("eks", "DescribeCluster", {"name": "c"})["cluster"]["status"]
    assert seen() == "CREATING"
    with cloud.database.transaction(write=True):
        clock.advance(cloud.database, 3600)
    assert seen() == "ACTIVE"
