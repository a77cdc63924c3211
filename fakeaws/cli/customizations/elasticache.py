"""What the AWS CLI makes of `elasticache`."""

ALIASES = {"create-replication-group": {"preferred-cache-cluster-azs": "preferred-cache-cluster-a-zs"}}
