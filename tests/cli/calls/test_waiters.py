"""`wait`: an answer that a waiter's expression cannot be evaluated on."""

from __future__ import annotations

import io

import pytest

from fakeaws.cli.invocation import Document, Globals, Perform, Streams
from fakeaws.cli.main import run

KEYS = {"AWS_ACCESS_KEY_ID": "123456789012", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "us-east-1"}


def perform_for(options: Globals, streams: Streams) -> Perform:
    """A cloud whose every answer is empty."""

    def perform(service: str, operation: str, params: Document) -> Document:
        return {}

    return perform


@pytest.mark.parametrize(
    "command",
    ["ec2 wait image-exists", "cloudwatch wait alarm-exists", "rds wait db-instance-deleted"],
)
def test_an_expression_of_the_wrong_type_is_one_line(command: str) -> None:
    streams = Streams(io.StringIO(), io.StringIO(), io.StringIO(), KEYS, "aws")
    assert run(command.split(), streams, perform_for) == 255
    reason = "In function length(), invalid type for value: None, expected one of: ['string', 'array', 'object']"
    assert streams.stderr.getvalue() == f'\naws: [ERROR]: {reason}, received: "null"\n'
