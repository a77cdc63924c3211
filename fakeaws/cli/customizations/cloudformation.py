"""How the AWS CLI changes `cloudformation`."""

RAW = {
    "create-stack": (
        "template-url",
        "stack-policy-url",
    ),
    "update-stack": (
        "template-url",
        "stack-policy-url",
        "stack-policy-during-update-url",
    ),
    "create-stack-set": ("template-url",),
    "update-stack-set": ("template-url",),
    "create-change-set": ("template-url",),
    "validate-template": ("template-url",),
    "estimate-template-cost": ("template-url",),
    "get-template-summary": ("template-url",),
    "set-stack-policy": ("stack-policy-url",),
    "register-type": ("schema-handler-package",),
}
