"""How the AWS CLI changes Amazon Rekognition: local images as arguments of their own."""

from __future__ import annotations

from fakeaws.cli.arguments.options import Table
from fakeaws.cli.customizations.tools import hoist
from fakeaws.core.model.models import Operation

RENAMES = {"create-stream-processor": {"output": "stream-processor-output"}}


def _image(table: Table, operation: Operation) -> None:
    hoist(table, "image", "Bytes", "image-bytes")


def _two_images(table: Table, operation: Operation) -> None:
    hoist(table, "source-image", "Bytes", "source-image-bytes")
    hoist(table, "target-image", "Bytes", "target-image-bytes")


CHANGES = {"*": _image, "compare-faces": _two_images}
