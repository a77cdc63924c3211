"""How the AWS CLI changes `sagemaker`."""

RENAMES = {
    "delete-image-version": {"version": "version-number"},
    "describe-image-version": {"version": "version-number"},
    "list-aliases": {"version": "version-number"},
    "update-image-version": {"version": "version-number"},
}
RAW = {
    "create-notebook-instance": (
        "default-code-repository",
        "additional-code-repositories",
    ),
    "update-notebook-instance": (
        "default-code-repository",
        "additional-code-repositories",
    ),
}
