"""`emr create-default-roles`: the roles that clusters are created with unless others are named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments.parser import Option
from fakeaws.cli.calls.client import Client, client_for
from fakeaws.cli.commands._emr.given import given
from fakeaws.cli.errors import ServiceError
from fakeaws.cli.output.display import write_document

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

Document = dict[str, Any]

OPTIONS = (Option("--iam-endpoint"),)
_MACHINES = "EMR_EC2_DefaultRole"
_ROLES: dict[str, tuple[str, str | list[str]]] = {
    _MACHINES: ("AmazonElasticMapReduceforEC2Role", "ec2.amazonaws.com"),
    "EMR_DefaultRole": ("AmazonElasticMapReduceRole", "elasticmapreduce.amazonaws.com"),
    "EMR_AutoScaling_DefaultRole": (
        "AmazonElasticMapReduceforAutoScalingRole",
        ["elasticmapreduce.amazonaws.com", "application-autoscaling.amazonaws.com"],
    ),
}
"""Role → its managed policy, and who may assume it."""


def create_default_roles(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Creates the default roles and the instance profile, where they do not exist."""
    given(OPTIONS, {}, argv)
    client = client_for(perform, options, streams)
    made: list[Document] = []
    for name in _ROLES:
        if not _is_there(client, "GetRole", {"RoleName": name}):
            made.append(_create(client, name))
        if name == _MACHINES:
            _create_profile(client)
    write_document("create_role", made, options, streams)
    return 0


def _is_there(client: Client, operation: str, params: Document) -> bool:
    try:
        client("iam", operation, params)
    except ServiceError as error:
        if error.code != "NoSuchEntity":
            raise
        return False
    return True


def _create(client: Client, name: str) -> Document:
    policy, principal = _ROLES[name]
    statement = {"Sid": "", "Effect": "Allow", "Principal": {"Service": principal}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2008-10-17", "Statement": [statement]}, indent=2)
    role = client("iam", "CreateRole", {"RoleName": name, "AssumeRolePolicyDocument": trust})["Role"]
    arn = f"arn:aws:iam::aws:policy/service-role/{policy}"
    client("iam", "AttachRolePolicy", {"PolicyArn": arn, "RoleName": name})
    version = client("iam", "GetPolicy", {"PolicyArn": arn})["Policy"]["DefaultVersionId"]
    found = client("iam", "GetPolicyVersion", {"PolicyArn": arn, "VersionId": version})
    return {"Role": role, "RolePolicy": found["PolicyVersion"]["Document"]}


def _create_profile(client: Client) -> None:
    if _is_there(client, "GetInstanceProfile", {"InstanceProfileName": _MACHINES}):
        return
    client("iam", "CreateInstanceProfile", {"InstanceProfileName": _MACHINES})
    client("iam", "AddRoleToInstanceProfile", {"InstanceProfileName": _MACHINES, "RoleName": _MACHINES})
