"""What every call meets in the pipeline, whatever its service."""

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


def test_a_dry_run_of_a_service_with_an_error_for_it_ends_in_that_error(aws: Terminal) -> None:
    would = "The request would have succeeded, but the DryRun option is set."
    key = aws("kms create-key --query KeyMetadata.KeyId --output text").strip()
    grant = f"kms create-grant --grantee-principal arn:aws:iam::123456789012:root --operations Decrypt --key-id {key}"
    aws.refused(f"{grant} --dry-run", "DryRunOperationException", would)
    assert aws(f"kms list-grants --key-id {key}").json["Grants"] == []
    component = "imagebuilder create-component --name demo --semantic-version 1.0.0 --platform Linux --data x"
    aws.refused(f"{component} --dry-run", "DryRunOperationException", would)
    assert aws("imagebuilder list-components --owner Self").json.get("componentVersionList", []) == []


def test_a_dry_run_of_a_service_without_such_an_error_answers_and_stores_nothing(aws: Terminal) -> None:
    group = "network-firewall create-rule-group --rule-group-name demo --type STATELESS --capacity 5 --rules x"
    answer = aws(f"{group} --dry-run").json
    assert answer["RuleGroupResponse"]["RuleGroupName"] == "demo"
    assert aws("network-firewall list-rule-groups").json["RuleGroups"] == []
    assert aws(group).json["RuleGroupResponse"]["RuleGroupName"] == "demo"


def test_no_dry_run_does_what_it_says(aws: Terminal) -> None:
    assert aws("ec2 create-vpc --cidr-block 10.1.0.0/16 --no-dry-run").json["Vpc"]["CidrBlock"] == "10.1.0.0/16"


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
