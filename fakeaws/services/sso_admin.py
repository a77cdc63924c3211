"""IAM Identity Center: permission sets become roles in the accounts that they are assigned in.

Instances, permission sets and what is in them are declared in shapes/sso-admin.toml. An assignment is under way when it
has been asked for, and done some seconds of AWS's time later.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import kinds
from fakeaws.core.resources.caller import Caller, root
from fakeaws.core.resources.places import scope, service_of, table
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.core.tools.pace import pace

Document = dict[str, Any]
PATH = "/aws-reserved/sso.amazonaws.com/"
MEMBERS = ("TargetId", "TargetType", "PermissionSetArn", "PrincipalType", "PrincipalId")
SECONDS = 10
"""How long an assignment takes."""
CREATION, DELETION, PROVISIONING = "AccountAssignmentCreation", "AccountAssignmentDeletion", "PermissionSetProvisioning"


def create_permission_set(call: Call) -> Document:
    """Its ARN has the id of the instance."""
    instance = call["InstanceArn"].rpartition("/")[2]
    template = "arn:{partition}:sso:::permissionSet/{instance}/ps-{hex16}"
    call.params["PermissionSetArn"] = call.make(template, instance=instance)
    return call.declared()


def attach_managed_policy_to_permission_set(call: Call) -> Document:
    """It is listed by its ARN and its name."""
    call.params["Name"] = call["ManagedPolicyArn"].rpartition("/")[2]
    return call.declared()


def create_account_assignment(call: Call) -> Document:
    """Assigning a permission set in an account makes its role there, at the first time."""
    _asked(call, "DescribePermissionSet")
    _check_principal(call)
    if not any(all(row.get(name) == call[name] for name in MEMBERS) for row in _assignments(call)):
        call.declared()
        _provision(call, call["TargetId"])
    return {"AccountAssignmentCreationStatus": _begun(call, CREATION)}


def _check_principal(call: Call) -> None:
    """AwsError where the identity store of the instance has no such user or group."""
    instance = call.perform("sso-admin", "DescribeInstance", {"InstanceArn": call["InstanceArn"]})
    kind, store = call["PrincipalType"].title(), instance["IdentityStoreId"]
    call.perform("identitystore", f"Describe{kind}", {"IdentityStoreId": store, f"{kind}Id": call["PrincipalId"]})


def delete_account_assignment(call: Call) -> Document:
    """With the last assignment in an account the role goes."""
    call.declared()
    if call["TargetId"] not in _accounts(call, call["PermissionSetArn"]):
        _remove(call, call["TargetId"])
    return {"AccountAssignmentDeletionStatus": _begun(call, DELETION)}


def provision_permission_set(call: Call) -> Document:
    """Bring the roles of a permission set up to date, in one account or all."""
    if call["TargetType"] == "AWS_ACCOUNT" and not call.get("TargetId"):
        raise AwsError("ValidationException", "TargetId is required when TargetType is AWS_ACCOUNT")
    targets = [call["TargetId"]] if call.get("TargetId") else sorted(_accounts(call, call["PermissionSetArn"]))
    for account in targets:
        _provision(call, account)
    return {"PermissionSetProvisioningStatus": _begun(call, PROVISIONING)}


# What is under way


def _begun(call: Call, what: str) -> Document:
    found = {"Status": "IN_PROGRESS", "RequestId": call.make("{uuid}"), "CreatedDate": call.now}
    if what == PROVISIONING:
        found |= {"PermissionSetArn": call["PermissionSetArn"]}
        found |= {"AccountId": call["TargetId"]} if call.get("TargetId") else {}
    else:
        found |= {name: call[name] for name in MEMBERS if name in call}
    done = call.now + SECONDS * pace()
    return call.keep("Request", {**found, "what": what, "done": done, "instance": call["InstanceArn"]})


def _request(call: Call, what: str, member: str) -> Document:
    found = call.find("Request", call[member])
    if found is None or (found["what"], found["instance"]) != (what, call["InstanceArn"]):
        raise AwsError("ResourceNotFoundException", f"{what} request not found: {call[member]}")
    return _shown(call, found)


def _shown(call: Call, request: Resource) -> Document:
    return {**request, "Status": "SUCCEEDED"} if request["done"] <= call.now else request


def _requests(call: Call, what: str) -> list[Document]:
    rows = [_shown(call, row) for row in call.list("Request") if row["what"] == what]
    wanted = (call.get("Filter") or {}).get("Status")
    names = ("Status", "RequestId", "CreatedDate")
    return [{name: row[name] for name in names} for row in rows if wanted in (None, row["Status"])]


def describe_account_assignment_creation_status(call: Call) -> Document:
    return {f"{CREATION}Status": _request(call, CREATION, f"{CREATION}RequestId")}


def describe_account_assignment_deletion_status(call: Call) -> Document:
    return {f"{DELETION}Status": _request(call, DELETION, f"{DELETION}RequestId")}


def describe_permission_set_provisioning_status(call: Call) -> Document:
    return {f"{PROVISIONING}Status": _request(call, PROVISIONING, "ProvisionPermissionSetRequestId")}


def list_account_assignment_creation_status(call: Call) -> Document:
    return {"AccountAssignmentsCreationStatus": _requests(call, CREATION)}


def list_account_assignment_deletion_status(call: Call) -> Document:
    return {"AccountAssignmentsDeletionStatus": _requests(call, DELETION)}


def list_permission_set_provisioning_status(call: Call) -> Document:
    return {"PermissionSetsProvisioningStatus": _requests(call, PROVISIONING)}


# Who is assigned where


def list_account_assignments(call: Call) -> Document:
    names = ("AccountId", "PermissionSetArn", "PrincipalType", "PrincipalId")
    found = [{**row, "AccountId": row["TargetId"]} for row in _assignments(call)]
    kept = [
        r for r in found if (r["AccountId"], r["PermissionSetArn"]) == (call["AccountId"], call["PermissionSetArn"])
    ]
    return {"AccountAssignments": [{name: row[name] for name in names} for row in kept]}


def list_account_assignments_for_principal(call: Call) -> Document:
    """A user's own, and those of the groups that the user is in."""
    wanted = {(call["PrincipalType"], call["PrincipalId"])}
    if call["PrincipalType"] == "USER":
        instance = call.perform("sso-admin", "DescribeInstance", {"InstanceArn": call["InstanceArn"]})
        params = {"IdentityStoreId": instance["IdentityStoreId"], "MemberId": {"UserId": call["PrincipalId"]}}
        groups = call.perform("identitystore", "ListGroupMembershipsForMember", params)["GroupMemberships"]
        wanted |= {("GROUP", each["GroupId"]) for each in groups}
    only = (call.get("Filter") or {}).get("AccountId")
    rows = [row for row in _assignments(call) if (row["PrincipalType"], row["PrincipalId"]) in wanted]
    names = ("PermissionSetArn", "PrincipalId", "PrincipalType")
    found = [{"AccountId": r["TargetId"], **{n: r[n] for n in names}} for r in rows if only in (None, r["TargetId"])]
    return {"AccountAssignments": found}


