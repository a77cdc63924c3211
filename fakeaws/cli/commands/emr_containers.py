"""`emr-containers`: associates roles with the service accounts of EMR on EKS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments.parser import Option, Values, parse_command
from fakeaws.cli.calls.client import Client, client_for
from fakeaws.cli.errors import GeneralError, ServiceError

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

Document = dict[str, Any]

_WHERE = (
    Option("--cluster-name", required=True, help="The EKS cluster."),
    Option("--namespace", required=True, help="The namespace of the jobs."),
    Option("--role-name", required=True, help="The IAM role."),
)
_COMPONENTS = {
    "start_job_run": ("spark", ("client", "driver", "executor"), None),
    "interactive_endpoint": ("spark", ("jeg", "jeg-kernel", "session"), None),
    "spark_operator": ("spark", ("driver", "executor"), "emr-containers-sa-spark-operator"),
    "flink_operator": ("flink", ("jobmanager", "taskmanager"), "emr-containers-sa-flink-operator"),
}
"""Submission model → framework, the components with a service account, and the operator's own service account."""

ASSOCIATION_OPTIONS = (
    *_WHERE,
    Option("--type", choices=(*_COMPONENTS, "livy"), help="How jobs are submitted: start_job_run unless said here."),
    Option("--operator-namespace", help="The namespace of the operator, where it is another one."),
    Option("--service-account-name", help="This service account instead of those of EMR on EKS."),
)
TRUST_OPTIONS = (
    *_WHERE,
    Option("--iam-endpoint"),
    Option("--dry-run", nargs=0, default=False, help="Shows the policy, and changes nothing."),
)


def base36(text: str) -> str:
    """A name as a number to the base of 36, as in the names of service accounts."""
    number, digits = int.from_bytes(text.encode("latin-1", "replace"), "big"), ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits or "0"


def _accounts(found: Values, account: str) -> Iterator[tuple[str, str]]:
    """The service accounts meant, with their namespaces."""
    space = found["namespace"]
    operator_space = found["operator_namespace"] or space
    kind = found["type"] or "start_job_run"
    if found["service_account_name"]:
        yield found["service_account_name"], space
    elif kind == "livy":
        yield "emr-containers-sa-livy", operator_space
        yield "emr-containers-sa-spark-livy", space
    else:
        framework, components, operator = _COMPONENTS[kind]
        if operator is not None:
            yield operator, operator_space
        for component in components:
            yield f"emr-containers-sa-{framework}-{component}-{account}-{base36(found['role_name'])}", space


def _cluster(client: Client, found: Values) -> Document:
    cluster: Document = client("eks", "DescribeCluster", {"name": found["cluster_name"]}).get("cluster", {})
    return cluster


def _account_of(cluster: Document) -> str:
    return str(cluster.get("arn", "::::")).split(":")[4]


def create_role_associations(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Associates the service accounts of EMR on EKS with a role; those that are associated already are skipped."""
    found = parse_command(ASSOCIATION_OPTIONS, argv)
    client = client_for(perform, options, streams)
    account = _account_of(_cluster(client, found))
    made: list[Document] = []
    for name, space in _accounts(found, account):
        params = {
            "clusterName": found["cluster_name"],
            "namespace": space,
            "serviceAccount": name,
            "roleArn": f"arn:aws:iam::{account}:role/{found['role_name']}",
        }
        about = f"service account {name} and role {found['role_name']} in namespace {space}"
        try:
            made.append(client("eks", "CreatePodIdentityAssociation", params).get("association", {}))
        except ServiceError as error:
            if error.code != "ResourceInUseException":
                _roll_back(client, made, about, streams)
                raise _failed("create", name, space, found, error) from error
            streams.stderr.write(
                f"Skipping pod identity association creation because pod identity association already exists for "
                f"{about}: {error.message}\n"
            )
    return _show(made, streams)


def _roll_back(client: Client, made: list[Document], about: str, streams: Streams) -> None:
    for one in made:
        streams.stderr.write(f"Rolling back association for {about} as encountered an error\n")
        params = {"clusterName": one["clusterName"], "associationId": one["associationId"]}
        client("eks", "DeletePodIdentityAssociation", params)


def _failed(verb: str, name: str, space: str, found: Values, error: ServiceError) -> GeneralError:
    return GeneralError(
        f"Failed to {verb} pod identity association for service account {name}, role {found['role_name']} in "
        f"namespace {space}: {error.message}"
    )


def delete_role_associations(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Ends the associations of the service accounts of EMR on EKS with a role."""
    found = parse_command(ASSOCIATION_OPTIONS, argv)
    client = client_for(perform, options, streams)
    gone: list[Document] = []
    for name, space in _accounts(found, _account_of(_cluster(client, found))):
        try:
            one = _delete(client, found["cluster_name"], name, space)
        except ServiceError as error:
            raise _failed("delete", name, space, found, error) from error
        if one is None:
            streams.stderr.write(
                f"Skipping deletion as no pod identity association found for service account {name} and role "
                f"{found['role_name']} in namespace {space}\n"
            )
        else:
            gone.append(one)
    return _show(gone, streams)


def _delete(client: Client, cluster: str, name: str, space: str) -> Document | None:
    params = {"clusterName": cluster, "namespace": space, "serviceAccount": name}
    listed = client("eks", "ListPodIdentityAssociations", params).get("associations", [])
    if not listed:
        return None
    wanted = {"clusterName": cluster, "associationId": listed[0]["associationId"]}
    deleted: Document = client("eks", "DeletePodIdentityAssociation", wanted).get("association", {})
    return deleted


def _show(associations: list[Document], streams: Streams) -> int:
    if associations:
        streams.stdout.write(json.dumps(associations, indent=4, default=str))
    return 0


def update_role_trust_policy(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Lets the service accounts of EMR on EKS assume a role."""
    found = parse_command(TRUST_OPTIONS, argv)
    client = client_for(perform, options, streams)
    cluster = _cluster(client, found)
    role = found["role_name"]
    statement = _statement(cluster, found)
    policy = client("iam", "GetRole", {"RoleName": role})["Role"].get("AssumeRolePolicyDocument") or {}
    if statement in policy.get("Statement", []):
        streams.stdout.write(f"Trust policy statement already exists for role {role}. No changes were made!\n")
        return 0
    policy = {**policy, "Statement": [*policy.get("Statement", []), statement]}
    if found["dry_run"]:
        streams.stdout.write(json.dumps(policy, indent=2) + "\n")
        return 0
    client("iam", "UpdateAssumeRolePolicy", {"RoleName": role, "PolicyDocument": json.dumps(policy)})
    streams.stdout.write(f"Successfully updated trust policy of role {role}\n")
    return 0


def _statement(cluster: Document, found: Values) -> Document:
    account = _account_of(cluster)
    issuer = cluster.get("identity", {}).get("oidc", {}).get("issuer", "").removeprefix("https://")
    subject = f"emr-containers-sa-*-*-{account}-{base36(found['role_name'])}"
    return {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{account}:oidc-provider/{issuer}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringLike": {f"{issuer}:sub": f"system:serviceaccount:{found['namespace']}:{subject}"}},
    }


HELP = {
    "create-role-associations": ASSOCIATION_OPTIONS,
    "delete-role-associations": ASSOCIATION_OPTIONS,
    "update-role-trust-policy": TRUST_OPTIONS,
}

SUBCOMMANDS = {
    "create-role-associations": create_role_associations,
    "delete-role-associations": delete_role_associations,
    "update-role-trust-policy": update_role_trust_policy,
}
