"""How the AWS CLI changes `iotsitewise`."""

REMOVED = ("invoke-assistant",)
