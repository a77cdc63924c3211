"""What the AWS CLI makes of `apigateway`."""

RENAMES = {"create-rest-api": {"version": "api-version"}}
RAW = {
    "put-integration": ("uri",),
    "create-integration": ("integration-uri",),
    "update-integration": ("integration-uri",),
    "create-api": ("target",),
    "update-api": ("target",),
}
