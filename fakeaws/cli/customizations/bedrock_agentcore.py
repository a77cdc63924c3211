"""What the AWS CLI makes of `bedrock-agentcore`."""

REMOVED = (
    "invoke-code-interpreter",
    "invoke-agent-runtime-command",
    "invoke-harness",
)
