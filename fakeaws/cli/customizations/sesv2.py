"""What the AWS CLI makes of `sesv2`."""

RAW = {"put-account-details": ("website-url",)}
