"""`deploy push`, `register`, `deregister`, `install` and `uninstall`: revisions, and machines of one's own."""

from __future__ import annotations

import io
import os
import re
import zipfile
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments import values
from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.calls.client import Client, client_for
from fakeaws.cli.commands._s3.tasks import PART
from fakeaws.cli.errors import CliError, GeneralError
from fakeaws.core.model.models import service

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

Document = dict[str, Any]

SPECIFICATION = "appspec.yml"
INSTANCE_NAME = re.compile(r"[A-Za-z0-9+=,.@_-]{1,100}")
IAM_USER_ARN = re.compile(r"arn:aws(?:-cn)?:iam::[0-9]{12}:user/[A-Za-z0-9/+=,.@_-]+")

PUSH_OPTIONS = (
    Option("--application-name", required=True),
    Option("--s3-location", required=True),
    Option("--ignore-hidden-files", nargs=0, default=False),
    Option("--no-ignore-hidden-files", nargs=0, dest="ignore_hidden_files", default=False, const=False),
    Option("--source", default="."),
    Option("--description"),
)
REGISTER_OPTIONS = (Option("--instance-name", required=True), Option("--tags", nargs="+"), Option("--iam-user-arn"))
DEREGISTER_OPTIONS = (
    Option("--instance-name", required=True),
    Option("--delete-iam-user", nargs=0, default=True),
    Option("--no-delete-iam-user", nargs=0, dest="delete_iam_user", default=True, const=False),
)
INSTALL_OPTIONS = (
    Option("--config-file", required=True),
    Option("--override-config", nargs=0, default=False),
    Option("--agent-installer"),
)


