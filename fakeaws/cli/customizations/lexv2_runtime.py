"""How the AWS CLI changes `lexv2-runtime`."""

REMOVED = ("start-conversation",)
