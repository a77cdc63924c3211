"""What the AWS CLI makes of `mturk`."""

RENAMES = {"list-qualification-types": {"query": "types-query"}}
OLDER = {"list-hi-ts-for-qualification-type": "list-hits-for-qualification-type"}
