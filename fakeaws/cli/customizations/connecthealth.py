"""What the AWS CLI makes of `connecthealth`."""

REMOVED = ("start-medical-scribe-listening-session",)
