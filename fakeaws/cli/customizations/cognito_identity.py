"""What the AWS CLI makes of `cognito-identity`."""

ALIASES = {"create-identity-pool": {"open-id-connect-provider-arns": "open-id-connect-provider-ar-ns"}}
