"""How the AWS CLI changes the API of Amazon S3."""

from __future__ import annotations

from fakeaws.cli.arguments.options import Extra, Table
from fakeaws.cli.arguments.parser import Option
from fakeaws.core.model.models import Operation

RAW = {
    "copy-object": ("website-redirect-location",),
    "create-multipart-upload": ("website-redirect-location",),
    "put-object": ("website-redirect-location",),
}


def _records_outfile(table: Table, operation: Operation) -> None:
    table["outfile"] = Extra(Option("outfile"))


CHANGES = {"select-object-content": _records_outfile}
