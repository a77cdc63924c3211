"""How the AWS CLI changes `bedrock-agent-runtime`."""

REMOVED = (
    "agentic-retrieve-stream",
    "invoke-agent",
    "invoke-flow",
    "invoke-inline-agent",
    "optimize-prompt",
    "retrieve-and-generate-stream",
)
