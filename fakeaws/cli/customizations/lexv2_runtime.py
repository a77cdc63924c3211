"""What the AWS CLI makes of `lexv2-runtime`."""

REMOVED = ("start-conversation",)
