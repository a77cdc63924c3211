"""`package`: uploads local files that a template names to S3, and names their location in the template."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from collections.abc import Callable
from typing import Any

from fakeaws.cli.calls.client import Client
from fakeaws.cli.commands._cloudformation import templates
from fakeaws.cli.errors import GeneralError, ServiceError

Document = dict[str, Any]

ARCHIVES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "AWS::Serverless::Function": (("CodeUri", ()),),
    "AWS::Serverless::Api": (("DefinitionUri", ()),),
    "AWS::Serverless::HttpApi": (("DefinitionUri", ()),),
    "AWS::Serverless::LayerVersion": (("ContentUri", ()),),
    "AWS::Serverless::GraphQLApi": (("SchemaUri", ()), ("CodeUri", ())),
    "AWS::Serverless::StateMachine": (("DefinitionUri", ("Bucket", "Key", "Version")),),
    "AWS::AppSync::GraphQLSchema": (("DefinitionS3Location", ()),),
    "AWS::AppSync::Resolver": (
        ("RequestMappingTemplateS3Location", ()),
        ("ResponseMappingTemplateS3Location", ()),
        ("CodeS3Location", ()),
    ),
    "AWS::AppSync::FunctionConfiguration": (
        ("RequestMappingTemplateS3Location", ()),
        ("ResponseMappingTemplateS3Location", ()),
        ("CodeS3Location", ()),
    ),
    "AWS::Lambda::Function": (("Code", ("S3Bucket", "S3Key", "S3ObjectVersion")),),
    "AWS::Lambda::LayerVersion": (("Content", ("S3Bucket", "S3Key", "S3ObjectVersion")),),
    "AWS::ApiGateway::RestApi": (("BodyS3Location", ("Bucket", "Key", "Version")),),
    "AWS::ElasticBeanstalk::ApplicationVersion": (("SourceBundle", ("S3Bucket", "S3Key", "")),),
    "AWS::StepFunctions::StateMachine": (("DefinitionS3Location", ("Bucket", "Key", "Version")),),
    "AWS::CloudFormation::ModuleVersion": (("ModulePackage", ()),),
    "AWS::CloudFormation::ResourceVersion": (("SchemaHandlerPackage", ()),),
    "AWS::Glue::Job": (("Command.ScriptLocation", ()),),
    "AWS::CodeCommit::Repository": (("Code.S3", ("Bucket", "Key", "ObjectVersion")),),
}
"""Resource type → its properties that may name a local file, and the members of an S3 location (none: a URI)."""

ZIPPED = (
    "AWS::Serverless::Function",
    "AWS::Serverless::LayerVersion",
    "AWS::Lambda::Function",
    "AWS::Lambda::LayerVersion",
)
"""The types whose property is an archive even if it names a single file."""

OPTIONAL = ("AWS::Serverless::Function", "AWS::Serverless::LayerVersion", "AWS::Lambda::Function")
"""The types that take the template's folder where the property is missing or empty."""

NESTED = {"AWS::CloudFormation::Stack": "TemplateURL", "AWS::Serverless::Application": "Location"}


class Uploader:
    """Puts content into a bucket under the hash of it, once."""

    def __init__(self, client: Client, bucket: str, prefix: str | None, kms_key: str | None, force: bool) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key} if kms_key else {}
        self._force = force
        self.metadata: dict[str, str] = {}
        self.on_upload: Callable[[str], None] = lambda key: None

    def put(self, content: bytes, extension: str = "") -> str:
        """The key of the content."""
        key = f"{self._prefix}{hashlib.md5(content, usedforsecurity=False).hexdigest()}{extension}"
        if self._force or not self._is_there(key):
            self.on_upload(key)
            metadata = {"Metadata": self.metadata} if self.metadata else {}
            place = {"Bucket": self._bucket, "Key": key}
            self._client("s3", "PutObject", {**place, "Body": content, **self._encryption, **metadata})
        return key

    def _is_there(self, key: str) -> bool:
        try:
            self._client("s3", "HeadObject", {"Bucket": self._bucket, "Key": key})
        except ServiceError:
            return False
        return True

    def location(self, key: str, members: tuple[str, ...]) -> Any:
        """The location of a key as the resource type needs it: a URI, or its members."""
        if not members:
            return f"s3://{self._bucket}/{key}"
        return {members[0]: self._bucket, members[1]: key}

    def url(self, key: str) -> str:
        region = self._client.profile.region or "us-east-1"
        host = "s3" if region == "us-east-1" else f"s3.{region}"
        return f"https://{host}.amazonaws.com/{self._bucket}/{key}"


