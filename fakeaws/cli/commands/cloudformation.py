"""`cloudformation deploy` and `package`: deploy a template, and upload the files that it names."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.calls.client import Client, client_for
from fakeaws.cli.calls.waiters import wait
from fakeaws.cli.commands._cloudformation import parameters, templates
from fakeaws.cli.commands._cloudformation.artifacts import Uploader, package
from fakeaws.cli.errors import GeneralError, ServiceError

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

Document = dict[str, Any]

MOST_INLINE = 51200
"""The bytes of a template that a call can carry; a longer one must be in S3."""

DEPLOY_OPTIONS = (
    Option("--template-file", required=True),
    Option("--stack-name", required=True),
    Option("--s3-bucket"),
    Option("--force-upload", nargs=0, default=False),
    Option("--s3-prefix"),
    Option("--kms-key-id"),
    Option("--parameter-overrides", nargs="+"),
    Option("--capabilities", nargs="+"),
    Option("--no-execute-changeset", nargs=0, dest="execute_changeset", default=True, const=False),
    Option("--disable-rollback", nargs=0, default=False),
    Option("--no-disable-rollback", nargs=0, dest="disable_rollback", default=False, const=False),
    Option("--role-arn"),
    Option("--notification-arns", nargs="+"),
    Option("--fail-on-empty-changeset", nargs=0, default=False),
    Option("--no-fail-on-empty-changeset", nargs=0, dest="fail_on_empty_changeset", default=False, const=False),
    Option("--tags", nargs="+"),
)
PACKAGE_OPTIONS = (
    Option("--template-file", required=True),
    Option("--s3-bucket", required=True),
    Option("--s3-prefix"),
    Option("--kms-key-id"),
    Option("--output-template-file"),
    Option("--use-json", nargs=0, default=False),
    Option("--force-upload", nargs=0, default=False),
    Option("--metadata"),
)


class _NoChanges(Exception):
    """A change set that changes nothing."""


def deploy(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Deploys a template by making a change set and executing it."""
    given = parse_command(DEPLOY_OPTIONS, argv)
    text = _read(given["template_file"])
    overrides = parameters.key_values(given["parameter_overrides"], "--parameter-overrides")
    tags = parameters.key_values(given["tags"], "--tags")
    client = client_for(perform, options, streams)
    previous = _previous(given["stack_name"], client)
    params = _change_set(given, text, parameters.merged(templates.read(text), overrides, previous), tags, client)
    kind = "UPDATE" if previous is not None else "CREATE"
    made = client("cloudformation", "CreateChangeSet", {**params, "ChangeSetType": kind})
    change_set = str(made.get("Id", params["ChangeSetName"]))
    streams.stdout.write("\nWaiting for changeset to be created..\n")
    streams.stdout.flush()
    try:
        _wait_for_changes(change_set, given["stack_name"], client)
    except _NoChanges:
        message = f"No changes to deploy. Stack {given['stack_name']} is up to date"
        if given["fail_on_empty_changeset"]:
            raise GeneralError(message) from None
        streams.stdout.write(f"\n{message}\n")
        return 0
    if not given["execute_changeset"]:
        _explain(change_set, streams)
        return 0
    _execute(change_set, kind, given, client, streams)
    return 0


def _read(path: str) -> str:
    if not os.path.isfile(path):
        raise GeneralError(f"Invalid template path {path}")
    with open(path, encoding="utf-8") as file:
        return file.read()


def _previous(stack: str, client: Client) -> set[str] | None:
    """The names of the stack's parameters; None if there is no such stack, or only a change set to create it."""
    try:
        found = client("cloudformation", "DescribeStacks", {"StackName": stack})["Stacks"]
    except ServiceError as error:
        if "does not exist" in error.message:
            return None
        raise
    if not found or found[0].get("StackStatus") == "REVIEW_IN_PROGRESS":
        return None
    return {parameter["ParameterKey"] for parameter in found[0].get("Parameters", ())}


