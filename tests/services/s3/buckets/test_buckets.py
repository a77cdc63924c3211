"""Buckets: one name in the world, one region each."""

from __future__ import annotations

import pytest

from tests.conftest import Terminal


def test_a_bucket_is_made_found_listed_and_deleted(aws: Terminal) -> None:
    assert aws("s3api create-bucket --bucket jars").json == {"Location": "/jars"}
    assert aws("s3api head-bucket --bucket jars").json["BucketRegion"] == "us-east-1"
    assert aws("s3api list-buckets --query Buckets[].Name").json == ["jars"]
    aws("s3api delete-bucket --bucket jars")
    aws.refused("s3api head-bucket --bucket jars", "404", "Not Found")
    aws.refused("s3api delete-bucket --bucket jars", "NoSuchBucket", "The specified bucket does not exist")


@pytest.mark.parametrize(
    "name", ["ab", "Jars", "a..b", "192.168.1.1", "-jars", "jars-", "xn--jars", "jars-s3alias", "a" * 64]
)
def test_names_that_no_bucket_can_have(aws: Terminal, name: str) -> None:
    aws.refused(f"s3api create-bucket --bucket={name}", "InvalidBucketName", "The specified bucket is not valid.")


def test_a_name_is_taken_for_everybody(aws: Terminal) -> None:
    aws("s3api create-bucket --bucket jars")
    other = aws.with_env(AWS_ACCESS_KEY_ID="210987654321", AWS_SECRET_ACCESS_KEY="x")
    other.refused("s3api create-bucket --bucket jars", "BucketAlreadyExists")
    assert aws("s3api create-bucket --bucket jars").json == {"Location": "/jars"}


def test_making_ones_own_bucket_again_fails_outside_of_the_first_region(aws: Terminal) -> None:
    constraint = "--create-bucket-configuration LocationConstraint=eu-west-1"
    make = f"s3api create-bucket --bucket jars --region eu-west-1 {constraint}"
    assert aws(make).json == {"Location": "http://jars.s3.amazonaws.com/"}
    aws.refused(make, "BucketAlreadyOwnedByYou")
    assert aws("s3api get-bucket-location --bucket jars").json == {"LocationConstraint": "eu-west-1"}


def test_the_location_constraint_must_be_the_endpoints(aws: Terminal) -> None:
    aws.refused(
        "s3api create-bucket --bucket jars --region eu-west-1",
        "IllegalLocationConstraintException",
        "The unspecified location constraint is incompatible for the region specific endpoint this request was sent"
        " to.",
    )
    constraint = "--create-bucket-configuration LocationConstraint=us-west-2"
    aws.refused(
        f"s3api create-bucket --bucket jars --region eu-west-1 {constraint}",
        "IllegalLocationConstraintException",
        "The us-west-2 location constraint is incompatible for the region specific endpoint this request was sent to.",
    )


def test_a_bucket_with_anything_in_it_stays(aws: Terminal, bucket: str) -> None:
    aws(f"s3api put-object --bucket {bucket} --key a")
    text = "The bucket you tried to delete is not empty"
    aws.refused(f"s3api delete-bucket --bucket {bucket}", "BucketNotEmpty", text)
    aws(f"s3api delete-object --bucket {bucket} --key a")
    aws(f"s3api delete-bucket --bucket {bucket}")


def test_the_list_of_buckets_pages_and_filters(aws: Terminal) -> None:
    for name in ("jar-a", "jar-b", "tin-a"):
        aws(f"s3api create-bucket --bucket {name}")
    assert aws("s3api list-buckets --prefix jar --query Buckets[].Name").json == ["jar-a", "jar-b"]
    assert aws("s3api list-buckets --page-size 1 --query Buckets[].Name").json == ["jar-a", "jar-b", "tin-a"]


def test_the_expected_owner_is_checked(aws: Terminal, bucket: str) -> None:
    aws(f"s3api list-objects-v2 --bucket {bucket} --expected-bucket-owner 123456789012")
    aws.refused(f"s3api list-objects-v2 --bucket {bucket} --expected-bucket-owner 210987654321", "AccessDenied")


def test_settings_are_read_back_and_missed_with_their_own_errors(aws: Terminal, bucket: str) -> None:
    for name, code in (
        ("policy", "NoSuchBucketPolicy"),
        ("cors", "NoSuchCORSConfiguration"),
        ("website", "NoSuchWebsiteConfiguration"),
        ("tagging", "NoSuchTagSet"),
        ("lifecycle-configuration", "NoSuchLifecycleConfiguration"),
        ("replication", "ReplicationConfigurationNotFoundError"),
    ):
        aws.refused(f"s3api get-bucket-{name} --bucket {bucket}", code)
    aws(f"s3api put-bucket-tagging --bucket {bucket} --tagging TagSet=[{{Key=team,Value=blue}}]")
    assert aws(f"s3api get-bucket-tagging --bucket {bucket}").json == {"TagSet": [{"Key": "team", "Value": "blue"}]}
    aws(f"s3api put-bucket-request-payment --bucket {bucket} --request-payment-configuration Payer=Requester")
    assert aws(f"s3api get-bucket-request-payment --bucket {bucket}").json == {"Payer": "Requester"}


def test_a_public_policy_needs_the_block_to_be_off(aws: Terminal, bucket: str) -> None:
    policy = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",'
        ' "Resource": "arn:aws:s3:::shelf/*"}]}'
    )
    aws.refused(f"s3api put-bucket-policy --bucket {bucket}", "AccessDenied", policy=policy)
    aws(f"s3api delete-public-access-block --bucket {bucket}")
    aws(f"s3api put-bucket-policy --bucket {bucket}", policy=policy)
    assert aws(f"s3api get-bucket-policy --bucket {bucket}").json == {"Policy": policy}
    assert aws(f"s3api get-bucket-policy-status --bucket {bucket}").json == {"PolicyStatus": {"IsPublic": True}}
    aws.refused(f"s3api put-bucket-policy --bucket {bucket} --policy hello", "MalformedPolicy")


def test_lists_of_access_are_refused_until_ownership_allows_them(aws: Terminal, bucket: str) -> None:
    put = f"s3api put-bucket-acl --bucket {bucket} --acl public-read"
    aws.refused(put, "AccessControlListNotSupported", "The bucket does not allow ACLs")
    rules = "Rules=[{ObjectOwnership=ObjectWriter}]"
    aws(f"s3api put-bucket-ownership-controls --bucket {bucket} --ownership-controls {rules}")
    aws.refused(put, "AccessDenied")
    aws(f"s3api delete-public-access-block --bucket {bucket}")
    aws(put)
    grants = aws(f"s3api get-bucket-acl --bucket {bucket}").json["Grants"]
    assert [grant["Permission"] for grant in grants] == ["FULL_CONTROL", "READ"]
