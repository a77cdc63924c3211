"""How the AWS CLI changes `elasticache`."""

ALIASES = {"create-replication-group": {"preferred-cache-cluster-azs": "preferred-cache-cluster-a-zs"}}