def push(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Bundles and uploads an application revision, and registers it."""
    given = parse_command(PUSH_OPTIONS, argv)
    bucket, key = _location(given["s3_location"])
    client = client_for(perform, options, streams)
    content = _bundle(given["source"], given["ignore_hidden_files"])
    stored = _upload(client, bucket, key, content)
    etag = stored["ETag"].replace('"', "")
    place = {"bucket": bucket, "key": key, "bundleType": "zip", "eTag": etag}
    if stored.get("VersionId"):
        place["version"] = stored["VersionId"]
    revision = {"revisionType": "S3", "s3Location": place}
    params = {"applicationName": given["application_name"], "revision": revision}
    if given["description"]:
        params["description"] = given["description"]
    client("codedeploy", "RegisterApplicationRevision", params)
    version = f",version={place['version']}" if "version" in place else ""
    streams.stdout.write(
        "To deploy with this revision, run:\n"
        f"{streams.program} deploy create-deployment --application-name {given['application_name']} "
        f"--s3-location bucket={bucket},key={key},bundleType=zip,eTag={etag}{version} "
        "--deployment-group-name <deployment-group-name> --deployment-config-name <deployment-config-name> "
        "--description <description>\n"
    )
    return 0


def _location(text: str) -> tuple[str, str]:
    found = re.fullmatch(r"s3://([^/]+)/(.+)", text)
    if found is None:
        raise CliError("--s3-location must specify the Amazon S3 URL format as s3://<bucket>/<key>.")
    return found[1], found[2]


def _bundle(source: str, ignores_hidden: bool) -> bytes:
    """An archive of the folder, which must hold a specification."""
    folder = os.path.abspath(source)
    if not os.path.isfile(os.path.join(folder, SPECIFICATION)):
        raise GeneralError(f"{os.path.join(folder, SPECIFICATION)} was not found")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        for path, folders, names in os.walk(folder):
            folders[:] = sorted(name for name in folders if not (ignores_hidden and name.startswith(".")))
            for name in sorted(names):
                if not (ignores_hidden and name.startswith(".")):
                    full = os.path.join(path, name)
                    archive.write(full, os.path.relpath(full, folder))
    return out.getvalue()


def _upload(client: Client, bucket: str, key: str, content: bytes) -> Document:
    place = {"Bucket": bucket, "Key": key}
    if len(content) < PART:
        return client("s3", "PutObject", {**place, "Body": content})
    upload = {**place, "UploadId": client("s3", "CreateMultipartUpload", place)["UploadId"]}
    parts = []
    for number, start in enumerate(range(0, len(content), PART), 1):
        body = content[start : start + PART]
        etag = client("s3", "UploadPart", {**upload, "PartNumber": number, "Body": body})["ETag"]
        parts.append({"PartNumber": number, "ETag": etag})
    return client("s3", "CompleteMultipartUpload", {**upload, "MultipartUpload": {"Parts": parts}})


def register(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Makes an IAM user for an on-premises instance, registers the instance and tags it."""
    given = parse_command(REGISTER_OPTIONS, argv)
    _check_instance(given["instance_name"])
    tags = _tags(given["tags"])
    if given["iam_user_arn"] and not IAM_USER_ARN.fullmatch(given["iam_user_arn"]):
        raise CliError("Invalid IAM user ARN.")
    client = client_for(perform, options, streams)
    arn = given["iam_user_arn"] or _make_user(given["instance_name"], client, streams)
    streams.stdout.write("Registering the on-premises instance... ")
    params = {"instanceName": given["instance_name"], "iamUserArn": arn}
    client("codedeploy", "RegisterOnPremisesInstance", params)
    streams.stdout.write("DONE\n")
    if tags:
        streams.stdout.write("Adding tags to the on-premises instance... ")
        named = {"tags": tags, "instanceNames": [given["instance_name"]]}
        client("codedeploy", "AddTagsToOnPremisesInstances", named)
        streams.stdout.write("DONE\n")
    streams.stdout.write(
        "Copy the on-premises configuration file named codedeploy.onpremises.yml to the on-premises instance, and run "
        "the following command on the on-premises instance to install and register the AWS CodeDeploy Agent:\n"
        f"{streams.program} deploy install --config-file codedeploy.onpremises.yml\n"
    )
    return 0


def _check_instance(name: str) -> None:
    if not INSTANCE_NAME.fullmatch(name):
        raise CliError("Instance name contains invalid characters.")
    if name.startswith("i-"):
        raise CliError("Instance name cannot start with 'i-'.")


def _tags(given: list[str] | None) -> list[Document]:
    if not given:
        return []
    shape = service("codedeploy").operation("AddTagsToOnPremisesInstances").input
    assert shape is not None
    tags: list[Document] = values.unpack(shape.at("tags"), given, "--tags")
    if len(tags) > 10:
        raise CliError("Instances can only have a maximum of 10 tags.")
    return tags


def _make_user(name: str, client: Client, streams: Streams) -> str:
    streams.stdout.write("Creating the IAM user... ")
    user = client("iam", "CreateUser", {"Path": "/AWS/CodeDeploy/", "UserName": name})["User"]
    streams.stdout.write(f"DONE\nIamUserArn: {user['Arn']}\nCreating the IAM user access key... ")
    key = client("iam", "CreateAccessKey", {"UserName": name})["AccessKey"]
    streams.stdout.write(
        f"DONE\nAccessKeyId: {key['AccessKeyId']}\nSecretAccessKey: {key['SecretAccessKey']}\n"
        "Creating the IAM user policy... "
    )
    policy = (
        '{"Version": "2012-10-17", "Statement": [{"Action": ["s3:Get*", "s3:List*"], "Effect": "Allow", '
        '"Resource": "*"}]}'
    )
    named = {"UserName": name, "PolicyName": "codedeploy-agent", "PolicyDocument": policy}
    client("iam", "PutUserPolicy", named)
    streams.stdout.write("DONE\nPolicyName: codedeploy-agent\nPolicyDocument: " + policy + "\n")
    _write_configuration(client, user["Arn"], key, streams)
    return str(user["Arn"])


def _write_configuration(client: Client, arn: str, key: Document, streams: Streams) -> None:
    streams.stdout.write("Creating the on-premises instance configuration file named codedeploy.onpremises.yml...")
    text = (
        f"---\nregion: {client.profile.need_region()}\niam_user_arn: {arn}\n"
        f"aws_access_key_id: {key['AccessKeyId']}\naws_secret_access_key: {key['SecretAccessKey']}\n"
    )
    path = os.open("codedeploy.onpremises.yml", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(path, "w") as file:
        file.write(text)
    streams.stdout.write("DONE\n")


def deregister(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Removes the tags of an on-premises instance, deregisters it and deletes its IAM user."""
    given = parse_command(DEREGISTER_OPTIONS, argv)
    _check_instance(given["instance_name"])
    client = client_for(perform, options, streams)
    streams.stdout.write("Retrieving on-premises instance information... ")
    found = client("codedeploy", "GetOnPremisesInstance", {"instanceName": given["instance_name"]})["instanceInfo"]
    streams.stdout.write(f"DONE\nIamUserArn: {found['iamUserArn']}\n")
    tags = found.get("tags") or []
    if tags:
        shown = " ".join(f"Key={tag['Key']},Value={tag['Value']}" for tag in tags)
        streams.stdout.write(f"Tags: {shown}\nRemoving tags from the on-premises instance... ")
        named = {"tags": tags, "instanceNames": [given["instance_name"]]}
        client("codedeploy", "RemoveTagsFromOnPremisesInstances", named)
        streams.stdout.write("DONE\n")
    streams.stdout.write("Deregistering the on-premises instance... ")
    client("codedeploy", "DeregisterOnPremisesInstance", {"instanceName": given["instance_name"]})
    streams.stdout.write("DONE\n")
    if given["delete_iam_user"]:
        _delete_user(found["iamUserArn"].rpartition("/")[2], client, streams)
    streams.stdout.write(
        "Run the following command on the on-premises instance to uninstall the codedeploy-agent:\n"
        f"{streams.program} deploy uninstall\n"
    )
    return 0


def _delete_user(name: str, client: Client, streams: Streams) -> None:
    streams.stdout.write("Deleting the IAM user policies... ")
    for policy in client("iam", "ListUserPolicies", {"UserName": name}).get("PolicyNames", ()):
        client("iam", "DeleteUserPolicy", {"UserName": name, "PolicyName": policy})
    streams.stdout.write("DONE\nDeleting the IAM user access keys... ")
    for key in client("iam", "ListAccessKeys", {"UserName": name}).get("AccessKeyMetadata", ()):
        client("iam", "DeleteAccessKey", {"UserName": name, "AccessKeyId": key["AccessKeyId"]})
    streams.stdout.write(f"DONE\nDeleting the IAM user ({name})... ")
    client("iam", "DeleteUser", {"UserName": name})
    streams.stdout.write("DONE\n")


def install(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Installs the agent on an on-premises instance: not on this machine."""
    parse_command(INSTALL_OPTIONS, argv)
    raise GeneralError(
        "Only Ubuntu Server, Red Hat Enterprise Linux Server and Windows Server operating systems are supported."
    )


def uninstall(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Uninstalls the agent from an on-premises instance: there is none on this machine."""
    parse_command((), argv)
    raise GeneralError(
        "Only Ubuntu Server, Red Hat Enterprise Linux Server and Windows Server operating systems are supported."
    )


SUBCOMMANDS = {
    "push": push,
    "register": register,
    "deregister": deregister,
    "install": install,
    "uninstall": uninstall,
}
