"""What the AWS CLI makes of `socialmessaging`."""

OLDER = {"delete-whatsapp-media-message": "delete-whatsapp-message-media"}
