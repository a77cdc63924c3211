"""How the AWS CLI changes `workdocs`."""

RENAMES = {
    "create-notification-subscription": {"endpoint": "notification-endpoint"},
    "describe-users": {"query": "user-query"},
}
RAW = {"create-notification-subscription": ("notification-endpoint",)}
