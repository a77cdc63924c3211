"""Policies of organizations: written, attached, and what they come to for an account; tags."""

from __future__ import annotations

import json
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.policies.documents import Malformed, check
from fakeaws.services.organizations.organization import arn, inside, managing

Document = dict[str, Any]
SUMMARY = ("Id", "Arn", "Name", "Description", "Type", "AwsManaged")
MOST_ATTACHED = 5
CONTROL = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")


def create_policy(call: Call) -> Document:
    organization = managing(call)
    _check(call["Content"], call["Type"])
    if any(row["Type"] == call["Type"] for row in organization.list("Policy", Name=call["Name"])):
        raise AwsError("DuplicatePolicyException", "A policy with the same name already exists.")
    number = call.make("p-{alnum8}")
    policy: Document = {
        "Id": number,
        "Arn": arn(organization, "policy", call["Type"].lower(), number),
        "Name": call["Name"],
        "Description": call["Description"],
        "Type": call["Type"],
        "AwsManaged": False,
        "content": call["Content"],
        "targets": [],
        "Tags": call.get("Tags", []),
    }
    organization.keep("Policy", policy)
    return {"Policy": _whole(policy)}


def _check(content: str, kind: str) -> None:
    try:
        if kind in CONTROL:
            check(content, "organization" if kind == CONTROL[0] else "resource")
        elif not isinstance(json.loads(content), dict):
            raise ValueError
    except (Malformed, ValueError) as fault:
        text = "The provided policy document does not meet the requirements of the specified policy type."
        raise AwsError("MalformedPolicyDocumentException", text) from fault


def _summary(policy: Document) -> Document:
    return {name: policy[name] for name in SUMMARY}


def _whole(policy: Document) -> Document:
    return {"PolicySummary": _summary(policy), "Content": policy["content"]}


def describe_policy(call: Call) -> Document:
    return {"Policy": _whole(managing(call).read("Policy", call["PolicyId"]))}


def update_policy(call: Call) -> Document:
    organization = managing(call)
    policy = _own(organization, call["PolicyId"])
    if "Content" in call:
        _check(call["Content"], policy["Type"])
        policy["content"] = call["Content"]
    policy.update({name: call[name] for name in ("Name", "Description") if name in call})
    organization.keep("Policy", policy)
    return {"Policy": _whole(policy)}


def _own(call: Call, key: str) -> Resource:
    policy = call.read("Policy", key)
    if policy["AwsManaged"]:
        raise AwsError("PolicyChangesInProgressException", "AWS managed policies can't be changed.")
    return policy


def delete_policy(call: Call) -> Document:
    organization = managing(call)
    policy = _own(organization, call["PolicyId"])
    if policy["targets"]:
        text = "The policy is attached to one or more entities. You must detach it from all roots, OUs, and accounts"
        raise AwsError("PolicyInUseException", f"{text} before performing this operation.")
    organization.drop("Policy", policy)
    return {}


def list_policies(call: Call) -> Document:
    rows = managing(call).list("Policy")
    return {"Policies": [_summary(row) for row in rows if row["Type"] == call["Filter"]]}


# Attachments


def _target(call: Call, key: str) -> Resource:
    kind = "Root" if key.startswith("r-") else "OrganizationalUnit" if key.startswith("ou-") else "Account"
    found = call.find(kind, key)
    if found is None:
        raise AwsError("TargetNotFoundException", "You specified a target that doesn't exist.")
    return found


def attach_policy(call: Call) -> Document:
    organization = managing(call)
    policy, target = organization.read("Policy", call["PolicyId"]), _target(organization, call["TargetId"])
    root = next(iter(organization.list("Root")))
    if not any(each["Type"] == policy["Type"] for each in root["PolicyTypes"]):
        text = "The specified policy type isn't currently enabled in this root."
        raise AwsError("PolicyTypeNotEnabledException", text)
    if target.key in policy["targets"]:
        text = "The selected policy is already attached to the specified target."
        raise AwsError("DuplicatePolicyAttachmentException", text)
    held = [row for row in organization.list("Policy", targets=target.key) if row["Type"] == policy["Type"]]
    if len(held) >= MOST_ATTACHED:
        text = "You have attached the maximum number of policies to the specified target."
        raise AwsError("ConstraintViolationException", text, Reason="MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED")
    policy["targets"].append(target.key)
    organization.keep("Policy", policy)
    return {}


