"""How the AWS CLI changes `kinesisanalytics`."""

RENAMES = {"add-application-output": {"output": "application-output"}}
