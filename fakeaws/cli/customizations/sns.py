"""What the AWS CLI makes of `sns`."""

RENAMES = {"subscribe": {"endpoint": "notification-endpoint"}}
RAW = {"subscribe": ("notification-endpoint",)}
