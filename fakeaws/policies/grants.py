"""What grants access to a resource besides its policy, as policies that say the same: access control lists (Amazon S3)
and grants (AWS KMS). What they are and where they are kept is in `shapes/catalogue/actions.json`.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#permissions
https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from fakeaws.core.resources.caller import Caller, canonical_user
from fakeaws.core.store.interface import Store
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import tags
from fakeaws.policies.documents import Policy, policy

Document = dict[str, Any]
EVERYBODY = "http://acs.amazonaws.com/groups/global/AllUsers"
SIGNED_IN = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"


def of_resource(database: Store, caller: Caller, rule: Document, kept: Resource, path: str) -> list[Policy]:
    """The policies that a resource's lists and grants amount to; `path` is the end of its ARN."""
    found: list[Policy] = []
    if "lists" in rule:
        found += _of_lists(database, caller, rule["lists"], kept, path)
    if "grants" in rule:
        found += _of_grants(database, rule["grants"], kept)
    return found


def is_closed(rule: Document, kept: Resource, caller: Caller, given: Iterable[Policy]) -> bool:
    """Whether a policy that lets in everybody does not count for this caller: of all but the owner's account, where the
    resource restricts public policies."""
    if caller.account == kept.scope[0] and not caller.unsigned:
        return False
    restricted = "restricted" in rule and tags.at(kept, rule["restricted"])
    return bool(restricted) and any(
        "*" in names for p in given for s in p.granting if not s.conditions for names in (s.principals or {}).values()
    )


def _of_lists(database: Store, caller: Caller, rule: Document, kept: Resource, path: str) -> Iterator[Policy]:
    if all(tags.at(kept, name) == value for name, value in rule["off"].items()):
        return
    name, rights, held = path.partition("/")[2], rule["rights"], kept
    if name:
        rights = rule["inside"]["rights"]
        held = database.table(rule["inside"]["table"]).find(kept.scope, name, kept.key) or Resource(
            {}, kept.scope, kept.key, name
        )
    is_public = not tags.at(kept, rule["private"])
    statements = list(_listed(tags.at(held, rule["path"]) or (), rights, caller, is_public))
    if name and kept is not held:
        writes = rule["rights"].get("WRITE", ())
        statements += _listed(tags.at(kept, rule["path"]) or (), {"WRITE": writes}, caller, is_public)
    if statements:
        yield policy(json.dumps({"Statement": statements}), "access control list")


def _listed(entries: Iterable[Document], rights: Document, caller: Caller, is_public: bool) -> Iterator[Document]:
    """Statements for the entries of a list that are for the caller."""
    for entry in entries:
        grantee, wanted = entry["Grantee"], entry["Permission"]
        everybody = grantee.get("URI") == EVERYBODY or (grantee.get("URI") == SIGNED_IN and not caller.unsigned)
        if everybody and is_public:
            principal = "*"
        elif grantee.get("ID") and grantee["ID"] == canonical_user(caller.account) and not caller.unsigned:
            principal = caller.account
        else:
            continue
        actions = [a for right, some in rights.items() if wanted in (right, "FULL_CONTROL") for a in some]
        if actions:
            yield {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions, "Resource": "*"}


def _of_grants(database: Store, rule: Document, kept: Resource) -> Iterator[Policy]:
    for grant in database.table(rule["table"]).list(kept.scope, kept.path):
        conditions: Document = {}
        for how in ("equals", "subset"):
            wanted = tags.at(grant, rule[how]) or {}
            same = {f"{rule['context']}:{key}": value for key, value in wanted.items()}
            conditions |= {"StringEquals": same} if same else {}
            if same and how == "equals":
                conditions["ForAllValues:StringEquals"] = {f"{rule['context']}Keys": list(wanted)}
        actions = [f"{rule['prefix']}:{name}" for name in tags.at(grant, rule["operations"])]
        principal = {"AWS": tags.at(grant, rule["principal"])}
        statement = {"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*"}
        yield policy(json.dumps({"Statement": [{**statement, "Condition": conditions}]}), f"grant {grant.key}")
