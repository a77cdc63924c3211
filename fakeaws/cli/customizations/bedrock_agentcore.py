"""How the AWS CLI changes `bedrock-agentcore`."""

REMOVED = (
    "invoke-code-interpreter",
    "invoke-agent-runtime-command",
    "invoke-harness",
)
