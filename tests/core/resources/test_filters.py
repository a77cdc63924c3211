import pytest

from fakeaws.core.resources import filters
from fakeaws.core.resources.kinds import Kind
from fakeaws.core.tools.errors import AwsError

INSTANCE = Kind(
    "ec2",
    "Instance",
    {"id": "InstanceId", "shape": "Instance", "tags": "Tags", "filters": {"instance-state-name": "State.Name"}},
)
WEB = {
    "InstanceId": "i-1",
    "VpcId": "vpc-1",
    "EbsOptimized": True,
    "State": {"Name": "running"},
    "NetworkInterfaces": [{"NetworkInterfaceId": "eni-1"}],
    "Tags": [{"Key": "Name", "Value": "web*1"}, {"Key": "env", "Value": "prod"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "values", "matches"),
    [
        ("vpc-id", ["vpc-1"], True),
        ("vpc-id", ["vpc-2", "vpc-?"], True),
        ("vpc-id", ["vpc-11"], False),
        ("instance-state-name", ["run*"], True),
        ("ebs-optimized", ["true"], True),
        ("network-interface.network-interface-id", ["eni-1"], True),
        ("tag:Name", ["web\\*1"], True),
        ("tag:Name", ["web\\*"], False),
        ("tag:missing", ["*"], False),
        ("tag-key", ["env"], True),
        ("tag-value", ["pr?d"], True),
    ],
)
def test_a_filter_matches_values_with_wildcards(name, values, matches):
    assert filters.matching(INSTANCE, [{"Name": name, "Values": values}], WEB) is matches


def test_all_filters_must_match():
    both = [{"Name": "vpc-id", "Values": ["vpc-1"]}, {"Name": "tag:env", "Values": ["test"]}]
    assert not filters.matching(INSTANCE, both, WEB)


def test_an_unknown_filter_is_refused():
    with pytest.raises(AwsError, match="InvalidParameterValue: The filter 'colour' is invalid"):
        filters.matching(INSTANCE, [{"Name": "colour", "Values": ["red"]}], WEB)
