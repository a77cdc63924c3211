"""Credentials for a while: what stands behind them is stored, the secret and the token are shown once."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from fakeaws.core.pipeline.callers import CREDENTIALS
from fakeaws.core.resources import kinds
from fakeaws.core.resources.places import drawn, store_of, table
from fakeaws.core.store.key import seal

if TYPE_CHECKING:
    from fakeaws.core.pipeline.call import Call

Document = dict[str, Any]


def issue(call: Call, seconds: float, account: str, **who: Any) -> Document:
    """Credentials as STS answers them, for `who`: what `core/pipeline/callers.py` reads, so `kind`, `arn` and
    `user_id`."""
    key, secret = call.make("ASIA{upper16}"), base64.b64encode(drawn(call, 30)).decode()
    token = base64.b64encode(drawn(call, 180)).decode()
    session = {
        **who,
        "access_key": key,
        "secret": seal(store_of(call), secret),
        "token": hashlib.sha256(token.encode()).hexdigest(),
        "active": True,
        "issued": call.now,
        "expires": call.now + seconds,
    }
    table(call, kinds.kind(*CREDENTIALS.split("."))).keep((account, ""), "", key, session)
    return {
        "AccessKeyId": key,
        "SecretAccessKey": secret,
        "SessionToken": token,
        "Expiration": int(call.now + seconds),
    }
