"""What an account's organization allows: its policies from the root down to the account."""

from __future__ import annotations

from fakeaws.core.store.interface import Store
from fakeaws.core.store.tables import Resource
from fakeaws.policies.documents import Policy, policy

NOTE = "organizations member {account}"
"""The note that says which organization an account is of: `{"management": …, "parents": …}`."""


def levels(database: Store, account: str, kind: str) -> list[list[Policy]] | None:
    """The policies of a kind at each level above an account; None where none apply: the account is in no organization,
    manages it, or the kind is not in use."""
    note = database.note(NOTE.format(account=account)) if account else None
    if note is None or account == note["management"]:
        return None
    scope = (note["management"], "")
    root = next(database.table("organizations.Root").list(scope), None)
    if root is None or not any(each["Type"] == kind and each["Status"] == "ENABLED" for each in root["PolicyTypes"]):
        return None
    return [_of_target(database, scope, target, kind) for target in _targets(database, scope, account)]


def units(database: Store, account: str, management: str) -> list[str]:
    """The ids of the root and the units that an account is in, from the top down."""
    return _targets(database, (management, ""), account)[:-1]


def _targets(database: Store, scope: tuple[str, str], account: str) -> list[str]:
    """The ids of the root, the units and the account, from the top down."""
    found = [account]
    kept: Resource | None = database.table("organizations.Account").find(scope, account)
    while kept is not None and kept.get("parent"):
        found.insert(0, kept["parent"])
        kept = database.table("organizations.OrganizationalUnit").find(scope, kept["parent"])
    return found


def _of_target(database: Store, scope: tuple[str, str], target: str, kind: str) -> list[Policy]:
    held = database.table("organizations.Policy", ["targets"]).having(scope, "targets", [target])
    return [policy(row["content"], row["Arn"]) for row in held if row["Type"] == kind]