def list_permission_sets_provisioned_to_account(call: Call) -> Document:
    found = {row["PermissionSetArn"] for row in _assignments(call) if row["TargetId"] == call["AccountId"]}
    return {"PermissionSets": sorted(found)}


def list_accounts_for_provisioned_permission_set(call: Call) -> Document:
    return {"AccountIds": sorted(_accounts(call, call["PermissionSetArn"]))}


def _assignments(call: Call) -> Iterator[Document]:
    kind = kinds.kind(service_of(call), "AccountAssignment")
    yield from table(call, kind).list(scope(call, kind))


def _accounts(call: Call, permission_set: str) -> set[str]:
    return {row["TargetId"] for row in _assignments(call) if row["PermissionSetArn"] == permission_set}


# The roles


def _asked(call: Call, operation: str) -> Document:
    names = {"InstanceArn": call["InstanceArn"], "PermissionSetArn": call["PermissionSetArn"]}
    return call.perform("sso-admin", operation, names)


def _held(call: Call, operation: str, member: str) -> Any:
    """What a permission set has of a sort; None where it has nothing of it."""
    try:
        return _asked(call, operation).get(member)
    except AwsError:
        return None


def _role(call: Call) -> tuple[str, Document]:
    """The name of a permission set's role, and the permission set."""
    found = _asked(call, "DescribePermissionSet")["PermissionSet"]
    digest = hashlib.blake2b(call["PermissionSetArn"].encode(), digest_size=8).hexdigest()
    return f"AWSReservedSSO_{found['Name']}_{digest}", found


