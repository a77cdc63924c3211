"""The errors of the command line, with their messages and exit codes (`output/failures` prints them).

Exit codes: 252 parameters and usage, 253 region, credentials and configuration, 254 an answer of the service,
255 the rest, 130 an interrupt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeaws.core.tools.errors import AwsError

if TYPE_CHECKING:
    from fakeaws.core.model.models import Operation, Shape

Document = dict[str, Any]

USAGE_ERROR = 252
CONFIGURATION_ERROR = 253
SERVICE_ERROR = 254
GENERAL_ERROR = 255
INTERRUPTED = 130

RETRIES = 2
"""How often the client repeats a failing call in the standard retry mode."""

_THROTTLED = """Throttling ThrottlingException ThrottledException RequestThrottledException TooManyRequestsException
    ProvisionedThroughputExceededException TransactionInProgressException RequestLimitExceeded BandwidthLimitExceeded
    LimitExceededException RequestThrottled SlowDown PriorRequestNotComplete EC2ThrottledException RequestTimeout
    RequestTimeoutException"""
_TRANSIENT = frozenset((500, 502, 503, 504))


class CliError(Exception):
    """A failure with a message of the command line's own.

    `code` is in the frame (`An error occurred (ParamValidation): …`) and in the structured formats; None for the
    bare message. `preface` is printed first (the usage, for unknown options); `structured` is False for what is found
    before `--cli-error-format` is looked at.
    """

    def __init__(
        self,
        message: str,
        code: str | None = "ParamValidation",
        exit_code: int = USAGE_ERROR,
        *,
        preface: str = "",
        structured: bool = True,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.exit_code = exit_code
        self.preface = preface
        self.structured = structured

    def sentence(self, style: str) -> str:
        """The message in the frame; `style` is `legacy` or `enhanced`."""
        if self.code is None or (style == "legacy" and self.structured):
            return self.message
        return f"An error occurred ({self.code}): {self.message}"

    def document(self) -> Document:
        """What the structured formats show."""
        return {"Code": self.code, "Message": self.message}


class GeneralError(CliError):
    """What AWS CLI shows as a bare message with exit code 255: waiters, JMESPath at run time, conversions."""

    def __init__(self, message: str, exit_code: int = GENERAL_ERROR) -> None:
        super().__init__(message, None, exit_code)


class ServiceError(CliError):
    """The refusal of a service (`AwsError`), with the operation that was called."""

    def __init__(self, error: AwsError, operation: Operation, message: str | None = None) -> None:
        super().__init__(message or _default_message(error.message, operation), error.code, SERVICE_ERROR)
        self.operation = operation
        self.status = error.status
        self.fields = error.fields
        self.shape = _shape_of(error.code, operation)

    def sentence(self, style: str) -> str:
        """The message in the frame, followed in the enhanced style by the members that the error has beside it."""
        retried = f" (reached max retries: {RETRIES})" if _was_retried(self) else ""
        called = f"An error occurred ({self.code}) when calling the {self.operation.name} operation{retried}: "
        details = _details(self.members()) if style == "enhanced" else ""
        return called + self.message.strip() + details

    def members(self) -> Document:
        """The members of the error's shape that the answer has, in the order of the shape."""
        if self.shape is None:
            return {}
        given = self.fields
        if _in_json(self.operation) and "message" in self.shape.member_names:
            given = {"message": self.message, **given}
        return {name: given[name] for name in self.shape.member_names if name in given and _in_body(self.shape, name)}

    def document(self) -> Document:
        """Code and message (JSON protocols answer with the message first), then the members of the shape."""
        order = ("Message", "Code") if _in_json(self.operation) else ("Code", "Message")
        head = {"Code": self.code, "Message": self.message}
        return {**{name: head[name] for name in order}, **self.members()}


def _shape_of(code: str, operation: Operation) -> Shape | None:
    """The error shape for `code`: one of the operation's that has it in its `error` trait, or the one of that name."""
    for shape in operation.errors:
        if shape.name == code or (shape.get("error") or {}).get("code") == code:
            return shape
    try:
        named = operation.service.shape(code)
    except KeyError:
        return None
    return named if named.get("exception") else None


def _default_message(message: str | None, operation: Operation) -> str:
    """An answer without a message: an empty element of XML counts as None, and no element as unknown."""
    if message is None:
        return "Unknown"
    return message or ("" if _in_json(operation) else "None")


def _in_body(shape: Shape, member: str) -> bool:
    """Only members of the body of an error are shown, without its code."""
    return member.lower() != "code" and shape.at(member).get("location") is None


def _was_retried(error: ServiceError) -> bool:
    if error.shape is not None and "retryable" in error.shape.traits:
        return True
    return error.code in _THROTTLED.split() or error.status in _TRANSIENT


def _in_json(operation: Operation) -> bool:
    return operation.service.protocol in ("json", "rest-json", "smithy-rpc-v2-cbor")


def _details(members: Document) -> str:
    """The `Additional error details`: short lists and maps of scalars are written out, anything else is only named."""
    shown = {name: value for name, value in members.items() if name.lower() != "message"}
    if not shown:
        return ""
    lines = [f"{name}: {_inline(value)}" for name, value in shown.items()]
    if any(_inline(value) == _COMPLEX for value in shown.values()):
        lines.append('Use "--cli-error-format json" or another error format to see the full details.')
    return "\n\nAdditional error details:\n" + "\n".join(lines)


_COMPLEX = "<complex value>"


def _inline(value: Any) -> str:
    parts = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(parts, list):
        return str(value)
    if len(parts) >= 5 or any(isinstance(part, dict | list) for part in parts):
        return _COMPLEX
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {part}" for key, part in value.items()) + "}"
    return f"[{', '.join(map(str, parts))}]"
