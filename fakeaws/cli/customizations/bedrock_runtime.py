"""How the AWS CLI changes `bedrock-runtime`."""

REMOVED = (
    "invoke-model-with-response-stream",
    "invoke-model-with-bidirectional-stream",
    "converse-stream",
)
