"""How the AWS CLI changes Amazon Kinesis."""

from __future__ import annotations

from fakeaws.cli.arguments.options import Table
from fakeaws.cli.arguments.parser import Values
from fakeaws.cli.customizations.tools import hide
from fakeaws.cli.invocation import Globals
from fakeaws.core.model.models import Operation

REMOVED = ("subscribe-to-shard",)


def _hide_start(table: Table, operation: Operation) -> None:
    hide(table, "exclusive-start-stream-name")


def _no_paging(given: Values, options: Globals) -> None:
    """--exclusive-start-stream-name pages by hand: no automatic paging."""
    if given["exclusive_start_stream_name"] is not None:
        options.paginate = False


CHANGES = {"list-streams": _hide_start}
CHECKS = {"list-streams": _no_paging}
