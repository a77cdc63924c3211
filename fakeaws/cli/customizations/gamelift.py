"""How the AWS CLI changes `gamelift`."""

RENAMES = {
    "create-build": {"version": "build-version"},
    "update-build": {"version": "build-version"},
    "create-script": {"version": "script-version"},
    "update-script": {"version": "script-version"},
}
