"""How the AWS CLI changes `sesv2`."""

RAW = {"put-account-details": ("website-url",)}
