"""`servicecatalog generate`: products and their artifacts from a template on this machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from fakeaws.cli.arguments import values
from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.calls.client import Client, client_for
from fakeaws.cli.errors import GeneralError
from fakeaws.cli.output.display import write_document
from fakeaws.core.model.models import service

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

Document = dict[str, Any]

ARTIFACT_OPTIONS = (
    Option("--file-path", required=True),
    Option("--bucket-name", required=True),
    Option("--provisioning-artifact-name", required=True),
    Option("--provisioning-artifact-description", required=True),
    Option("--provisioning-artifact-type", required=True, choices=("CLOUD_FORMATION_TEMPLATE", "MARKETPLACE_AMI")),
)
PRODUCT_OPTIONS = (
    Option("--product-name", required=True),
    Option("--product-owner", required=True),
    Option("--product-type", required=True, choices=("CLOUD_FORMATION_TEMPLATE", "MARKETPLACE")),
    Option("--product-description"),
    Option("--product-distributor"),
    Option("--tags", nargs="+"),
    Option("--support-description"),
    Option("--support-email"),
    *ARTIFACT_OPTIONS,
)

_MEMBERS = {
    "product_name": "Name",
    "product_owner": "Owner",
    "product_type": "ProductType",
    "product_description": "Description",
    "product_distributor": "Distributor",
    "support_description": "SupportDescription",
    "support_email": "SupportEmail",
}


def product(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Create a new product using a CloudFormation template specified as a local file path."""
    given = parse_command(PRODUCT_OPTIONS, argv)
    client = client_for(perform, options, streams)
    params = {member: given[name] for name, member in _MEMBERS.items() if given[name]}
    params["ProvisioningArtifactParameters"] = _artifact(given, client)
    if given["tags"]:
        shape = service("servicecatalog").operation("CreateProduct").input
        assert shape is not None
        params["Tags"] = values.unpack(shape.at("Tags"), given["tags"], "--tags")
    write_document("CreateProduct", client("servicecatalog", "CreateProduct", params), options, streams)
    return 0


def provisioning_artifact(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Create a new provisioning artifact for a product using a template specified as a local file path."""
    given = parse_command((*ARTIFACT_OPTIONS, Option("--product-id", required=True)), argv)
    client = client_for(perform, options, streams)
    params = {"ProductId": given["product_id"], "Parameters": _artifact(given, client)}
    answer = client("servicecatalog", "CreateProvisioningArtifact", params)
    write_document("CreateProvisioningArtifact", answer, options, streams)
    return 0


def _artifact(given: Document, client: Client) -> Document:
    path, bucket = given["file_path"], given["bucket_name"]
    if not os.path.isfile(path):
        raise GeneralError(f"Invalid template path {path}")
    name = os.path.basename(path)
    with open(path, "rb") as file:
        client("s3", "PutObject", {"Bucket": bucket, "Key": name, "Body": file.read()})
    return {
        "Name": given["provisioning_artifact_name"],
        "Description": given["provisioning_artifact_description"],
        "Info": {"LoadTemplateFromURL": f"https://s3.amazonaws.com/{bucket}/{name}"},
        "Type": given["provisioning_artifact_type"],
    }


SUBCOMMANDS = {"generate": {"product": product, "provisioning-artifact": provisioning_artifact}}
