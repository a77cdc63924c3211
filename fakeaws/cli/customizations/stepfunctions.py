"""How the AWS CLI changes `stepfunctions`."""

RENAMES = {"send-task-success": {"output": "task-output"}}
