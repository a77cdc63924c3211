"""How the AWS CLI changes `sagemaker-runtime`."""

REMOVED = ("invoke-endpoint-with-response-stream",)
