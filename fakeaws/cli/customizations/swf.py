"""What the AWS CLI makes of `swf`."""

RENAMES = {
    "register-activity-type": {"version": "activity-version"},
    "register-workflow-type": {"version": "workflow-version"},
}
