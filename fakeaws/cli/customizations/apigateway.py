"""How the AWS CLI changes `apigateway`."""

RENAMES = {"create-rest-api": {"version": "api-version"}}
RAW = {"put-integration": ("uri",)}
