"""How the AWS CLI changes Amazon QuickSight: local bundles as an argument of their own."""

from __future__ import annotations

from fakeaws.cli.arguments.options import Table
from fakeaws.cli.customizations.tools import hoist
from fakeaws.core.model.models import Operation


def _bundle(table: Table, operation: Operation) -> None:
    hoist(table, "asset-bundle-import-source", "Body", "asset-bundle-import-source-bytes")


CHANGES = {"start-asset-bundle-import-job": _bundle}
