"""How the AWS CLI changes `devops-agent`."""

REMOVED = ("send-message",)
