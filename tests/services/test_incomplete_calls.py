"""Calls that lack what AWS wants although its models do not say so: refused by the service, each in its own way."""

import pytest

from tests.conftest import Terminal

CALLS = """
cloudwatch get-metric-data --start-time 0 --end-time 60 --metric-data-queries Id=a ValidationError
ec2 create-nat-gateway MissingParameter
ec2 disassociate-address MissingParameter
elbv2 set-rule-priorities --rule-priorities Priority=1 ValidationError
kinesis list-shards --next-token nothing InvalidArgumentException
kms re-encrypt --destination-key-id alias/none ValidationException
rds create-db-instance-read-replica --db-instance-identifier r InvalidParameterCombination
rds restore-db-instance-from-db-snapshot --db-instance-identifier r InvalidParameterCombination
rds restore-db-instance-to-point-in-time --target-db-instance-identifier r InvalidParameterCombination
rds restore-db-cluster-to-point-in-time --db-cluster-identifier r InvalidParameterCombination
s3tables get-table BadRequestException
""".strip().splitlines()


@pytest.mark.parametrize("line", CALLS)
def test_a_call_that_lacks_something_is_refused(aws: Terminal, line: str) -> None:
    command, _, code = line.rpartition(" ")
    aws.refused(command, code)


def test_a_bucket_s_attributes_for_access_need_a_status(aws: Terminal) -> None:
    aws("s3api create-bucket --bucket shop")
    aws.refused("s3api put-bucket-abac --bucket shop --abac-status {}", "MalformedXML")


def test_a_device_may_have_a_path(aws: Terminal, tmp_path: object) -> None:
    command = f"iam create-virtual-mfa-device --path /ops/ --virtual-mfa-device-name d --outfile {tmp_path}/seed"
    made = aws(f"{command} --bootstrap-method Base32StringSeed").json["VirtualMFADevice"]
    assert made["SerialNumber"] == "arn:aws:iam::123456789012:mfa/ops/d"
