"""What the AWS CLI makes of `stepfunctions`."""

RENAMES = {"send-task-success": {"output": "task-output"}}
