"""The tables of customizations name what the models have."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakeaws.cli import customizations
from fakeaws.cli.arguments import globals, names
from fakeaws.cli.arguments.options import build
from fakeaws.cli.customizations import services
from fakeaws.cli.tree.nodes import find_operation, operation_commands
from fakeaws.cli.tree.operation import argument_table
from fakeaws.core.model import models

FOLDER = Path(customizations.__file__).parent
STEMS = sorted(file.stem.rstrip("_").replace("_", "-") for file in FOLDER.glob("*.py"))
COMMANDS = [command for command in STEMS if services.service_of(command) in models.services()]


@pytest.mark.parametrize("command", COMMANDS)
def test_tables_name_operations_and_arguments(command: str) -> None:
    model = models.service(services.service_of(command))
    shown = set(operation_commands(command, model.name))
    known = {names.operation_command(name) for name in model.operation_names}
    assert known >= set(customizations.table(command, "REMOVED"))
    assert known >= set(customizations.table(command, "COMMANDS"))
    for table in ("RENAMES", "ALIASES", "RAW", "BARE", "CHANGES", "CHECKS", "FINISH"):
        for operation in customizations.table(command, table):
            assert operation == "*" or operation in shown | known, f"{table}: {operation}"
    for operation, renames in customizations.table(command, "RENAMES").items():
        if operation != "*":
            found = find_operation(command, model, operation)
            assert found is not None
            assert build(found).keys() >= renames.keys()


@pytest.mark.parametrize("command", ["athena", "ec2", "eks", "mturk", "pinpoint", "rds", "schemas", "swf", "workdocs"])
def test_no_argument_has_the_name_of_a_global_option(command: str) -> None:
    model = models.service(services.service_of(command))
    taken = {option.name.removeprefix("--") for option in globals.OPTIONS}
    for name in operation_commands(command, model.name):
        found = find_operation(command, model, name)
        if found is not None:
            assert not taken & argument_table((command, name), found)[0].keys(), name
