"""boto3 in this process: sessions on a cloud, code that makes its own clients, the fixtures."""

import boto3
import pytest
from botocore.exceptions import ClientError

from fakeaws import sdk
from fakeaws.core.pipeline.cloud import Cloud


def test_a_session_calls_a_cloud_of_its_own() -> None:
    session = sdk.session(region_name="eu-central-1")
    assert session.client("sts").get_caller_identity()["Arn"] == "arn:aws:iam::123456789012:root"
    url = session.client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
    assert session.client("sqs").list_queues()["QueueUrls"] == [url]
    assert "QueueUrls" not in sdk.session().client("sqs").list_queues()


def test_a_session_calls_the_cloud_that_it_is_given() -> None:
    cloud = Cloud(None)
    session = sdk.session(cloud, aws_access_key_id="210987654321", aws_secret_access_key="x")
    assert session.client("sts").get_caller_identity()["Account"] == "210987654321"
    session.client("sqs").create_queue(QueueName="jobs")
    assert sdk.session(cloud).client("sqs").list_queues().get("QueueUrls") is None


def test_code_that_makes_its_own_clients_is_caught() -> None:
    with sdk.patched() as cloud:
        boto3.client("sqs").create_queue(QueueName="jobs")
        assert cloud.perform("sqs", "ListQueues", {})["QueueUrls"]


def test_errors_are_those_that_clients_know() -> None:
    client = sdk.session().client("sqs")
    with pytest.raises(client.exceptions.QueueDoesNotExist) as refused:
        client.get_queue_url(QueueName="nothing")
    assert refused.value.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert refused.value.response["ResponseMetadata"]["RequestId"]


def test_a_key_that_the_cloud_issued_has_to_sign_with_its_secret() -> None:
    cloud = Cloud(None)
    iam = sdk.session(cloud).client("iam")
    iam.create_user(UserName="ann")
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    names = {"aws_access_key_id": key["AccessKeyId"], "region_name": "us-east-1"}
    mine = sdk.session(cloud, aws_secret_access_key=key["SecretAccessKey"], **names)
    assert mine.client("sts").get_caller_identity()["Arn"].startswith("arn:aws:iam::123456789012:user")
    wrong = sdk.session(cloud, aws_secret_access_key="wrong", **names)
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        wrong.client("sts").get_caller_identity()
    with pytest.raises(ClientError, match="InvalidSignatureException"):
        wrong.client("sqs").list_queues()
    with pytest.raises(ClientError, match="AuthFailure"):
        wrong.client("ec2").describe_vpcs()


def test_unknown_keys_are_refused_where_all_signatures_are_checked() -> None:
    session = sdk.session(verify=True)
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        session.client("sts").get_caller_identity()
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        session.client("dynamodb").list_tables()
    with pytest.raises(ClientError, match="InvalidAccessKeyId"):
        session.client("s3").list_buckets()


def test_the_fixtures_share_a_cloud(fakeaws_cloud: Cloud, fakeaws_session: boto3.Session) -> None:
    fakeaws_session.client("sqs").create_queue(QueueName="jobs")
    assert boto3.client("sqs", region_name="us-east-1").list_queues()["QueueUrls"]
    assert fakeaws_cloud.perform("sqs", "ListQueues", {})["QueueUrls"]
