"""What EC2's tests start from."""

from __future__ import annotations

import pytest

from tests.conftest import Terminal

IMAGE_NAME = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"


@pytest.fixture
def image(aws: Terminal) -> str:
    """The id of Amazon Linux 2023 for x86_64."""
    return aws(f"ssm get-parameter --name {IMAGE_NAME} --query Parameter.Value --output text").strip()


@pytest.fixture
def instance(aws: Terminal, image: str) -> str:
    """The id of a running instance."""
    printed = aws("ec2 run-instances --instance-type t3.micro --query Instances[0].InstanceId", ImageId=image)
    return str(printed.json)
