"""How the AWS CLI changes Amazon EMR: its names, tags as key=value, filters of clusters by state."""

from __future__ import annotations

from functools import partial

from fakeaws.cli.arguments.options import Table
from fakeaws.cli.customizations.tools import extra
from fakeaws.cli.errors import CliError
from fakeaws.cli.invocation import Document
from fakeaws.core.model.models import Operation

RENAMES = {"*": {"job-flow-ids": "cluster-ids", "job-flow-id": "cluster-id"}}
REMOVED = (
    "run-job-flow",
    "describe-job-flows",
    "add-job-flow-steps",
    "terminate-job-flows",
    "list-bootstrap-actions",
    "list-instance-groups",
    "set-termination-protection",
    "set-keep-job-flow-alive-when-no-steps",
    "set-visible-to-all-users",
    "set-unhealthy-node-replacement",
)
RAW = {"create-studio": ("idp-auth-url",)}

_STATES = {
    "active": ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING", "TERMINATING"],
    "terminated": ["TERMINATED"],
    "failed": ["TERMINATED_WITH_ERRORS"],
}


def _tags(table: Table, operation: Operation) -> None:
    extra(table, "tags", _put_tags, "list", nargs="+", required=True)


def _put_tags(params: Document, texts: list[str]) -> None:
    pairs = (text.partition("=") for text in texts)
    params["Tags"] = [{"Key": key, "Value": value} for key, _, value in pairs]


def _states(table: Table, operation: Operation) -> None:
    extra(table, "cluster-states", _put_states, "list", nargs="+")
    for name, states in _STATES.items():
        extra(table, name, partial(_put_named_states, states), "boolean", nargs=0)


def _put_states(params: Document, states: list[str]) -> None:
    if params.get("ClusterStates"):
        raise CliError(
            "You can specify only one of the cluster state filters: --cluster-states, --active, --terminated, --failed."
        )
    params["ClusterStates"] = states


def _put_named_states(states: list[str], params: Document, value: bool) -> None:
    _put_states(params, states)


CHANGES = {"add-tags": _tags, "list-clusters": _states}