def _provision(call: Call, account: str) -> None:
    """Make the role in the account, or give it what the permission set has now."""
    name, found = _role(call)
    caller = root(account, call.region)
    _remove(call, account)
    instance = call["InstanceArn"].rpartition("-")[2]
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{account}:saml-provider/AWSSSO_{instance}_DO_NOT_DELETE"},
        "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
        "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    params = {"RoleName": name, "Path": PATH, "AssumeRolePolicyDocument": trust, "MaxSessionDuration": 43200}
    if found.get("Description"):
        params["Description"] = found["Description"]
    call.perform("iam", "CreateRole", params, caller)
    for arn in _policies(call, account):
        call.perform("iam", "AttachRolePolicy", {"RoleName": name, "PolicyArn": arn}, caller)
    text = _held(call, "GetInlinePolicyForPermissionSet", "InlinePolicy")
    if text:
        inline = {"RoleName": name, "PolicyName": "AwsSSOInlinePolicy", "PolicyDocument": text}
        call.perform("iam", "PutRolePolicy", inline, caller)
    boundary = _held(call, "GetPermissionsBoundaryForPermissionSet", "PermissionsBoundary") or {}
    arn = boundary.get("ManagedPolicyArn") or _reference(account, boundary.get("CustomerManagedPolicyReference"))
    if arn:
        call.perform("iam", "PutRolePermissionsBoundary", {"RoleName": name, "PermissionsBoundary": arn}, caller)


def _policies(call: Call, account: str) -> Iterator[str]:
    """The policies of a permission set: AWS's, and those that the account has under the names referred to."""
    for policy in _held(call, "ListManagedPoliciesInPermissionSet", "AttachedManagedPolicies") or ():
        yield policy["Arn"] if "Arn" in policy else policy["ManagedPolicyArn"]
    operation, member = "ListCustomerManagedPolicyReferencesInPermissionSet", "CustomerManagedPolicyReferences"
    for reference in _held(call, operation, member) or ():
        yield _reference(account, reference)


def _reference(account: str, reference: Document | None) -> str:
    if not reference:
        return ""
    return f"arn:aws:iam::{account}:policy{reference.get('Path') or '/'}{reference['Name']}"


def _remove(call: Call, account: str) -> None:
    name, _ = _role(call)
    caller: Caller = root(account, call.region)
    try:
        attached = call.perform("iam", "ListAttachedRolePolicies", {"RoleName": name}, caller)["AttachedPolicies"]
    except AwsError:
        return
    for policy in attached:
        call.perform("iam", "DetachRolePolicy", {"RoleName": name, "PolicyArn": policy["PolicyArn"]}, caller)
    for inline in call.perform("iam", "ListRolePolicies", {"RoleName": name}, caller)["PolicyNames"]:
        call.perform("iam", "DeleteRolePolicy", {"RoleName": name, "PolicyName": inline}, caller)
    call.perform("iam", "DeleteRole", {"RoleName": name}, caller)
