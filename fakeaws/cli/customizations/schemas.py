"""What the AWS CLI makes of `schemas`."""

RENAMES = {"*": {"version": "schema-version"}}
