"""How the AWS CLI changes `logs`."""

REMOVED = ("get-log-object",)
