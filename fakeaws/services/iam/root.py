"""The root user of an account: it is in no list, and was there before anything else."""

from __future__ import annotations

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.places import store_of


def created(call: Call) -> float:
    """When the account was first used, in epoch seconds; kept once somebody wants to know."""
    root = call.find("RootUser", call.account)
    if root is None:
        first = min((recorded.at for recorded in store_of(call).recorded(call.account)), default=call.now)
        root = call.keep("RootUser", {"Account": call.account, "CreateDate": first})
    return float(root["CreateDate"])
