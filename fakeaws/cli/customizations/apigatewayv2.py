"""How the AWS CLI changes `apigatewayv2`."""

RENAMES = {"create-api": {"version": "api-version"}, "update-api": {"version": "api-version"}}
RAW = {
    "create-integration": ("integration-uri",),
    "update-integration": ("integration-uri",),
    "create-api": ("target",),
    "update-api": ("target",),
}
