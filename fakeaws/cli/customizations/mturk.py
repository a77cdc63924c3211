"""What the AWS CLI makes of Amazon Mechanical Turk."""

RENAMES = {"list-qualification-types": {"query": "types-query"}}
