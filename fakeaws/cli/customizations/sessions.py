"""Sessions on machines and containers, which the AWS CLI leaves to a plug-in of its own."""

from __future__ import annotations

from fakeaws.cli.arguments.parser import Values
from fakeaws.cli.errors import GeneralError
from fakeaws.cli.invocation import Globals

PLUGIN = "session-manager-plugin"


def need_session_plugin(given: Values, options: Globals) -> None:
    """GeneralError where the plug-in is not installed; without it no call is made."""
    import shutil

    if given.get("generate_cli_skeleton") is None and shutil.which(PLUGIN) is None:
        raise GeneralError(
            "SessionManagerPlugin is not found. Please refer to SessionManager Documentation here: "
            "http://docs.aws.amazon.com/console/systems-manager/session-manager-plugin-not-found"
        )
