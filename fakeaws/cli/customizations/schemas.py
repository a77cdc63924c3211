"""How the AWS CLI changes `schemas`."""

RENAMES = {"*": {"version": "schema-version"}}
