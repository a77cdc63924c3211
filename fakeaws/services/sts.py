"""AWS STS: who calls."""

from __future__ import annotations

from typing import Any

from fakeaws.core.call import Call

Document = dict[str, Any]


def get_caller_identity(call: Call) -> Document:
    """Allowed to everyone, always."""
    return {"UserId": call.caller.user_id, "Account": call.account, "Arn": call.caller.arn}
