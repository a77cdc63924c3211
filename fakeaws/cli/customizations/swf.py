"""How the AWS CLI changes `swf`."""

RENAMES = {
    "register-activity-type": {"version": "activity-version"},
    "register-workflow-type": {"version": "workflow-version"},
}