def _change_set(given: Document, text: str, values: list[Document], tags: dict[str, str], client: Client) -> Document:
    moment = int(time.time())
    params: Document = {
        "ChangeSetName": f"awscli-cloudformation-package-deploy-{moment}",
        "StackName": given["stack_name"],
        "Parameters": values,
        "Capabilities": given["capabilities"] or [],
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
        "Description": f"Created by AWS CLI at {time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(moment))} UTC",
    }
    if given["s3_bucket"]:
        uploader = Uploader(client, given["s3_bucket"], given["s3_prefix"], given["kms_key_id"], given["force_upload"])
        params["TemplateURL"] = uploader.url(uploader.put(text.encode(), ".template"))
    elif len(text.encode()) > MOST_INLINE:
        raise GeneralError(
            "Templates with a size greater than 51,200 bytes must be deployed via an S3 Bucket. Please add the "
            "--s3-bucket parameter to your command. The local template will be copied to that S3 bucket and then "
            "deployed."
        )
    else:
        params["TemplateBody"] = text
    for option, member in (("role_arn", "RoleARN"), ("notification_arns", "NotificationARNs")):
        if given[option]:
            params[member] = given[option]
    return params


def _wait_for_changes(change_set: str, stack: str, client: Client) -> None:
    params = {"ChangeSetName": change_set, "StackName": stack}
    try:
        wait("cloudformation", "ChangeSetCreateComplete", params, client, delay=5)
    except GeneralError as error:
        found = client("cloudformation", "DescribeChangeSet", params)
        status, reason = found.get("Status"), found.get("StatusReason", "")
        empty = "The submitted information didn't contain changes." in reason
        if status == "FAILED" and (empty or "No updates are to be performed" in reason):
            raise _NoChanges from error
        raise GeneralError(
            f"Failed to create the changeset: {error.message}. Status: {status}. Reason: {reason}"
        ) from error


def _explain(change_set: str, streams: Streams) -> None:
    streams.stdout.write(
        "Changeset created successfully. Run the following command to review changes:\n"
        f"{streams.program} cloudformation describe-change-set --change-set-name {change_set}\n"
    )


def _execute(change_set: str, kind: str, given: Document, client: Client, streams: Streams) -> None:
    stack = given["stack_name"]
    params: Document = {"ChangeSetName": change_set, "StackName": stack}
    if given["disable_rollback"]:
        params["DisableRollback"] = True
    client("cloudformation", "ExecuteChangeSet", params)
    streams.stdout.write("Waiting for stack create/update to complete\n")
    streams.stdout.flush()
    waiter = "StackCreateComplete" if kind == "CREATE" else "StackUpdateComplete"
    try:
        wait("cloudformation", waiter, {"StackName": stack}, client)
    except GeneralError as error:
        raise GeneralError(
            "Failed to create/update the stack. Run the following command\nto fetch the list of events leading up to "
            f"the failure\n{streams.program} cloudformation describe-stack-events --stack-name {stack}"
        ) from error
    streams.stdout.write(f"Successfully created/updated stack - {stack}\n")


def package_template(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Uploads what a template points at to S3, and writes a template that points there."""
    given = parse_command(PACKAGE_OPTIONS, argv)
    path = given["template_file"]
    if not os.path.isfile(path):
        raise GeneralError(f"Invalid template path {path}")
    client = client_for(perform, options, streams)
    uploader = Uploader(client, given["s3_bucket"], given["s3_prefix"], given["kms_key_id"], given["force_upload"])
    uploader.metadata = parameters.key_values(given["metadata"].split(",") if given["metadata"] else None, "--metadata")
    uploader.on_upload = lambda key: _announce(key, streams)
    text = templates.write(package(path, uploader), given["use_json"])
    target = given["output_template_file"]
    if not target:
        streams.stdout.write(text)
        return 0
    with open(target, "w", encoding="utf-8") as file:
        file.write(text)
    streams.stdout.write(
        f"\nSuccessfully packaged artifacts and wrote output template to file {target}.\n"
        "Execute the following command to deploy the packaged template\n"
        f"{streams.program} cloudformation deploy --template-file {os.path.abspath(target)} "
        "--stack-name <YOUR STACK NAME>\n"
    )
    return 0


def _announce(key: str, streams: Streams) -> None:
    streams.stderr.write(f"\rUploading to {key}\n")


SUBCOMMANDS = {"deploy": deploy, "package": package_template}
