"""What the AWS CLI makes of `ecs`."""

RENAMES = {
    "*": {"no-enable-execute-command": "disable-execute-command"},
    "execute-command": {"no-interactive": "non-interactive"},
}