def detach_policy(call: Call) -> Document:
    """Of control policies the last one stays: something must allow."""
    organization = managing(call)
    policy, target = organization.read("Policy", call["PolicyId"]), _target(organization, call["TargetId"])
    if target.key not in policy["targets"]:
        text = "The policy isn't attached to the specified target in the specified root."
        raise AwsError("PolicyNotAttachedException", text)
    held = [row for row in organization.list("Policy", targets=target.key) if row["Type"] == policy["Type"]]
    if policy["Type"] in CONTROL and len(held) == 1:
        text = (
            "You cannot remove the last policy attached to the specified target. You should have at least one attached."
        )
        raise AwsError("ConstraintViolationException", text, Reason="MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED")
    policy["targets"].remove(target.key)
    organization.keep("Policy", policy)
    return {}


def list_policies_for_target(call: Call) -> Document:
    organization = managing(call)
    rows = organization.list("Policy", targets=_target(organization, call["TargetId"]).key)
    return {"Policies": [_summary(row) for row in rows if row["Type"] == call["Filter"]]}


def list_targets_for_policy(call: Call) -> Document:
    organization = managing(call)
    found = []
    for key in organization.read("Policy", call["PolicyId"])["targets"]:
        row = _target(organization, key)
        kind = "ROOT" if key.startswith("r-") else "ORGANIZATIONAL_UNIT" if key.startswith("ou-") else "ACCOUNT"
        found.append({"TargetId": key, "Arn": row["Arn"], "Name": row["Name"], "Type": kind})
    return {"Targets": found}


def describe_effective_policy(call: Call) -> Document:
    """The policies from the root down to the account, each laid over those above it."""
    organization, target = inside(call), call.get("TargetId", call.account)
    kind, chain = call["PolicyType"], [target]
    row = _target(organization, target)
    while "parent" in row:
        chain.insert(0, row["parent"])
        row = _target(organization, row["parent"])
    merged: Document = {}
    for key in chain:
        for policy in organization.list("Policy", targets=key):
            if policy["Type"] == kind:
                _lay(merged, json.loads(policy["content"]))
    if not merged:
        text = "If you ran this action on the management account, this policy type is not enabled."
        raise AwsError("EffectivePolicyNotFoundException", text)
    effective = {"PolicyContent": json.dumps(merged), "LastUpdatedTimestamp": call.now, "TargetId": target}
    return {"EffectivePolicy": {**effective, "PolicyType": kind}}


def _lay(merged: Document, over: Document) -> None:
    """Inheritance operators: `@@assign` replaces, `@@append` adds, `@@remove` takes away."""
    for name, value in over.items():
        if name == "@@assign":
            merged[name] = value
        elif name in ("@@append", "@@remove"):
            held = merged.get("@@assign", [])
            held = held if isinstance(held, list) else [held]
            merged["@@assign"] = [*held, *value] if name == "@@append" else [each for each in held if each not in value]
        elif isinstance(value, dict):
            _lay(merged.setdefault(name, {}), value)
        else:
            merged[name] = value


# Tags


def _tagged(call: Call) -> tuple[str, Resource]:
    key = call["ResourceId"]
    kinds = {"r-": "Root", "ou": "OrganizationalUnit", "p-": "Policy"}
    kind = kinds.get(key[:2], "Account")
    found = call.find(kind, key)
    if found is None:
        raise AwsError("TargetNotFoundException", "You specified a target that doesn't exist.")
    return kind, found


def tag_resource(call: Call) -> Document:
    organization = managing(call)
    kind, row = _tagged(organization)
    keys = {tag["Key"] for tag in call["Tags"]}
    row["Tags"] = [tag for tag in row.get("Tags", ()) if tag["Key"] not in keys] + call["Tags"]
    organization.keep(kind, row)
    return {}


def untag_resource(call: Call) -> Document:
    organization = managing(call)
    kind, row = _tagged(organization)
    row["Tags"] = [tag for tag in row.get("Tags", ()) if tag["Key"] not in call["TagKeys"]]
    organization.keep(kind, row)
    return {}


def list_tags_for_resource(call: Call) -> Document:
    return {"Tags": _tagged(managing(call))[1].get("Tags", [])}
