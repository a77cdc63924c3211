"""How the AWS CLI changes `sqs`."""

RAW = {
    "add-permission": ("queue-url",),
    "change-message-visibility": ("queue-url",),
    "change-message-visibility-batch": ("queue-url",),
    "delete-message": ("queue-url",),
    "delete-message-batch": ("queue-url",),
    "delete-queue": ("queue-url",),
    "get-queue-attributes": ("queue-url",),
    "list-dead-letter-source-queues": ("queue-url",),
    "receive-message": ("queue-url",),
    "remove-permission": ("queue-url",),
    "send-message": ("queue-url",),
    "send-message-batch": ("queue-url",),
    "set-queue-attributes": ("queue-url",),
    "purge-queue": ("queue-url",),
    "list-queue-tags": ("queue-url",),
    "tag-queue": ("queue-url",),
    "untag-queue": ("queue-url",),
}
