"""The commands of `emr-containers`."""

from __future__ import annotations

import json
from typing import Any

from fakeaws.cli.commands.emr_containers import base36
from fakeaws.cli.main import run
from tests.cli.lines import streams

CLUSTER = {
    "arn": "arn:aws:eks:us-east-1:123456789012:cluster/c",
    "identity": {"oidc": {"issuer": "https://oidc.eks.us-east-1.amazonaws.com/id/X"}},
}


def calls(line: str, **answers: Any) -> tuple[list[tuple[str, dict[str, Any]]], str]:
    made: list[tuple[str, dict[str, Any]]] = []

    def perform(service: str, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        made.append((operation, params))
        return dict({"DescribeCluster": {"cluster": CLUSTER}, **answers}.get(operation, {}))

    terminal = streams(AWS_DEFAULT_REGION="us-east-1", AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b")
    assert run(["emr-containers", *line.split()], terminal, lambda options, terminal: perform) == 0
    return made, terminal.stdout.getvalue()


def test_each_component_has_a_service_account() -> None:
    made, _ = calls("create-role-associations --cluster-name c --namespace n --role-name r")
    assert [params.get("serviceAccount") for _, params in made[1:]] == [
        f"emr-containers-sa-spark-{part}-123456789012-{base36('r')}" for part in ("client", "driver", "executor")
    ]
    assert made[1][1]["roleArn"] == "arn:aws:iam::123456789012:role/r"


def test_associations_that_are_there_are_deleted() -> None:
    line = "delete-role-associations --cluster-name c --namespace n --role-name r --service-account-name s"
    made, _ = calls(line, ListPodIdentityAssociations={"associations": [{"associationId": "a-1"}]})
    assert made[-1] == ("DeletePodIdentityAssociation", {"clusterName": "c", "associationId": "a-1"})


def test_a_trust_policy_is_shown_before_it_is_changed() -> None:
    line = "update-role-trust-policy --cluster-name c --namespace n --role-name r --dry-run"
    made, out = calls(line, GetRole={"Role": {"AssumeRolePolicyDocument": {"Statement": []}}})
    [statement] = json.loads(out)["Statement"]
    assert statement["Principal"]["Federated"].endswith("oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/X")
    assert "UpdateAssumeRolePolicy" not in [operation for operation, _ in made]
