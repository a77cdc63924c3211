"""How the AWS CLI changes `appstream`."""

RAW = {
    "create-stack": (
        "redirect-url",
        "feedback-url",
    ),
    "update-stack": (
        "redirect-url",
        "feedback-url",
    ),
}
