"""The commands by their names: the modules of `fakeaws/cli/commands`, and the operations of a service."""

from __future__ import annotations

import os
from importlib import import_module
from types import ModuleType

from fakeaws.cli import customizations
from fakeaws.cli.arguments import names
from fakeaws.core.model import models

_FOLDER = os.path.join(os.path.dirname(os.path.dirname(__file__)), "commands")


def own_module(command: str) -> ModuleType | None:
    """The module of `command`, or None."""
    name = command.replace("-", "_")
    if not name.isidentifier() or name.startswith("_") or not os.path.exists(os.path.join(_FOLDER, name + ".py")):
        return None
    return import_module(f"fakeaws.cli.commands.{name}")


def own_commands() -> list[str]:
    """The names of all modules of `commands` as commands, sorted."""
    files = sorted(entry.removesuffix(".py") for entry in os.listdir(_FOLDER) if entry.endswith(".py"))
    return [name.replace("_", "-") for name in files if not name.startswith("_")]


def operation_commands(command: str, service: str) -> list[str]:
    """The commands of a service: its operations under the AWS CLI's names, `wait`, and those of `commands/`."""
    model = models.service(service)
    removed = customizations.table(command, "REMOVED")
    renamed = customizations.table(command, "COMMANDS")
    found: list[str] = []
    for name in model.operation_names:
        own = names.operation_command(name)
        if own not in removed:
            found += renamed.get(own, (own,))
    if model.waiter_names:
        found.append("wait")
    added = getattr(own_module(command), "SUBCOMMANDS", {})
    return found + [name for name in added if name not in found]


def find_operation(command: str, model: models.Service, name: str) -> models.Operation | None:
    """The operation of a service with the command `name` (`run-instances`)."""
    name = customizations.table(command, "OLDER").get(name, name)
    for own, shown in customizations.table(command, "COMMANDS").items():
        if name in shown:
            name = own
            break
        if name == own:
            return None
    if name in customizations.table(command, "REMOVED"):
        return None
    guess = "".join(part.capitalize() for part in name.split("-"))
    if model.has_operation(guess) and names.operation_command(guess) == name:
        return model.operation(guess)
    squashed = name.replace("-", "")
    for candidate in model.operation_names:
        if candidate.lower() == squashed and names.operation_command(candidate) == name:
            return model.operation(candidate)
    return None
