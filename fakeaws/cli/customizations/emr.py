"""What the AWS CLI makes of `emr`."""

RENAMES = {"*": {"job-flow-ids": "cluster-ids", "job-flow-id": "cluster-id"}}
REMOVED = (
    "run-job-flow",
    "describe-job-flows",
    "add-job-flow-steps",
    "terminate-job-flows",
    "list-bootstrap-actions",
    "list-instance-groups",
    "set-termination-protection",
    "set-keep-job-flow-alive-when-no-steps",
    "set-visible-to-all-users",
    "set-unhealthy-node-replacement",
)
RAW = {"create-studio": ("idp-auth-url",)}
