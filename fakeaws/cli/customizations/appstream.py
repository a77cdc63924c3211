"""What the AWS CLI makes of `appstream`."""

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
