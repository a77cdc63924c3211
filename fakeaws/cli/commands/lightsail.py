"""`lightsail push-container-image`: needs a plug-in of its own, as AWS CLI does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.errors import GeneralError

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams

OPTIONS = (
    Option("--service-name", required=True),
    Option("--image", required=True),
    Option("--label", required=True),
)


def push_container_image(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Push a container image to a container service."""
    parse_command(OPTIONS, argv)
    raise GeneralError(
        "The Lightsail Control (lightsailctl) plugin was not found. To download and install it, see "
        "https://lightsail.aws.amazon.com/ls/docs/en_us/articles/amazon-lightsail-install-software"
    )


SUBCOMMANDS = {"push-container-image": push_container_image}
