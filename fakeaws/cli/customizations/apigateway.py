"""What the AWS CLI makes of `apigateway`."""

RENAMES = {"create-rest-api": {"version": "api-version"}}
RAW = {"put-integration": ("uri",)}
