"""What the AWS CLI makes of `sagemaker-runtime`."""

REMOVED = ("invoke-endpoint-with-response-stream",)
