"""What the AWS CLI makes of `bedrock-runtime`."""

REMOVED = (
    "invoke-model-with-response-stream",
    "invoke-model-with-bidirectional-stream",
    "converse-stream",
)
