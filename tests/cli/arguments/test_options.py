"""From the options of an operation to its parameters."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakeaws.cli.arguments.names import cli_name, operation_command
from fakeaws.cli.errors import GeneralError
from fakeaws.cli.invocation import Globals
from tests.cli.lines import failure, invocation, params, parsed


@pytest.mark.parametrize(
    ("member", "option"),
    [
        ("DBInstanceIdentifier", "db-instance-identifier"),
        ("targetGroupARNs", "target-group-arns"),
        ("Ipv6CidrBlock", "ipv6-cidr-block"),
        ("SSEKMSKeyId", "ssekms-key-id"),
        ("EnableVolumeIO", "enable-volume-io"),
        ("x-amz-meta", "x-amz-meta"),
    ],
)
def test_members_are_spelled_as_options(member: str, option: str) -> None:
    assert cli_name(member) == option


def test_some_words_of_operations_stay_whole() -> None:
    assert operation_command("ExecutePartiQLStatement") == "execute-partiql-statement"
    assert operation_command("CreateOAuth2Token") == "create-oauth2-token"


def test_lists_are_given_by_spaces_or_as_json() -> None:
    wanted = {"InstanceIds": ["i-1", "i-2"]}
    assert params("ec2 describe-instances --instance-ids i-1 i-2") == wanted
    assert params("ec2 describe-instances --instance-ids", '["i-1","i-2"]') == wanted


def test_booleans_are_flags_and_the_last_one_counts() -> None:
    assert params("ec2 describe-instances --dry-run") == {"DryRun": True}
    assert params("ec2 describe-instances --dry-run --no-dry-run") == {"DryRun": False}


def test_options_may_be_shortened_while_that_is_clear() -> None:
    assert params("sqs create-queue --queue-n q") == {"QueueName": "q"}
    error = failure("dynamodb query --table t --key-cond x")
    assert error.message == "ambiguous option: --key-cond could match --key-conditions, --key-condition-expression"


def test_a_value_may_be_a_negative_number_but_no_option() -> None:
    assert (
        params(
            "cloudwatch put-metric-alarm --alarm-name a --evaluation-periods 1 --comparison-operator "
            "GreaterThanThreshold --threshold -1.5"
        )["Threshold"]
        == -1.5
    )
    assert failure("sqs create-queue --queue-name -x").message == "argument --queue-name: expected one argument"


def test_numbers_are_python_integers() -> None:
    error = failure("ec2 create-volume --availability-zone a --size 8.5")
    assert isinstance(error, GeneralError)
    assert error.message == "invalid literal for int() with base 10: '8.5'"


def test_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text("{}\n")
    line = f"iam create-role --role-name r --assume-role-policy-document file://{tmp_path}/policy.json"
    assert params(line)["AssumeRolePolicyDocument"] == "{}\n"
    error = failure("iam create-role --role-name r --assume-role-policy-document file://none")
    assert error.message == (
        "Error parsing parameter '--assume-role-policy-document': Unable to load paramfile file://none: "
        "[Errno 2] No such file or directory: 'none'"
    )


def test_blobs_are_base64_unless_said_otherwise() -> None:
    assert params("kms encrypt --key-id k --plaintext aGk=")["Plaintext"] == b"hi"
    raw = params("kms encrypt --key-id k --plaintext aGk= --cli-binary-format raw-in-base64-out")
    assert raw["Plaintext"] == b"aGk="
    assert failure("kms encrypt --key-id k --plaintext hello").message == 'Invalid base64: "hello"'


def test_the_whole_input_lies_under_the_options() -> None:
    found = params("sqs create-queue", "--cli-input-json", '{"QueueName":"a","tags":{"k":"v"}}', "--queue-name", "b")
    assert found == {"QueueName": "b", "tags": {"k": "v"}}
    assert params("sqs create-queue", "--cli-input-yaml", "QueueName: a") == {"QueueName": "a"}
    assert failure("sqs create-queue --cli-input-json []").message == (
        "Error parsing parameter '--cli-input-json': Invalid type: expecting map, received <class 'list'>"
    )


def test_paging_has_options_of_its_own_and_the_services_tokens_turn_it_off() -> None:
    found = invocation("ec2", "describe-instances", "--max-items", "3", "--page-size", "5", "--starting-token", "t")
    assert (found.max_items, found.page_size, found.starting_token) == (3, 5, "t")
    assert found.params == {}
    options = Globals()
    parsed("ec2", "describe-instances", "--max-results", "5", options=options)
    assert not options.paginate
    assert failure("ec2 describe-instances --next-token t --max-items 3").message == (
        "Cannot specify --no-paginate along with pagination arguments: --max-items"
    )


def test_a_streamed_answer_needs_a_file() -> None:
    assert invocation("s3api", "get-object", "--bucket", "b", "--key", "k", "out").outfile == "out"
    assert failure("s3api get-object --bucket b --key k").message == ("the following arguments are required: outfile")


def test_unknown_options_are_all_named_and_the_first_stray_word_last() -> None:
    error = failure("ec2 describe-instances --foo x bar --baz")
    assert error.message == "Unknown options: --foo, bar, --baz, x"
    assert error.preface.startswith("usage: aws [options]")
    assert not error.structured


def test_waiters_take_the_options_of_the_operation_that_they_poll() -> None:
    found = invocation("ec2", "wait", "instance-running", "--instance-ids", "i-1")
    assert (found.waiter, found.operation.name) == ("InstanceRunning", "DescribeInstances")
    assert found.params == {"InstanceIds": ["i-1"]}
