"""What the AWS CLI makes of Amazon Data Firehose."""

BARE = {"put-record-batch": ("records",)}
