"""What the AWS CLI makes of `signin`."""

OLDER = {"create-o-auth2-token": "create-oauth2-token"}
