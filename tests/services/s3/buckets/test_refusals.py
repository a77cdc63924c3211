"""What S3 does not take, and in which words: policies, lists, lifecycle rules, locks and other configurations."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import Terminal

Document = dict[str, Any]
ALLOW: Document = {
    "Effect": "Allow",
    "Principal": {"AWS": "123456789012"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::shelf/*",
}
PUT_POLICY = "s3api put-bucket-policy --bucket shelf"


def _policy(*statements: Document, version: str = "2012-10-17") -> str:
    return json.dumps({"Version": version, "Statement": [*statements]})


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("[]", "Policies must be valid JSON and the first byte must be '{'"),
        ("{", "This policy contains invalid Json"),
        ('{"Version": "2012-10-17"}', "Missing required field Statement"),
        (_policy(), "Could not parse the policy: Statement is empty!"),
        (_policy(ALLOW, version="2013-01-01"), "The policy must contain a valid version string"),
        (_policy({**ALLOW, "Resource": "arn:aws:s3:::other/*"}), "Policy has invalid resource"),
        (_policy({**ALLOW, "Action": "s3:Read"}), "Policy has invalid action"),
        (_policy({**ALLOW, "Action": "s3:ListBucket"}), "Action does not apply to any resource(s) in statement"),
        (_policy({**ALLOW, "Condition": {"Equals": {"a": "b"}}}), "Invalid Condition type : Equals"),
        (_policy({**ALLOW, "Foo": 1}), "Unknown field Foo"),
    ],
)
def test_policies_that_are_none(aws: Terminal, bucket: str, policy: str, said: str) -> None:
    assert said in aws.refused(PUT_POLICY, "MalformedPolicy", policy=policy).stderr


def test_a_policy_names_somebody_who_is_there(aws: Terminal, bucket: str) -> None:
    ann = _policy({**ALLOW, "Principal": {"AWS": "arn:aws:iam::123456789012:user/ann"}})
    refused = aws.refused(PUT_POLICY, "MalformedPolicy", policy=ann)
    assert "Invalid principal in policy" in refused.stderr
    aws("iam create-user --user-name ann")
    aws(PUT_POLICY, policy=ann)


RULE: Document = {"ID": "r", "Status": "Enabled", "Filter": {"Prefix": "a"}}
TAGGED = {**RULE, "Filter": {"Tag": {"Key": "k", "Value": "v"}}}


@pytest.mark.parametrize(
    ("rule", "code", "said"),
    [
        ({**RULE}, "InvalidRequest", "At least one action needs to be specified in a rule"),
        ({**RULE, "Expiration": {"Days": 0}}, "InvalidArgument", "'Days' for Expiration action must be a positive"),
        ({**RULE, "Expiration": {"Date": "2030-01-01T05:00:00Z"}}, "InvalidArgument", "'Date' must be at midnight GMT"),
        ({**RULE, "Filter": {"And": {"Prefix": "a"}}, "Expiration": {"Days": 1}}, "MalformedXML", ""),
        (
            {**TAGGED, "Expiration": {"ExpiredObjectDeleteMarker": True}},
            "InvalidRequest",
            "ExpiredObjectDeleteMarker cannot be specified with Tags.",
        ),
        (
            {**TAGGED, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}},
            "InvalidRequest",
            "AbortIncompleteMultipartUpload cannot be specified with Tags.",
        ),
        (
            {**RULE, "Expiration": {"Days": 9}, "Transitions": [{"Days": 10, "StorageClass": "GLACIER"}]},
            "InvalidArgument",
            "'Days' in the Expiration action for filter '(prefix=a)' must be greater than 'Days' in the Transition",
        ),
        (
            {**RULE, "Transitions": [{"Days": 10, "StorageClass": "STANDARD_IA"}]},
            "InvalidArgument",
            "'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA'",
        ),
        (
            {**RULE, "Transitions": [{"Days": days, "StorageClass": "GLACIER"} for days in (1, 2)]},
            "InvalidRequest",
            "'StorageClass' must be different for 'Transition' actions in same 'Rule' with filter '(prefix=a)'",
        ),
        (
            {**RULE, "Expiration": {"Days": 9}, "Transitions": [{"Date": "2030-01-01", "StorageClass": "GLACIER"}]},
            "InvalidRequest",
            "Found mixed 'Date' and 'Days' based Expiration and Transition actions",
        ),
        (
            {**RULE, "NoncurrentVersionExpiration": {"NoncurrentDays": 0}},
            "InvalidArgument",
            "'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer",
        ),
    ],
)
def test_lifecycle_rules_that_are_none(aws: Terminal, bucket: str, rule: Document, code: str, said: str) -> None:
    put = f"s3api put-bucket-lifecycle-configuration --bucket {bucket}"
    assert said in aws.refused(put, code, lifecycleConfiguration=json.dumps({"Rules": [rule]})).stderr


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("put-object --key a --storage-class COLD", "InvalidStorageClass", "The storage class you specified is not"),
        (
            "put-object --key a --server-side-encryption DES",
            "InvalidArgument",
            "The encryption method specified is not",
        ),
        ("list-objects --encoding-type base64", "InvalidArgument", "Invalid Encoding Method specified in Request"),
        ("put-bucket-acl --access-control-policy Grants=[]", "MalformedACLError", "The XML you provided"),
        (
            "put-bucket-cors --cors-configuration"
            " CORSRules=[{AllowedMethods=[GET],AllowedOrigins=[*],ExposeHeaders=[x-*]}]",
            "InvalidRequest",
            'ExposeHeader "x-*" contains wildcard.',
        ),
        (
            "put-bucket-website --website-configuration"
            " IndexDocument={Suffix=i},RoutingRules=[{Redirect={HttpRedirectCode=200}}]",
            "InvalidRequest",
            "The provided HTTP redirect code (200) is not valid. Valid codes are 3XX except 300.",
        ),
    ],
)
def test_settings_that_are_none(aws: Terminal, bucket: str, command: str, code: str, said: str) -> None:
    name, _, rest = command.partition(" ")
    assert said in aws.refused(f"s3api {name} --bucket {bucket} {rest}", code).stderr


def test_lists_that_let_others_in_are_taken_back_first(aws: Terminal) -> None:
    aws("s3api create-bucket --bucket open --object-ownership ObjectWriter")
    aws("s3api delete-public-access-block --bucket open")
    aws.refused("s3api put-bucket-acl --bucket open --grant-read id=me", "InvalidArgument", "Invalid id")
    aws.refused("s3api put-bucket-acl --bucket open --grant-read emailAddress=a@b", "UnresolvableGrantByEmailAddress")
    aws("s3api put-bucket-acl --bucket open --acl public-read")
    close = "s3api put-bucket-ownership-controls --bucket open --ownership-controls"
    close += " Rules=[{ObjectOwnership=BucketOwnerEnforced}]"
    aws.refused(close, "InvalidBucketAclWithObjectOwnership")
    aws("s3api put-bucket-acl --bucket open --acl private")
    aws(close)
    aws.refused("s3api put-bucket-acl --bucket open --acl public-read", "AccessControlListNotSupported")


@pytest.mark.parametrize("days", ["Days=0", "Days=-1", "Years=101"])
def test_locks_last_a_reasonable_time(aws: Terminal, days: str) -> None:
    aws("s3api create-bucket --bucket vault --object-lock-enabled-for-bucket")
    lock = f"ObjectLockEnabled=Enabled,Rule={{DefaultRetention={{Mode=GOVERNANCE,{days}}}}}"
    put = f"s3api put-object-lock-configuration --bucket vault --object-lock-configuration {lock}"
    assert "Default retention period" in aws.refused(put, "InvalidArgument").stderr


def test_replication_rules_with_a_filter_say_all(aws: Terminal, versioned: str) -> None:
    rule: Document = {"Status": "Enabled", "Filter": {}, "Destination": {"Bucket": f"arn:aws:s3:::{versioned}"}}
    put = f"s3api put-bucket-replication --bucket {versioned}"
    wanted = {"Role": "arn:aws:iam::123456789012:role/r", "Rules": [rule]}
    refused = aws.refused(put, "InvalidRequest", replicationConfiguration=json.dumps(wanted))
    assert "Priority must be specified for this version" in refused.stderr
    rule["Priority"] = 1
    refused = aws.refused(put, "InvalidRequest", replicationConfiguration=json.dumps(wanted))
    assert "DeleteMarkerReplication must be specified" in refused.stderr
