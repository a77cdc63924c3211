"""How the AWS CLI changes `clouddirectory`."""

RENAMES = {"publish-schema": {"version": "schema-version"}}
