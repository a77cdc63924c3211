"""How the AWS CLI changes Amazon Mechanical Turk."""

RENAMES = {"list-qualification-types": {"query": "types-query"}}
