"""`cli-dev`: commands for those who work on the command line itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeaws.cli.arguments.parser import Option, parse_command
from fakeaws.cli.errors import GeneralError
from fakeaws.cli.tree.dispatch import dispatch

if TYPE_CHECKING:
    from fakeaws.cli.invocation import Globals, Perform, Streams


def run(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Internal commands for developing and debugging."""
    return dispatch("cli-dev", SUBCOMMANDS, argv, options, streams, perform)


def wizard_dev(argv: list[str], options: Globals, streams: Streams, perform: Perform) -> int:
    """Runs a wizard from a file, which only the AWS CLI itself can."""
    given = parse_command((Option("--run-wizard", required=True),), argv)
    raise GeneralError(f"{given['run_wizard']} cannot be run: there are no wizards here.")


SUBCOMMANDS = {"wizard-dev": wizard_dev}
