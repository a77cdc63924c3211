"""What the AWS CLI makes of `qbusiness`."""

REMOVED = ("chat",)
