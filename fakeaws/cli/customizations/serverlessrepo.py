"""How the AWS CLI changes `serverlessrepo`."""

RAW = {
    "create-application": (
        "home-page-url",
        "license-url",
        "readme-url",
        "source-code-url",
        "template-url",
    ),
    "create-application-version": (
        "source-code-url",
        "template-url",
    ),
    "update-application": (
        "home-page-url",
        "readme-url",
    ),
}
