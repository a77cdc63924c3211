"""How the AWS CLI changes `route53domains`."""

RENAMES = {"view-billing": {"start": "start-time", "end": "end-time"}}
ALIASES = {"view-billing": {"start-time": "start"}}
