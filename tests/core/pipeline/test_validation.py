"""Parameters that the model does not allow, in the words of each protocol family."""

import pytest

from fakeaws.core.pipeline.cloud import Cloud
from fakeaws.core.tools.errors import AwsError

CASES = {
    "json reports all that is wrong at once": (
        ("logs", "PutRetentionPolicy", {"logGroupName": "a b"}),
        "InvalidParameterException",
        "2 validation errors detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must "
        "satisfy "
        "regular expression pattern: [\\.\\-_/#A-Za-z0-9]+; Value null at 'retentionInDays' failed to satisfy "
        "constraint: Member must not be null",
    ),
    "an enum": (
        ("kms", "CreateKey", {"KeyUsage": "RANDOM"}),
        "ValidationException",
        "1 validation error detected: Value 'RANDOM' at 'keyUsage' failed to satisfy constraint: Member must satisfy "
        "enum "
        "value set: [SIGN_VERIFY, ENCRYPT_DECRYPT, GENERATE_VERIFY_MAC, KEY_AGREEMENT, ENCAPSULATE_DECAPSULATE]",
    ),
    "a range": (
        ("stepfunctions", "ListStateMachineVersions", {"stateMachineArn": "arn:aws:states:x", "maxResults": 1001}),
        "ValidationException",
        "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have "
        "value "
        "less than or equal to 1000",
    ),
    "query": (
        ("sns", "SetEndpointAttributes", {"EndpointArn": "x"}),
        "ValidationError",
        "1 validation error detected: Value null at 'attributes' failed to satisfy constraint: Member must not be null",
    ),
    "inside a list of structures": (
        ("ecr", "CreateRepository", {"repositoryName": "app", "tags": [{"Key": "a"}]}),
        "ValidationException",
        "1 validation error detected: Value null at 'tags.1.member.value' failed to satisfy constraint: Member "
        "must not be null",
    ),
    "ec2 names the parameter": (
        ("ec2", "DeleteVpc", {}),
        "MissingParameter",
        "The request must contain the parameter VpcId",
    ),
    "a value of another type": (
        ("dynamodb", "DescribeTable", {"TableName": 5}),
        "SerializationException",
        "NUMBER_VALUE can not be converted to a String",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_broken_rules_are_refused_in_the_words_of_the_family(case):
    (service, operation, params), code, message = CASES[case]
    with pytest.raises(AwsError) as refused:
        Cloud(None).perform(service, operation, params)
    assert (refused.value.code, refused.value.message) == (code, message)


def test_operations_that_are_missing_are_validated_all_the_same():
    with pytest.raises(AwsError, match="'sourceLanguageCode'"):
        Cloud(None).perform("translate", "TranslateText", {"Text": "a", "TargetLanguageCode": "en"})


def test_times_may_be_given_as_text():
    made = Cloud(None).perform("backup", "ListBackupJobs", {"ByCreatedAfter": "2026-01-01T00:00:00Z"})
    assert made["BackupJobs"] == []
