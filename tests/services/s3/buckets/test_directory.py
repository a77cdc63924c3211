"""Directory buckets, and the ways into buckets that access points are."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Terminal
from tests.services.s3.conftest import Files

FAST = "fast--use1-az4--x-s3"
ZONE = {
    "Location": {"Type": "AvailabilityZone", "Name": "use1-az4"},
    "Bucket": {"Type": "Directory", "DataRedundancy": "SingleAvailabilityZone"},
}
ACCOUNT = "--account-id 123456789012"


@pytest.fixture
def fast(aws: Terminal) -> str:
    aws(f"s3api create-bucket --bucket {FAST}", createBucketConfiguration=json.dumps(ZONE))
    return FAST


def test_a_directory_bucket_is_in_a_zone(aws: Terminal, fast: str) -> None:
    head = aws(f"s3api head-bucket --bucket {fast}").json
    assert (head["BucketLocationType"], head["BucketLocationName"]) == ("AvailabilityZone", "use1-az4")
    assert aws("s3api list-directory-buckets --query Buckets[].Name").json == [fast]
    assert aws("s3api list-buckets --query Buckets[].Name").json == []
    aws.refused("s3api create-bucket --bucket slow--use1-az4--x-s3", "InvalidBucketName")
    configuration = json.dumps(ZONE)
    aws.refused("s3api create-bucket --bucket slow", "InvalidBucketName", createBucketConfiguration=configuration)
    versions = f"s3api put-bucket-versioning --bucket {fast} --versioning-configuration Status=Enabled"
    aws.refused(versions, "MethodNotAllowed")


def test_objects_are_appended_to_and_renamed(aws: Terminal, fast: str, files: Files) -> None:
    put = f"s3api put-object --bucket {fast} --key log"
    aws(f"{put} --body {files('a', 'one,')}")
    assert aws(f"{put} --body {files('b', 'two,')} --write-offset-bytes 4").json["Size"] == 8
    aws.refused(f"{put} --body {files('b', 'two,')} --write-offset-bytes 4", "InvalidWriteOffset")
    aws(f"{put} --body {files('c', 'three')} --write-offset-bytes 8")
    found = aws(f"s3api get-object --bucket {fast} --key log --checksum-mode ENABLED {files('out')}").json
    assert files.text("out") == "one,two,three"
    assert found["StorageClass"] == "EXPRESS_ONEZONE"
    aws(f"s3api get-object --bucket {fast} --key log --range bytes=3-8 {files('out')}")
    assert files.text("out") == ",two,t"
    aws(f"s3api rename-object --bucket {fast} --key old/log --rename-source {fast}/log")
    assert aws(f"s3api list-objects-v2 --bucket {fast} --query Contents[].Key").json == ["old/log"]


def test_only_directory_buckets_are_appended_to(aws: Terminal, bucket: str, files: Files) -> None:
    body = files("a", "one")
    aws.refused(f"s3api put-object --bucket {bucket} --key a --body {body} --write-offset-bytes 3", "NotImplemented")
    aws.refused(f"s3api create-session --bucket {bucket}", "MethodNotAllowed")


def test_a_session_has_keys_for_five_minutes(aws: Terminal, fast: str) -> None:
    keys = aws(f"s3api create-session --bucket {fast}").json["Credentials"]
    assert keys.keys() == {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}


def test_an_access_point_leads_to_its_bucket(aws: Terminal, bucket: str, files: Files) -> None:
    aws(f"s3api put-object --bucket {bucket} --key a --body {files('a', 'hello')}")
    made = aws(f"s3control create-access-point {ACCOUNT} --name door --bucket {bucket}").json
    for name in (made["Alias"], *([made["AccessPointArn"]] if aws.perform_for is None else [])):
        aws(f"s3api get-object --bucket {name} --key a {files('out')}")
        assert files.text("out") == "hello"
    assert aws(f"s3api head-bucket --bucket {made['Alias']}").json["AccessPointAlias"] is True
    aws.refused(f"s3control create-access-point {ACCOUNT} --name back --bucket nowhere", "InvalidRequest")
    aws.refused(f"s3control create-access-point {ACCOUNT} --name Back --bucket {bucket}", "InvalidURI")
    aws.refused(f"s3control get-access-point-policy {ACCOUNT} --name door", "NoSuchAccessPointPolicy")


def test_a_multi_region_access_point_leads_to_the_bucket_nearby(aws: Terminal, bucket: str, files: Files) -> None:
    aws("s3api create-bucket --bucket abroad --create-bucket-configuration LocationConstraint=eu-west-1")
    point = {"Name": "world", "Regions": [{"Bucket": bucket}, {"Bucket": "abroad"}]}
    west = "--region us-west-2"
    create = f"s3control create-multi-region-access-point {ACCOUNT} {west}"
    token = aws(create, clientToken="t", details=json.dumps(point)).json["RequestTokenARN"]
    describe = f"s3control describe-multi-region-access-point-operation {ACCOUNT} {west} --request-token-arn {token}"
    assert aws(describe).json["AsyncOperation"]["RequestStatus"] == "SUCCEEDED"
    listed = aws(f"s3control list-multi-region-access-points {ACCOUNT} {west} --query AccessPoints[0]").json
    assert [each["Region"] for each in listed["Regions"]] == ["us-east-1", "eu-west-1"]
    aws(f"s3api put-object --bucket {bucket} --key a --body {files('a', 'here')}")
    aws(f"s3api put-object --bucket abroad --key a --body {files('a', 'there')}")
    for region, said in (("us-east-1", "here"), ("eu-west-1", "there")):
        aws(f"s3api get-object --bucket {listed['Alias']} --key a {files('out')} --region {region}")
        assert files.text("out") == said
    route = "Bucket=abroad,TrafficDialPercentage=0"
    submit = f"s3control submit-multi-region-access-point-routes {ACCOUNT} {west} --mrap {listed['Alias']}"
    aws(submit, routeUpdates=route)
    aws(f"s3api get-object --bucket {listed['Alias']} --key a {files('out')} --region eu-west-1")
    assert files.text("out") == "here"


def test_an_object_lambda_access_point_stands_before_another(aws: Terminal, bucket: str) -> None:
    arn = "arn:aws:s3:us-east-1:123456789012:accesspoint/door"
    function = "arn:aws:lambda:us-east-1:123456789012:function:f"
    lens = {
        "SupportingAccessPoint": arn,
        "TransformationConfigurations": [
            {"Actions": ["GetObject"], "ContentTransformation": {"AwsLambda": {"FunctionArn": function}}}
        ],
    }
    create = f"s3control create-access-point-for-object-lambda {ACCOUNT} --name lens"
    aws.refused(create, "InvalidRequest", configuration=json.dumps(lens))
    aws(f"s3control create-access-point {ACCOUNT} --name door --bucket {bucket}")
    aws(create, configuration=json.dumps(lens))
    get = f"s3control get-access-point-configuration-for-object-lambda {ACCOUNT} --name lens"
    assert aws(get).json["Configuration"] == lens
    assert aws(f"s3control list-access-points {ACCOUNT} --query AccessPointList[].Name").json == ["door"]
