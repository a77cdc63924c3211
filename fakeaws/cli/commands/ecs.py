"""`ecs deploy`: a task definition rolled out through CodeDeploy."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.calls.client import Client, client_for
from fakeaws.cli.calls.waiters import wait
from fakeaws.cli.commands._cloudformation import templates
from fakeaws.cli.errors import GeneralError

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

Document = dict[str, Any]

OPTIONS = (
    Option("--service", required=True),
    Option("--task-definition", required=True),
    Option("--codedeploy-appspec", required=True),
    Option("--cluster"),
    Option("--codedeploy-application"),
    Option("--codedeploy-deployment-group"),
)


def deploy(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Deploys a new task definition to a service with a blue/green deployment."""
    given = parse_command(OPTIONS, argv)
    definition = templates.read(_text(given["task_definition"]))
    specification = templates.read(_text(given["codedeploy_appspec"]))
    client = client_for(perform, options, streams)
    registered = client("ecs", "RegisterTaskDefinition", definition)["taskDefinition"]["taskDefinitionArn"]
    streams.stdout.write(f"Successfully registered new ECS task definition {registered}\n")
    found = _service(given, client)
    application = given["codedeploy_application"] or f"AppECS-{found['clusterName']}-{found['serviceName']}"
    group = given["codedeploy_deployment_group"] or f"DgpECS-{found['clusterName']}-{found['serviceName']}"
    text = json.dumps(_pointed(specification, registered))
    content = {"content": text, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    revision = {"revisionType": "AppSpecContent", "appSpecContent": content}
    params = {"applicationName": application, "deploymentGroupName": group, "revision": revision}
    deployment = client("codedeploy", "CreateDeployment", params)["deploymentId"]
    streams.stdout.write(f"Successfully created deployment {deployment}\nWaiting for {deployment} to succeed...\n\n")
    streams.stdout.flush()
    wait("codedeploy", "DeploymentSuccessful", {"deploymentId": deployment}, client)
    streams.stdout.write(f"Successfully deployed {registered} to service '{given['service']}'\n")
    return 0


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        raise GeneralError(f"Unable to load file at {path}: {error}") from error


def _service(given: Document, client: Client) -> Document:
    cluster = given["cluster"] or "default"
    found = client("ecs", "DescribeServices", {"cluster": cluster, "services": [given["service"]]})
    if not found.get("services"):
        raise GeneralError(f"Service '{given['service']}' not found in cluster '{cluster}'")
    entry = found["services"][0]
    return {"serviceName": entry["serviceName"], "clusterName": entry["clusterArn"].rpartition("/")[2]}


def _pointed(specification: Document, definition: str) -> Document:
    """The specification with the new task definition in each of its services."""
    for resource in specification.get("Resources") or specification.get("resources") or ():
        for entry in resource.values():
            properties = entry.setdefault("Properties", entry.get("properties", {}))
            properties["TaskDefinition"] = definition
    return specification


SUBCOMMANDS = {"deploy": deploy}
