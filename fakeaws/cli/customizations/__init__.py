"""How the AWS CLI changes the models: renamed, hidden and added arguments, one module for each service that has any.

A module is named as the service's command (`ec2.py`, `deploy.py`) and loaded only when that command is used. It may
hold these tables, in which operations are named as commands (`run-instances`) and "*" stands for all of them:

RENAMES   arguments, the model's name → the AWS CLI's        {"create-image": {"no-no-reboot": "reboot"}}
ALIASES   arguments, name → an older name that works too     {"view-billing": {"start-time": "start"}}
REMOVED   operations that the AWS CLI does not have          ("import-instance",)
COMMANDS  operations, the model's command → the AWS CLI's    {"modify-option-group": ("add-option-to-option-group", …)}
OLDER     operations, an older command → its present name    {"get-o-tel-enrichment": "get-otel-enrichment"}
RAW       arguments in which `file://` is not read           {"create-stack": ("template-url",)}
BARE      lists of structures of one member, given as bare values  {"remove-tags": ("tags",)}
CHANGES   functions (table, operation) → None that add and alter arguments
CHECKS    functions (given, options) → None that refuse arguments which exclude each other
FINISH    functions (invocation, given) → None with the last word on the parameters, and what is done around the call
"""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

_FOLDER = os.path.dirname(__file__)


@cache
def load(command: str) -> ModuleType | None:
    """The module of customizations of a service's command; None where it has none."""
    name = command.replace("-", "_")
    name = name + "_" if name == "lambda" else name
    if not name.isidentifier() or not os.path.exists(os.path.join(_FOLDER, name + ".py")):
        return None
    return import_module(f"fakeaws.cli.customizations.{name}")


def table(command: str, name: str) -> Any:
    """The table `name` of a command's module; empty where it has none."""
    return getattr(load(command), name, None) or {}


def for_operation(command: str, name: str, operation: str) -> list[Any]:
    """What the table `name` says of an operation, then what it says of all operations."""
    found = table(command, name)
    return [found[key] for key in (operation, "*") if key in found]
