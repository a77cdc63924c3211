"""How the AWS CLI changes `route53`."""

RENAMES = {
    "delete-traffic-policy": {"version": "traffic-policy-version"},
    "get-traffic-policy": {"version": "traffic-policy-version"},
    "update-traffic-policy-comment": {"version": "traffic-policy-version"},
}
