"""How the AWS CLI changes `qbusiness`."""

REMOVED = ("chat",)
