"""How the AWS CLI changes `connecthealth`."""

REMOVED = ("start-medical-scribe-listening-session",)