def package(path: str, uploader: Uploader) -> Document:
    """The template at `path` with everything local that it names in S3."""
    with open(path, encoding="utf-8") as file:
        template = templates.read(file.read())
    folder = os.path.dirname(os.path.abspath(path))
    for name, resource in template.get("Resources", {}).items():
        if isinstance(resource, dict):
            _package_resource(name, resource, folder, uploader)
    return template


def _package_resource(name: str, resource: Document, folder: str, uploader: Uploader) -> None:
    kind, properties = resource.get("Type"), resource.setdefault("Properties", {})
    if kind in NESTED:
        _package_nested(properties, NESTED[kind], folder, uploader)
    for path, members in ARCHIVES.get(str(kind), ()):
        holder, last = _holder(properties, path)
        if holder is not None:
            _package_property(name, str(kind), holder, last, members, folder, uploader)


def _holder(properties: Document, path: str) -> tuple[Document | None, str]:
    *parents, last = path.split(".")
    for parent in parents:
        properties = properties.get(parent, {})
    return (properties if isinstance(properties, dict) else None), last


def _package_property(
    name: str, kind: str, holder: Document, last: str, members: tuple[str, ...], folder: str, uploader: Uploader
) -> None:
    value = holder.get(last)
    if value is None and (kind not in OPTIONAL or holder.get("InlineCode") or holder.get("ImageUri")):
        return
    if isinstance(value, dict) or (isinstance(value, str) and value.startswith(("s3://", "https://", "http://"))):
        return
    local = os.path.join(folder, value or "")
    if not os.path.exists(local):
        raise GeneralError(
            f"Unable to upload artifact {value} referenced by {last} parameter of {name} resource.\n"
            f"Parameter {last} of resource {name} refers to a file or folder that does not exist {local}"
        )
    holder[last] = uploader.location(uploader.put(_content(local, kind)), members)


def _content(path: str, kind: str) -> bytes:
    if os.path.isdir(path):
        return _zipped(path)
    if kind in ZIPPED and not zipfile.is_zipfile(path):
        return _zipped(path)
    with open(path, "rb") as file:
        return file.read()


def _zipped(path: str) -> bytes:
    """An archive that is the same for the same content: sorted, without the times of the files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, source in sorted(_members(path)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = (os.stat(source).st_mode & 0xFFFF) << 16
            with open(source, "rb") as file:
                archive.writestr(entry, file.read(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _members(path: str) -> list[tuple[str, str]]:
    if os.path.isfile(path):
        return [(os.path.basename(path), path)]
    return [
        (os.path.relpath(os.path.join(folder, name), path).replace(os.sep, "/"), os.path.join(folder, name))
        for folder, _, names in os.walk(path, followlinks=True)
        for name in names
    ]


def _package_nested(properties: Document, member: str, folder: str, uploader: Uploader) -> None:
    value = properties.get(member)
    if not isinstance(value, str) or value.startswith(("https://", "http://", "s3://")):
        return
    path = os.path.join(folder, value)
    if not os.path.isfile(path):
        raise GeneralError(f"Invalid template path {path}")
    text = templates.write(package(path, uploader))
    properties[member] = uploader.url(uploader.put(text.encode(), ".template"))
