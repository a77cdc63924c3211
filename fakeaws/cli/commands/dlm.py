"""`dlm create-default-role`: the role that lifecycle policies act with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.calls.client import client_for
from fakeaws.cli.errors import ServiceError
from fakeaws.cli.output.display import write_document

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

ROLES = {
    "snapshot": ("AWSDataLifecycleManagerDefaultRole", "AWSDataLifecycleManagerServiceRole"),
    "image": (
        "AWSDataLifecycleManagerDefaultRoleForAMIManagement",
        "AWSDataLifecycleManagerServiceRoleForAMIManagement",
    ),
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "dlm.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
OPTIONS = (Option("--iam-endpoint"), Option("--resource-type", choices=("snapshot", "image"), default="snapshot"))


def create_default_role(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Creates the default IAM role for lifecycle policies, unless it exists."""
    kind = parse_command(OPTIONS, argv)["resource_type"]
    client = client_for(perform, options, streams)
    name, policy = ROLES[kind]
    try:
        client("iam", "GetRole", {"RoleName": name})
    except ServiceError as error:
        if error.code != "NoSuchEntity":
            raise
    else:
        return 0
    arn = f"arn:aws:iam::aws:policy/service-role/{policy}"
    role = client("iam", "CreateRole", {"RoleName": name, "AssumeRolePolicyDocument": json.dumps(TRUST)})
    client("iam", "AttachRolePolicy", {"PolicyArn": arn, "RoleName": name})
    write_document("create_role", [role], options, streams)
    return 0


SUBCOMMANDS = {"create-default-role": create_default_role}
