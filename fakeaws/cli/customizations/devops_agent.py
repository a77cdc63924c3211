"""What the AWS CLI makes of `devops-agent`."""

REMOVED = ("send-message",)
