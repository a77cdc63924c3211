"""How the AWS CLI changes Amazon RDS: ModifyOptionGroup is two commands."""

from __future__ import annotations

from fakeaws.cli.arguments.options import Table, rename
from fakeaws.core.model.models import Operation

RAW = {
    "copy-db-cluster-snapshot": ("pre-signed-url",),
    "create-db-cluster": ("pre-signed-url",),
    "copy-db-snapshot": ("pre-signed-url",),
    "create-db-instance-read-replica": ("pre-signed-url",),
}

COMMANDS = {"modify-option-group": ("add-option-to-option-group", "remove-option-from-option-group")}


def _add_option(table: Table, operation: Operation) -> None:
    rename(table, "options-to-include", "options")
    del table["options-to-remove"]


def _remove_option(table: Table, operation: Operation) -> None:
    rename(table, "options-to-remove", "options")
    del table["options-to-include"]


CHANGES = {"add-option-to-option-group": _add_option, "remove-option-from-option-group": _remove_option}
