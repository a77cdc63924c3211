"""How the AWS CLI changes classic Elastic Load Balancing."""

BARE = {
    "remove-tags": ("tags",),
    "describe-instance-health": ("instances",),
    "deregister-instances-from-load-balancer": ("instances",),
    "register-instances-with-load-balancer": ("instances",),
}
