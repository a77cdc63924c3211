"""How the AWS CLI changes Amazon Data Firehose."""

BARE = {"put-record-batch": ("records",)}
