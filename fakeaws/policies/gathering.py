"""The policies that bear on a caller and a resource, from where the cloud keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fakeaws.core.model import catalogue
from fakeaws.core.resources.caller import Caller
from fakeaws.core.store.interface import Store, Table
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools import tags
from fakeaws.policies import grants, managed, organization
from fakeaws.policies.documents import Policy, policy, without_grants
from fakeaws.policies.evaluation import Layers

Document = dict[str, Any]
Identity = tuple["Resource | None", list[Policy], "list[Policy] | None"]
IDENTITIES = ("iam.User", "iam.Group", "iam.Role", "iam.Policy")
REMEMBERED = 1000


def find(database: Store, account: str, kind: str, name: str) -> Resource | None:
    """An identity by its kind (`User`, `Group`, `Role`) and name."""
    return database.table(f"iam.{kind}").find((account, ""), name)


def text_of(database: Store, account: str, arn: str) -> str | None:
    """The document of a managed policy in its default version."""
    return texts_of(database, account, [arn]).get(arn)


def texts_of(database: Store, account: str, arns: Iterable[str]) -> dict[str, str]:
    """The documents of managed policies in their default versions; those that are no more are left out."""
    arns = list(arns)
    own = database.table("iam.Policy").several((account, ""), [arn for arn in arns if not managed.is_managed(arn)])
    found = {arn: managed.document(arn) if managed.is_managed(arn) else _text(own.get(arn)) for arn in arns}
    return {arn: text for arn, text in found.items() if text is not None}


def _text(held: Document | None) -> str | None:
    if held is None:
        return None
    return next(str(each["Document"]) for each in held["versions"] if each["IsDefaultVersion"])


def attached(database: Store, account: str, arns: Iterable[str]) -> list[Policy]:
    """Managed policies by ARN; those that are no more are left out."""
    return [policy(text, arn) for arn, text in texts_of(database, account, arns).items()]


def of_document(database: Store, account: str, entity: Document) -> list[Policy]:
    """The policies of one user, group or role, without those of its groups."""
    inline = [policy(text, name) for name, text in entity.get("inline", {}).items()]
    return [*inline, *attached(database, account, entity.get("attached", ()))]


def of_entity(database: Store, account: str, kind: str, name: str) -> list[Policy]:
    """The identity-based policies of a user (with those of its groups), group or role."""
    entity = find(database, account, kind, name)
    if entity is None:
        return []
    found = of_document(database, account, entity)
    for group in entity.get("groups", ()):
        found += of_entity(database, account, "Group", group)
    return found


def boundary(database: Store, account: str, entity: Document | None) -> list[Policy] | None:
    """The permissions boundary of a user or role, None where it has none."""
    arn = ((entity or {}).get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    return attached(database, account, [arn]) if arn else None


def entity_of(database: Store, caller: Caller) -> Resource | None:
    """The user or role that a caller is."""
    credential = caller.session
    if caller.kind == "IAMUser" or (caller.kind == "FederatedUser" and "user" in credential):
        name = credential.get("user") or caller.arn.rpartition("/")[2]
        return find(database, caller.account, "User", name)
    if caller.kind == "AssumedRole":
        name = credential.get("role") or caller.arn.split("/")[1]
        return find(database, caller.account, "Role", name)
    return None


def _of_caller(database: Store, caller: Caller) -> Identity:
    """Who calls, with the policies and the boundary; remembered until an identity or policy changes."""
    key, version = ("caller", caller.account, caller.arn), database.version_of(*IDENTITIES)
    held = database.memo.get(key)
    if held is not None and held[0] == version:
        known: Identity = held[1]
        return known
    entity, policies = entity_of(database, caller), []
    if entity is not None:
        policies = of_entity(database, caller.account, "User" if "UserName" in entity else "Role", entity.key)
    found = entity, policies, boundary(database, caller.account, entity)
    if len(database.memo) >= REMEMBERED:
        database.memo.clear()
    database.memo[key] = version, found
    return found


def layers(database: Store, caller: Caller, action: str, resource: str) -> Layers:
    """All policies that bear on one action of a caller on one resource."""
    is_root = caller.kind == "Root" and not caller.unsigned
    found = Layers(unlimited=is_root or caller.session.get("unlimited", False))
    entity, found.identity, found.boundary = _of_caller(database, caller)
    found.sessions = _sessions(database, caller)
    if caller.kind != "AWSService":
        linked = entity is not None and str(entity.get("Path", "")).startswith("/aws-service-role/")
        found.scps = None if linked else organization.levels(database, caller.account, "SERVICE_CONTROL_POLICY")
    held = next(_of_resource(database, caller, action, resource), None)
    if held is not None:
        found.resource, found.owner, found.exclusive = held
        found.rcps = organization.levels(database, found.owner, "RESOURCE_CONTROL_POLICY")
    else:
        found.owner = _owner(resource)
    if found.owner not in ("", caller.account):
        found.resource = [*(found.resource or []), *_shares(database, resource)]
    return found


def _shares(database: Store, resource: str) -> list[Policy]:
    """What the owner's shares of a resource allow to other accounts."""
    rule = catalogue.load("actions")["shares"]
    kept = database.table(rule["table"]).anywhere(resource)
    return [policy(tags.at(kept, rule["path"]), "resource share")] if kept is not None else []


def _sessions(database: Store, caller: Caller) -> list[Policy] | None:
    credential = caller.session
    texts, arns = credential.get("policies", []), credential.get("policy_arns", [])
    if not texts and not arns:
        return [] if caller.kind == "FederatedUser" else None
    return [*(policy(text, "session") for text in texts), *attached(database, caller.account, arns)]


def _owner(resource: str) -> str:
    parts = resource.split(":", 5)
    return parts[4] if len(parts) == 6 and parts[4].isdecimal() else ""


def _of_resource(
    database: Store, caller: Caller, action: str, resource: str
) -> Iterator[tuple[list[Policy], str, bool]]:
    """The policy of a resource, the account that owns it, and whether it alone decides who may come to it at all."""
    parts = resource.split(":", 5)
    rule = catalogue.load("actions")["resource_policies"].get(parts[2]) if len(parts) == 6 else None
    if rule is None or not action.startswith(rule.get("actions", "")):
        return
    name = resource if rule.get("key") == "arn" else parts[5].rpartition("/")[2].rpartition(":")[2]
    kept = _kept(database.table(rule["table"]), rule, (parts[4] or caller.account, parts[3]), name, parts[5], resource)
    if kept is None:
        return
    text = tags.at(kept, rule["path"])
    has_text = isinstance(text, str) and bool(text)
    given = [policy(text, resource)] if has_text else []
    if grants.is_closed(rule, kept, caller, given):
        given = [without_grants(each) for each in given]
    given += grants.of_resource(database, caller, rule, kept, parts[5])
    yield given, kept.scope[0], rule.get("exclusive", False) and has_text


def _kept(table: Table, rule: Document, scope: tuple[str, str], name: str, path: str, arn: str) -> Resource | None:
    """What holds the policy: the resource itself, or a resource of its own within it."""
    if "index" in rule:
        return next(table.having(scope, rule["index"], [arn]), None)
    if rule.get("within") == "world":
        return table.anywhere(path.partition("/")[0])
    if rule.get("within") == "account":
        return table.find((scope[0], ""), name)
    if rule.get("within") == "resource":
        return table.find(scope, "-", name)
    return table.find(scope, name)
