"""What the AWS CLI makes of `lightsail`."""

ALIASES = {"import-key-pair": {"public-key-base64": "public-key-base-64"}}
