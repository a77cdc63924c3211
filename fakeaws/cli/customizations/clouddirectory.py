"""What the AWS CLI makes of `clouddirectory`."""

RENAMES = {"publish-schema": {"version": "schema-version"}}
