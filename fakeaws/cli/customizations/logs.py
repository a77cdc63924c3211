"""What the AWS CLI makes of `logs`."""

REMOVED = ("get-log-object",)
