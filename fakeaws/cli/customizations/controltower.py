"""What the AWS CLI makes of `controltower`."""

RENAMES = {
    "create-landing-zone": {"version": "landing-zone-version"},
    "update-landing-zone": {"version": "landing-zone-version"},
}
