"""What a service answers when it refuses."""

from typing import Any


class AwsError(Exception):
    """A refusal in AWS's own words.

    `code` is an error code that the service's model has (or that the whole protocol family shares), `message` its
    text. `status` is the HTTP status where the model does not say it; `fields` are further members of the error's
    shape (`{"BucketName": "b"}`).
    """

    def __init__(self, code: str, message: str, status: int | None = None, **fields: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.fields = fields


class CloudError(Exception):
    """Something is wrong with the cloud itself or with how it was asked for: not an answer that AWS would give."""


class NotYet(Exception):
    """What a call waits for happens at `due` (epoch seconds): it is to be tried again then."""

    def __init__(self, due: float) -> None:
        super().__init__(due)
        self.due = due


class Malformed(ValueError):
    """What was sent cannot be read as the model says; the text says why, for the protocol's own error."""
