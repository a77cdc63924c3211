"""The commands of `emr`: what they call."""

from __future__ import annotations

import json
from typing import Any

from fakeaws.cli.main import run
from tests.cli.lines import streams


def calls(*argv: str, code: int = 0, **answers: Any) -> tuple[list[tuple[str, dict[str, Any]]], str, str]:
    """The operations called with their parameters, stdout and stderr."""
    made: list[tuple[str, dict[str, Any]]] = []

    def perform(service: str, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        made.append((operation, params))
        return dict(answers.get(operation, {}))

    terminal = streams(AWS_DEFAULT_REGION="us-east-1", AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b")
    assert run(["emr", *argv], terminal, lambda options, terminal: perform) == code, terminal.stderr.getvalue()
    return made, terminal.stdout.getvalue(), terminal.stderr.getvalue()


def test_a_cluster_of_one_type_has_a_master_and_core_nodes() -> None:
    line = "create-cluster --release-label emr-6.0.0 --instance-type m5.xlarge --instance-count 3 --use-default-roles"
    [(operation, params)], out, _ = calls(*line.split(), RunJobFlow={"JobFlowId": "j-1", "ClusterArn": "arn"})
    assert operation == "RunJobFlow"
    assert [group["InstanceCount"] for group in params["Instances"]["InstanceGroups"]] == [1, 2]
    assert (params["ServiceRole"], params["JobFlowRole"]) == ("EMR_DefaultRole", "EMR_EC2_DefaultRole")
    assert params["Instances"]["KeepJobFlowAliveWhenNoSteps"] is True
    assert json.loads(out) == {"ClusterId": "j-1", "ClusterArn": "arn"}


def test_steps_run_by_the_clusters_own_commands_or_by_scripts() -> None:
    line = ("add-steps", "--cluster-id", "j-1", "--steps", "Type=HIVE,Args=[-f,s3://b/q]")
    made, _, _ = calls(*line, DescribeCluster={"Cluster": {"ReleaseLabel": "emr-6.0.0"}})
    [step] = made[1][1]["Steps"]
    assert step["HadoopJarStep"] == {
        "Jar": "command-runner.jar",
        "Args": ["hive-script", "--run-hive-script", "--args", "-f", "s3://b/q"],
    }
    made, _, _ = calls(*line, DescribeCluster={"Cluster": {}})
    [step] = made[1][1]["Steps"]
    assert step["HadoopJarStep"]["Jar"] == "s3://us-east-1.elasticmapreduce/libs/script-runner/script-runner.jar"


def test_encryption_of_the_file_system() -> None:
    line = "create-cluster --release-label emr-5.9.0 --instance-type m4 --emrfs Encryption=ClientSide,ProviderType=KMS"
    [(_, params)], _, _ = calls(*f"{line},KMSKeyId=k".split())
    [configuration] = params["Configurations"]
    assert configuration["Properties"]["fs.s3.cse.kms.keyId"] == "k"
    _, _, error = calls(*line.split(), code=252)
    assert "required parameters are missing for --emrfs Encryption=ClientSide,ProviderType=KMS: KMSKeyId" in error


def test_what_does_not_go_together_is_refused() -> None:
    _, _, error = calls("create-cluster", code=252)
    assert "Either --ami-version or --release-label is required." in error
    _, _, error = calls("create-cluster", "--release-label", "emr-5", "--instance-groups", "Name=x", code=252)
    assert 'Missing required parameter in [0]: "InstanceGroupType"' in error
    line = "create-cluster --release-label emr-5 --instance-type m --steps Type=PIG,Args=[x]"
    _, _, error = calls(*line.split(), code=252)
    assert "Some of the steps require the following applications to be installed: Pig." in error


def test_attributes_are_changed_one_by_one() -> None:
    made, _, _ = calls(
        "modify-cluster-attributes", "--cluster-id", "j", "--no-visible-to-all-users", "--auto-terminate"
    )
    assert made == [
        ("SetVisibleToAllUsers", {"JobFlowIds": ["j"], "VisibleToAllUsers": False}),
        ("SetKeepJobFlowAliveWhenNoSteps", {"JobFlowIds": ["j"], "KeepJobFlowAliveWhenNoSteps": False}),
    ]


def test_clusters_are_listed_by_state_and_tagged_with_pairs() -> None:
    made, _, _ = calls("list-clusters", "--failed")
    assert made[0][1] == {"ClusterStates": ["TERMINATED_WITH_ERRORS"]}
    made, _, _ = calls("add-tags", "--resource-id", "r", "--tags", "a=b", "c")
    assert made[0][1]["Tags"] == [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": ""}]


def test_a_master_node_is_no_machine() -> None:
    cluster = {"Status": {"State": "WAITING"}, "MasterPublicDnsName": "ec2-1.compute.amazonaws.com"}
    line = "ssh --cluster-id j --key-pair-file k.pem"
    _, _, error = calls(*line.split(), code=255, DescribeCluster={"Cluster": cluster})
    assert "no machine answers to it" in error
    _, _, error = calls(*line.split(), code=252, DescribeCluster={"Cluster": {"Status": {"State": "TERMINATED"}}})
    assert "Cluster terminating or already terminated." in error


def test_default_roles_that_are_there_are_left_alone() -> None:
    made, out, _ = calls("create-default-roles")
    assert [operation for operation, _ in made] == ["GetRole", "GetInstanceProfile", "GetRole", "GetRole"]
    assert json.loads(out) == []
