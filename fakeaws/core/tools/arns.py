"""Amazon Resource Names: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html"""

from __future__ import annotations

from typing import NamedTuple


class Arn(NamedTuple):
    """The parts of an ARN; `resource` may hold colons and slashes."""

    partition: str
    service: str
    region: str
    account: str
    resource: str


def parsed(text: str) -> Arn | None:
    """The parts of an ARN, None where a text is none: `arn:partition:service:region:account:resource`."""
    head, *parts = text.split(":", 5)
    if head != "arn" or len(parts) != 5 or not (parts[0] and parts[1] and parts[4]):
        return None
    return Arn(*parts)
