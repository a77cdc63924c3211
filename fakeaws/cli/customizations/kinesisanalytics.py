"""What the AWS CLI makes of `kinesisanalytics`."""

RENAMES = {"add-application-output": {"output": "application-output"}}
