"""What the AWS CLI makes of `iotsitewise`."""

REMOVED = ("invoke-assistant",)
