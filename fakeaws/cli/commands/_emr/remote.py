"""`emr ssh`, `socks`, `put` and `get`: errors, because a cluster of this cloud has no machine to connect to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeaws.cli.arguments.parser import Option
from fakeaws.cli.calls.client import client_for
from fakeaws.cli.commands._emr.given import given
from fakeaws.cli.errors import CliError, GeneralError

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

_ALL = (
    Option("--cluster-id", required=True),
    Option("--key-pair-file", required=True),
    Option("--ssh-options", nargs="+"),
)
SSH_OPTIONS = (*_ALL, Option("--command"))
SOCKS_OPTIONS = _ALL
COPY_OPTIONS = (*_ALL, Option("--src", required=True), Option("--dest"))

_ENDED = ("TERMINATED", "TERMINATING", "TERMINATED_WITH_ERRORS")


def ssh(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Opens a shell on the master node of a cluster."""
    return _reach(SSH_OPTIONS, argv, options, streams, perform)


def socks(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Opens a tunnel to the master node of a cluster on port 8157."""
    return _reach(SOCKS_OPTIONS, argv, options, streams, perform)


def put(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Copies a file to the master node of a cluster."""
    return _reach(COPY_OPTIONS, argv, options, streams, perform)


def get(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Copies a file from the master node of a cluster."""
    return _reach(COPY_OPTIONS, argv, options, streams, perform)


def _reach(allowed: tuple[Option, ...], argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    cluster_id = given(allowed, {}, argv)["cluster_id"]
    cluster = client_for(perform, options, streams)("emr", "DescribeCluster", {"ClusterId": cluster_id})["Cluster"]
    if cluster.get("Status", {}).get("State") in _ENDED:
        raise CliError("Cluster terminating or already terminated.")
    if not cluster.get("MasterPublicDnsName"):
        raise GeneralError("Cannot get DNS of master node on the cluster.  Please try again after some time.")
    raise GeneralError(f"{cluster['MasterPublicDnsName']} is a name in this cloud only: no machine answers to it.")
