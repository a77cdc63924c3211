"""How the AWS CLI changes Amazon Translate: local files as arguments of their own."""

from __future__ import annotations

from fakeaws.cli.arguments.options import Table
from fakeaws.cli.customizations.tools import hoist
from fakeaws.core.model.models import Operation

RAW = {"translate-text": ("text",)}


def _terminology(table: Table, operation: Operation) -> None:
    refusal = (
        "File cannot be provided as part of the '--terminology-data' argument. Please use the '--data-file' option "
        "instead to specify a file."
    )
    hoist(table, "terminology-data", "File", "data-file", required=True, refusal=refusal)


def _document(table: Table, operation: Operation) -> None:
    refusal = (
        "Content cannot be provided as a part of the '--document' argument. Please use the '--document-content' option "
        "instead to specify a file."
    )
    hoist(table, "document", "Content", "document-content", required=True, whole_required=True, refusal=refusal)


CHANGES = {"import-terminology": _terminology, "translate-document": _document}
