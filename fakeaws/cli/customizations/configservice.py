"""How the AWS CLI changes AWS Config: the recording group as an argument of its own."""

from __future__ import annotations

from fakeaws.cli.arguments.options import Table
from fakeaws.cli.customizations.tools import hoist
from fakeaws.core.model.models import Operation


def _recording_group(table: Table, operation: Operation) -> None:
    hoist(table, "configuration-recorder", "recordingGroup", "recording-group", whole_required=True)


CHANGES = {"put-configuration-recorder": _recording_group}
