"""What the AWS CLI makes of `workdocs`."""

RENAMES = {
    "create-notification-subscription": {"endpoint": "notification-endpoint"},
    "describe-users": {"query": "user-query"},
}
RAW = {"create-notification-subscription": ("notification-endpoint",)}
