"""How the AWS CLI changes `controltower`."""

RENAMES = {
    "create-landing-zone": {"version": "landing-zone-version"},
    "update-landing-zone": {"version": "landing-zone-version"},
}
