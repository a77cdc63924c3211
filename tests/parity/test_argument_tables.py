"""The AWS CLI v1 and fakeaws have the same operations with the same arguments, but for what v2 changed."""

from __future__ import annotations

from typing import Any

import pytest

from fakeaws.cli.arguments.options import Flag
from fakeaws.cli.customizations.services import service_of
from fakeaws.cli.tree import nodes
from fakeaws.cli.tree.operation import argument_table
from fakeaws.core.model import models

clidriver = pytest.importorskip("awscli.clidriver")

V2_ONLY = {"cli-input-yaml"}
V1_ONLY = {"code-sha-256", "authentication-code-1", "authentication-code-2"}


@pytest.fixture(scope="module")
def services() -> Any:
    return clidriver.create_clidriver()._get_command_table()


@pytest.mark.parametrize("command", ["cloudfront", "iam", "lambda", "rds", "rekognition", "s3api", "ses", "sqs"])
def test_arguments_of_a_service(services: Any, command: str) -> None:
    model = models.service(service_of(command))
    for name, theirs in services[command]._get_command_table().items():
        if not isinstance(theirs, clidriver.ServiceOperation):
            continue
        operation = nodes.find_operation(command, model, name)
        assert operation is not None, name
        ours, _ = argument_table((command, name), operation)
        assert set(ours) - V2_ONLY == set(theirs.arg_table) - V1_ONLY, name
        for argument in set(ours) & set(theirs.arg_table) - {"authentication-code1", "authentication-code2"}:
            if not isinstance(ours[argument], Flag) and not ours[argument].option().positional:
                assert ours[argument].required == theirs.arg_table[argument].required, f"{name} {argument}"
