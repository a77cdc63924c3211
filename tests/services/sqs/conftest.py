"""What SQS's tests start from."""

from __future__ import annotations

import pytest

from tests.conftest import Clock, Terminal


@pytest.fixture
def jobs(aws: Terminal, clock: Clock) -> str:
    """The URL of a standard queue, on a frozen clock."""
    return str(aws("sqs create-queue --queue-name jobs --query QueueUrl").json)


@pytest.fixture
def orders(aws: Terminal, clock: Clock) -> str:
    """The URL of a FIFO queue that deduplicates by content."""
    attributes = "FifoQueue=true,ContentBasedDeduplication=true"
    return str(aws(f"sqs create-queue --queue-name orders.fifo --attributes {attributes} --query QueueUrl").json)
