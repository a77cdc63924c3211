"""How the AWS CLI changes `codepipeline`."""

RENAMES = {
    "get-pipeline": {"version": "pipeline-version"},
    "create-custom-action-type": {"version": "action-version"},
    "delete-custom-action-type": {"version": "action-version"},
    "get-action-type": {"version": "action-version"},
}
