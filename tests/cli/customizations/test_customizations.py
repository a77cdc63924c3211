"""What the AWS CLI renames, hides and invents."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from fakeaws.cli.tree.nodes import Help
from tests.cli.lines import failure, invocation, params, parsed


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("route53 get-traffic-policy --id x --traffic-policy-version 1", {"Id": "x", "Version": 1}),
        ("ec2 create-image --instance-id i --name abc --reboot", {"InstanceId": "i", "Name": "abc", "NoReboot": False}),
        ("ec2 run-instances --count 1:3", {"MinCount": 1, "MaxCount": 3}),
        (
            "ec2 modify-vpc-attribute --vpc-id v --no-enable-dns-support",
            {"VpcId": "v", "EnableDnsSupport": {"Value": False}},
        ),
        (
            "rds add-option-to-option-group --option-group-name g --options OptionName=o",
            {"OptionGroupName": "g", "OptionsToInclude": [{"OptionName": "o"}]},
        ),
        (
            "cloudwatch put-metric-data --namespace n --metric-name m --dimensions a=b,c=d",
            {
                "Namespace": "n",
                "MetricData": [
                    {"MetricName": "m", "Dimensions": [{"Name": "a", "Value": "b"}, {"Name": "c", "Value": "d"}]}
                ],
            },
        ),
        (
            "ses send-email --from a --to b c --subject s --text t",
            {
                "Source": "a",
                "Destination": {"ToAddresses": ["b", "c"]},
                "Message": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}},
            },
        ),
        (
            "deploy create-deployment --application-name a --s3-location bucket=b,key=k,bundleType=zip",
            {
                "applicationName": "a",
                "revision": {"revisionType": "S3", "s3Location": {"bucket": "b", "key": "k", "bundleType": "zip"}},
            },
        ),
    ],
)
def test_arguments_of_the_aws_clis_own(line: str, wanted: dict[str, object]) -> None:
    assert params(line) == wanted


@pytest.mark.parametrize(
    ("rule", "permission"),
    [
        (
            "--protocol tcp --port 22 --cidr 0.0.0.0/0",
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
        ),
        ("--protocol all", {"IpProtocol": "-1"}),
        ("--protocol icmp --port 8-0", {"IpProtocol": "icmp", "FromPort": 8, "ToPort": 0}),
        (
            "--protocol tcp --port all --source-group sg-1 --group-owner 1",
            {
                "IpProtocol": "tcp",
                "FromPort": -1,
                "ToPort": -1,
                "UserIdGroupPairs": [{"GroupId": "sg-1", "UserId": "1"}],
            },
        ),
    ],
)
def test_a_simple_rule_is_a_permission(rule: str, permission: dict[str, object]) -> None:
    found = params(f"ec2 authorize-security-group-ingress --group-id g {rule}")
    assert found == {"GroupId": "g", "IpPermissions": [permission]}


def test_what_excludes_each_other_is_refused() -> None:
    assert failure("cloudfront create-invalidation --distribution-id d --paths / --invalidation-batch A=b").message == (
        'The key "paths" cannot be specified when one of the following keys are also specified: invalidation_batch'
    )


def test_an_archive_must_be_one(tmp_path: Path) -> None:
    line = "lambda update-function-code --function-name f --zip-file"
    assert failure(line, "aGk=").message.startswith("--zip-file must be a zip file")
    buffer = io.BytesIO()
    zipfile.ZipFile(buffer, "w").close()
    (tmp_path / "z.zip").write_bytes(buffer.getvalue())
    assert params(line, f"fileb://{tmp_path}/z.zip")["ZipFile"] == buffer.getvalue()


def test_settings_of_a_distribution_are_read_before_they_are_changed() -> None:
    found = invocation("cloudfront", "update-distribution", "--id", "D", "--default-root-object", "x")
    assert found.before is not None
    found.before(lambda *call: {"ETag": "e", "DistributionConfig": {"Comment": "c"}})
    assert found.params == {"Id": "D", "IfMatch": "e", "DistributionConfig": {"Comment": "c", "DefaultRootObject": "x"}}


def test_all_snapshots_come_a_thousand_a_page() -> None:
    assert invocation("ec2", "describe-snapshots", "--owner-ids", "self").page_size == 1000
    assert invocation("ec2", "describe-snapshots", "--snapshot-ids", "s").page_size is None


def test_services_have_other_names() -> None:
    assert invocation("deploy", "list-applications").operation.service.name == "codedeploy"
    assert invocation("configservice", "describe-config-rules").operation.service.name == "config"
    assert failure("codedeploy list-applications").message.startswith(
        "argument command: Found invalid choice 'codedeploy'"
    )


def test_operations_that_the_aws_cli_does_not_have() -> None:
    assert failure("ec2 import-instance").message.startswith(
        "argument operation: Found invalid choice 'import-instance'"
    )


def test_help_is_a_word_at_every_level() -> None:
    for line in (
        "help",
        "ec2 help",
        "ec2 run-instances help",
        "ec2 create-tags help",
        "ec2 wait instance-running help",
    ):
        found = parsed(*line.split())
        assert isinstance(found, Help)
        assert found.path == tuple(line.split()[:-1])
