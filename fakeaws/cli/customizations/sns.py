"""How the AWS CLI changes `sns`."""

RENAMES = {"subscribe": {"endpoint": "notification-endpoint"}}
RAW = {"subscribe": ("notification-endpoint",)}
