"""How the AWS CLI changes `ecs`."""

from fakeaws.cli.customizations.sessions import need_session_plugin

RENAMES = {
    "*": {"no-enable-execute-command": "disable-execute-command"},
    "execute-command": {"no-interactive": "non-interactive"},
}
CHECKS = {"execute-command": need_session_plugin}
