"""How the AWS CLI changes Amazon WorkSpaces."""

BARE = {
    "reboot-workspaces": ("reboot-workspace-requests",),
    "rebuild-workspaces": ("rebuild-workspace-requests",),
    "terminate-workspaces": ("terminate-workspace-requests",),
}
