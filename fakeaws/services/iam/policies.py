"""Managed policies and their versions: the account's own, and AWS's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import arn_for
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.policies import managed
from fakeaws.services.iam.entities import checked, new_tags, quoted, size, without

Document = dict[str, Any]
LARGEST = 6144
MOST_VERSIONS = 5
HOLDERS = ("User", "Group", "Role")


def create_policy(call: Call) -> Document:
    name, path, text = call["PolicyName"], call.get("Path", "/"), call["PolicyDocument"]
    _check(call, text)
    if next(call.list("Policy", lower=name.lower()), None) is not None:
        raise AwsError(
            "EntityAlreadyExists", f"A policy called {name} already exists. Duplicate names are not allowed."
        )
    policy: Document = {
        "PolicyName": name,
        "PolicyId": call.make("ANPA{upper17}"),
        "Arn": arn_for(call, "Policy", Path=path, PolicyName=name),
        "Path": path,
        "DefaultVersionId": "v1",
        "IsAttachable": True,
        "CreateDate": call.now,
        "UpdateDate": call.now,
        "lower": name.lower(),
        "versions": [{"Document": text, "VersionId": "v1", "IsDefaultVersion": True, "CreateDate": call.now}],
    }
    for member in ("Description", "Tags"):
        if call.get(member):
            policy[member] = new_tags(call) if member == "Tags" else call[member]
    call.keep("Policy", policy)
    return {"Policy": without(counted(call, policy), "Description")}


def _check(call: Call, text: str) -> None:
    checked(text, version=True)
    if size(text) > LARGEST:
        raise AwsError("LimitExceeded", f"Cannot exceed quota for PolicySize: {LARGEST}")


def found(call: Call, arn: str) -> Document | None:
    """A policy by its ARN: the account's own, or one of AWS's."""
    if managed.is_managed(arn):
        return managed.policy(arn)
    return call.find("Policy", arn)


def read(call: Call, arn: str) -> Document:
    """As `found`; AwsError where there is none."""
    if not re.match(r"arn:[\w-]+:iam::(\d{12}|aws):policy/.", arn):
        raise AwsError("InvalidInput", f"ARN {arn} is not valid.")
    policy = found(call, arn)
    if policy is None:
        raise AwsError("NoSuchEntity", f"Policy {arn} was not found.")
    return policy


def own(call: Call) -> Resource:
    """The policy of the account that the call names; those of AWS are not to be changed."""
    arn = call["PolicyArn"]
    if managed.is_managed(arn):
        read(call, arn)
        raise AwsError(
            "AccessDenied",
            f"User: {call.caller.arn} is not authorized to perform: iam:{call.operation.name} on resource: policy"
            f" {managed.name_of(arn)}",
            status=403,
        )
    policy = call.find("Policy", arn)
    if policy is None:
        raise AwsError("NoSuchEntity", f"Policy {arn} was not found.")
    return policy


def counted(call: Call, policy: Document) -> Document:
    """A policy with how many it is attached to."""
    arn = policy["Arn"]
    attached = sum(1 for kind in HOLDERS for _ in call.list(kind, attached=arn))
    boundary = sum(
        1 for kind in ("User", "Role") for _ in call.list(kind, PermissionsBoundary__PermissionsBoundaryArn=arn)
    )
    return {**policy, "AttachmentCount": attached, "PermissionsBoundaryUsageCount": boundary}


def get_policy(call: Call) -> Document:
    policy = read(call, call["PolicyArn"])
    return {"Policy": {"Tags": [], **counted(call, policy)}}


def list_policies(call: Call) -> Document:
    """The account's own come first, then AWS's."""
    return {"Policies": [without(policy, "Tags", "Description") for policy in _wanted(call)]}


def _wanted(call: Call) -> Iterator[Document]:
    scope, prefix, usage = call.get("Scope", "All"), call.get("PathPrefix", "/"), call.get("PolicyUsageFilter")
    rows: list[Document] = list(call.list("Policy")) if scope in ("All", "Local") else []
    if scope in ("All", "AWS"):
        rows += managed.all_policies()
    only, used = call.get("OnlyAttached", False), ("AttachmentCount", "PermissionsBoundaryUsageCount")
    for row in rows:
        if not row["Path"].startswith(prefix):
            continue
        policy = counted(call, row)
        is_used = policy[used[usage == "PermissionsBoundary"]] if usage else sum(policy[name] for name in used)
        if is_used or not (only or usage):
            yield policy


def delete_policy(call: Call) -> Document:
    policy = own(call)
    uses = counted(call, policy)
    if uses["AttachmentCount"] or uses["PermissionsBoundaryUsageCount"]:
        raise AwsError("DeleteConflict", "Cannot delete a policy attached to entities.")
    if len(policy["versions"]) > 1:
        raise AwsError(
            "DeleteConflict",
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions."
            " The default version is deleted with the policy.",
        )
    call.drop("Policy", policy)
    return {}


# Versions


def create_policy_version(call: Call) -> Document:
    policy = own(call)
    _check(call, call["PolicyDocument"])
    if len(policy["versions"]) >= MOST_VERSIONS:
        raise AwsError(
            "LimitExceeded",
            f"A managed policy can have up to {MOST_VERSIONS} versions. Before you create a new version, you must"
            " delete an existing version.",
        )
    number = policy.get("last", 1) + 1
    policy["last"] = number
    version = {"Document": call["PolicyDocument"], "VersionId": f"v{number}", "IsDefaultVersion": False}
    version["CreateDate"] = call.now
    policy["versions"].insert(0, version)
    if call.get("SetAsDefault"):
        _make_default(policy, version["VersionId"])
    policy["UpdateDate"] = call.now
    call.keep("Policy", policy)
    return {"PolicyVersion": without(version, "Document")}


def _make_default(policy: Document, version: str) -> None:
    policy["DefaultVersionId"] = version
    for each in policy["versions"]:
        each["IsDefaultVersion"] = each["VersionId"] == version


def _version(policy: Document, version: str) -> Document:
    for each in policy["versions"]:
        if each["VersionId"] == version:
            return dict(each)
    raise AwsError("NoSuchEntity", f"Policy {policy['Arn']} version {version} does not exist or is not attachable.")


def get_policy_version(call: Call) -> Document:
    version = _version(read(call, call["PolicyArn"]), call["VersionId"])
    return {"PolicyVersion": {**version, "Document": quoted(version["Document"])}}


def list_policy_versions(call: Call) -> Document:
    policy = read(call, call["PolicyArn"])
    return {"Versions": [without(version, "Document") for version in policy["versions"]]}


def set_default_policy_version(call: Call) -> Document:
    policy = own(call)
    _version(policy, call["VersionId"])
    _make_default(policy, call["VersionId"])
    policy["UpdateDate"] = call.now
    call.keep("Policy", policy)
    return {}


def delete_policy_version(call: Call) -> Document:
    policy = own(call)
    if _version(policy, call["VersionId"])["IsDefaultVersion"]:
        raise AwsError("DeleteConflict", "Cannot delete the default version of a policy.")
    policy["versions"] = [each for each in policy["versions"] if each["VersionId"] != call["VersionId"]]
    policy["UpdateDate"] = call.now
    call.keep("Policy", policy)
    return {}
