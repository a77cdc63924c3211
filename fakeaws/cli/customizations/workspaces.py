"""What the AWS CLI makes of Amazon WorkSpaces."""

BARE = {
    "reboot-workspaces": ("reboot-workspace-requests",),
    "rebuild-workspaces": ("rebuild-workspace-requests",),
    "terminate-workspaces": ("terminate-workspace-requests",),
}
