"""IAM Identity Center: permission sets become roles in the accounts that they are assigned in.

Instances, permission sets and what is in them are declared in shapes/sso-admin.toml.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from fakeaws.core import shapes
from fakeaws.core.call import Call
from fakeaws.core.callers import Caller, root
from fakeaws.core.errors import AwsError

Document = dict[str, Any]
PATH = "/aws-reserved/sso.amazonaws.com/"
MEMBERS = ("TargetId", "TargetType", "PermissionSetArn", "PrincipalType", "PrincipalId")


def create_account_assignment(call: Call) -> Document:
    """Assigning a permission set in an account makes its role there, at the first time."""
    call.declared()
    _provision(call, call["TargetId"])
    return {"AccountAssignmentCreationStatus": _status(call, "SUCCEEDED")}


def delete_account_assignment(call: Call) -> Document:
    """With the last assignment in an account the role goes."""
    call.declared()
    if call["TargetId"] not in _accounts(call, call["PermissionSetArn"]):
        _remove(call, call["TargetId"])
    return {"AccountAssignmentDeletionStatus": _status(call, "SUCCEEDED")}


def _status(call: Call, status: str) -> Document:
    found = {"Status": status, "RequestId": call.uuid(), "CreatedDate": call.now}
    found |= {name: call[name] for name in MEMBERS if name in call}
    call.cloud.database.keep_note(f"sso-admin request {found['RequestId']}", found)
    return found


def _request(call: Call, number: str) -> Document:
    found = call.cloud.database.note(f"sso-admin request {number}")
    if found is None:
        raise AwsError("ResourceNotFoundException", "Could not find the request with the provided id.")
    return found


def describe_account_assignment_creation_status(call: Call) -> Document:
    return {"AccountAssignmentCreationStatus": _request(call, call["AccountAssignmentCreationRequestId"])}


def describe_account_assignment_deletion_status(call: Call) -> Document:
    return {"AccountAssignmentDeletionStatus": _request(call, call["AccountAssignmentDeletionRequestId"])}


def provision_permission_set(call: Call) -> Document:
    """Bring the roles of a permission set up to date, in one account or all."""
    targets = [call["TargetId"]] if call.get("TargetId") else sorted(_accounts(call, call["PermissionSetArn"]))
    for account in targets:
        _provision(call, account)
    found = {"Status": "SUCCEEDED", "RequestId": call.uuid(), "PermissionSetArn": call["PermissionSetArn"]}
    found |= {"CreatedDate": call.now, **({"AccountId": call["TargetId"]} if call.get("TargetId") else {})}
    call.cloud.database.keep_note(f"sso-admin request {found['RequestId']}", found)
    return {"PermissionSetProvisioningStatus": found}


def describe_permission_set_provisioning_status(call: Call) -> Document:
    return {"PermissionSetProvisioningStatus": _request(call, call["ProvisionPermissionSetRequestId"])}


def list_permission_sets_provisioned_to_account(call: Call) -> Document:
    found = {row["PermissionSetArn"] for row in _assignments(call) if row["TargetId"] == call["AccountId"]}
    return {"PermissionSets": sorted(found)}


def list_accounts_for_provisioned_permission_set(call: Call) -> Document:
    return {"AccountIds": sorted(_accounts(call, call["PermissionSetArn"]))}


def _assignments(call: Call) -> Iterator[Document]:
    kind = shapes.kind(call.service, "AccountAssignment")
    yield from call.cloud.table(kind).list(call.scope(kind))


def _accounts(call: Call, permission_set: str) -> set[str]:
    return {row["TargetId"] for row in _assignments(call) if row["PermissionSetArn"] == permission_set}


def _asked(call: Call, operation: str) -> Document:
    names = {"InstanceArn": call["InstanceArn"], "PermissionSetArn": call["PermissionSetArn"]}
    return call.perform("sso-admin", operation, names)


def _role(call: Call) -> tuple[str, Document]:
    """The name of a permission set's role, and the permission set."""
    found = _asked(call, "DescribePermissionSet")["PermissionSet"]
    digest = hashlib.blake2b(call["PermissionSetArn"].encode(), digest_size=8).hexdigest()
    return f"AWSReservedSSO_{found['Name']}_{digest}", found


def _provision(call: Call, account: str) -> None:
    """Make the role in the account, or give it what the permission set has now."""
    name, found = _role(call)
    there = root(account, call.region)
    _remove(call, account)
    instance = call["InstanceArn"].rpartition("-")[2]
    provider = f"arn:aws:iam::{account}:saml-provider/AWSSSO_{instance}_DO_NOT_DELETE"
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
        "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    params = {"RoleName": name, "Path": PATH, "AssumeRolePolicyDocument": trust, "MaxSessionDuration": 43200}
    if found.get("Description"):
        params["Description"] = found["Description"]
    call.perform("iam", "CreateRole", params, there)
    for policy in _asked(call, "ListManagedPoliciesInPermissionSet").get("AttachedManagedPolicies", ()):
        attach = {"RoleName": name, "PolicyArn": policy["Arn"] if "Arn" in policy else policy["ManagedPolicyArn"]}
        call.perform("iam", "AttachRolePolicy", attach, there)
    _put_inline(call, name, there)


def _put_inline(call: Call, name: str, there: Caller) -> None:
    try:
        text = _asked(call, "GetInlinePolicyForPermissionSet").get("InlinePolicy")
    except AwsError:
        return
    if text:
        params = {"RoleName": name, "PolicyName": "AwsSSOInlinePolicy", "PolicyDocument": text}
        call.perform("iam", "PutRolePolicy", params, there)


def _remove(call: Call, account: str) -> None:
    name, _ = _role(call)
    there = root(account, call.region)
    try:
        attached = call.perform("iam", "ListAttachedRolePolicies", {"RoleName": name}, there)["AttachedPolicies"]
    except AwsError:
        return
    for policy in attached:
        call.perform("iam", "DetachRolePolicy", {"RoleName": name, "PolicyArn": policy["PolicyArn"]}, there)
    for inline in call.perform("iam", "ListRolePolicies", {"RoleName": name}, there)["PolicyNames"]:
        call.perform("iam", "DeleteRolePolicy", {"RoleName": name, "PolicyName": inline}, there)
    call.perform("iam", "DeleteRole", {"RoleName": name}, there)
