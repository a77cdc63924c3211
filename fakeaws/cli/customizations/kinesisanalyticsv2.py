"""What the AWS CLI makes of `kinesisanalyticsv2`."""

RENAMES = {"add-application-output": {"output": "application-output"}}
