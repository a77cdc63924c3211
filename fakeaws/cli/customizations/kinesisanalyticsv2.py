"""How the AWS CLI changes `kinesisanalyticsv2`."""

RENAMES = {"add-application-output": {"output": "application-output"}}
