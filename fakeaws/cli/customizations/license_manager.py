"""How the AWS CLI changes `license-manager`."""

RENAMES = {
    "get-grant": {"version": "grant-version"},
    "delete-grant": {"version": "grant-version"},
    "get-license": {"version": "license-version"},
}
