"""Units and accounts, and where they stand."""

from __future__ import annotations

import json
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.caller import root
from fakeaws.core.resources.places import store_of
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.policies.organization import NOTE
from fakeaws.services.organizations.organization import arn, full_access, inside, managing, root_of

Document = dict[str, Any]
DEEPEST = 5


def parent(call: Call, key: str) -> Resource:
    """The root or unit of an id."""
    found = call.find("Root", key) if key.startswith("r-") else call.find("OrganizationalUnit", key)
    if found is None:
        raise AwsError("ParentNotFoundException", "You specified parent that doesn't exist.")
    return found


def create_organizational_unit(call: Call) -> Document:
    organization = managing(call)
    above = parent(organization, call["ParentId"])
    for unit in organization.list("OrganizationalUnit", parent=above.key):
        if unit["Name"] == call["Name"]:
            text = "An OU with the same name already exists."
            raise AwsError("DuplicateOrganizationalUnitException", text)
    if _depth(organization, above) >= DEEPEST:
        text = "You have exceeded the maximum depth of the organizational unit tree."
        raise AwsError("ConstraintViolationException", text, Reason="OU_DEPTH_LIMIT_EXCEEDED")
    stem = root_of(organization).key.removeprefix("r-")
    number = organization.make("ou-{stem}-{alnum8}", stem=stem)
    unit_document = {"Id": number, "Arn": arn(organization, "ou", number), "Name": call["Name"], "parent": above.key}
    organization.keep("OrganizationalUnit", {**unit_document, "Tags": call.get("Tags", [])})
    full_access(organization, number)
    return {"OrganizationalUnit": unit_document}


def _depth(call: Call, above: Resource) -> int:
    return 0 if "parent" not in above else 1 + _depth(call, parent(call, above["parent"]))


def describe_organizational_unit(call: Call) -> Document:
    return {"OrganizationalUnit": _shown(managing(call).read("OrganizationalUnit", call["OrganizationalUnitId"]))}


def _shown(row: Resource) -> Document:
    return {name: value for name, value in row.items() if name != "Tags"}


def update_organizational_unit(call: Call) -> Document:
    organization = managing(call)
    unit = organization.read("OrganizationalUnit", call["OrganizationalUnitId"])
    unit["Name"] = call.get("Name", unit["Name"])
    organization.keep("OrganizationalUnit", unit)
    return {"OrganizationalUnit": _shown(unit)}


def delete_organizational_unit(call: Call) -> Document:
    organization = managing(call)
    unit = organization.read("OrganizationalUnit", call["OrganizationalUnitId"])
    for kind in ("OrganizationalUnit", "Account"):
        if next(organization.list(kind, parent=unit.key), None) is not None:
            text = "To delete an OU you must first remove all accounts and child OUs."
            raise AwsError("OrganizationalUnitNotEmptyException", text)
    for policy in list(organization.list("Policy", targets=unit.key)):
        policy["targets"].remove(unit.key)
        organization.keep("Policy", policy)
    organization.drop("OrganizationalUnit", unit)
    return {}


def list_organizational_units_for_parent(call: Call) -> Document:
    organization = managing(call)
    rows = organization.list("OrganizationalUnit", parent=parent(organization, call["ParentId"]).key)
    return {"OrganizationalUnits": [_shown(unit) for unit in rows]}


def list_accounts(call: Call) -> Document:
    return {"Accounts": [_shown(account) for account in managing(call).list("Account")]}


def list_accounts_for_parent(call: Call) -> Document:
    organization = managing(call)
    rows = organization.list("Account", parent=parent(organization, call["ParentId"]).key)
    return {"Accounts": [_shown(account) for account in rows]}


def describe_account(call: Call) -> Document:
    return {"Account": _shown(managing(call).read("Account", call["AccountId"]))}


def list_children(call: Call) -> Document:
    organization = managing(call)
    kind = {"ACCOUNT": "Account", "ORGANIZATIONAL_UNIT": "OrganizationalUnit"}[call["ChildType"]]
    rows = organization.list(kind, parent=parent(organization, call["ParentId"]).key)
    return {"Children": [{"Id": row.key, "Type": call["ChildType"]} for row in rows]}


def list_parents(call: Call) -> Document:
    organization = managing(call)
    child = organization.find("Account", call["ChildId"]) or organization.find("OrganizationalUnit", call["ChildId"])
    if child is None:
        text = "You specified an organizational unit (OU) or account that doesn't exist."
        raise AwsError("ChildNotFoundException", text)
    kind = "ROOT" if child["parent"].startswith("r-") else "ORGANIZATIONAL_UNIT"
    return {"Parents": [{"Id": child["parent"], "Type": kind}]}


def move_account(call: Call) -> Document:
    organization = managing(call)
    account = organization.read("Account", call["AccountId"])
    if account["parent"] != call["SourceParentId"]:
        raise AwsError("SourceParentNotFoundException", "You specified a source parent that doesn't exist.")
    target = organization.find("Root", call["DestinationParentId"]) or organization.find(
        "OrganizationalUnit", call["DestinationParentId"]
    )
    if target is None:
        text = "You specified a destination parent that doesn't exist."
        raise AwsError("DestinationParentNotFoundException", text)
    account["parent"] = target.key
    organization.keep("Account", account)
    return {}


# Accounts


def create_account(call: Call) -> Document:
    """The account is there at once, with a role that the management account can assume."""
    organization = managing(call)
    status = {"Id": call.make("car-{hex32}"), "AccountName": call["AccountName"], "RequestedTimestamp": call.now}
    if next(organization.list("Account", Email=call["Email"]), None) is not None:
        status |= {"State": "FAILED", "CompletedTimestamp": call.now, "FailureReason": "EMAIL_ALREADY_EXISTS"}
    else:
        number = call.make("{digits12}")
        status |= {"State": "SUCCEEDED", "CompletedTimestamp": call.now, "AccountId": number}
        join(organization, number, call["Email"], call["AccountName"], "CREATED", call.get("Tags", []))
        _give_role(call, organization.account, number)
    organization.keep("CreateAccountStatus", status)
    shown = {name: status[name] for name in ("Id", "AccountName", "RequestedTimestamp")}
    return {"CreateAccountStatus": {**shown, "State": "IN_PROGRESS"}}


def join(call: Call, number: str, email: str, name: str, how: str, tags: list[Document]) -> Document:
    """Make an account a member, under the root."""
    account: Document = {"Id": number, "Arn": arn(call, "account", number), "Email": email, "Name": name}
    account |= {"Status": "ACTIVE", "State": "ACTIVE", "JoinedMethod": how, "JoinedTimestamp": call.now}
    call.keep("Account", {**account, "parent": root_of(call).key, "Tags": tags})
    organization = next(iter(call.list("Organization")))
    note = {"id": organization["Id"], "management": call.account}
    store_of(call).keep_note(NOTE.format(account=number), note)
    full_access(call, number)
    return account


def _give_role(call: Call, management: str, number: str) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": call.make("arn:{partition}:iam::{management}:root", management=management)},
        "Action": "sts:AssumeRole",
    }
    name = call.get("RoleName", "OrganizationAccountAccessRole")
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    caller = root(number, call.region)
    call.perform("iam", "CreateRole", {"RoleName": name, "AssumeRolePolicyDocument": trust}, caller)
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    call.perform("iam", "AttachRolePolicy", {"RoleName": name, "PolicyArn": arn}, caller)


def describe_create_account_status(call: Call) -> Document:
    return {"CreateAccountStatus": managing(call).read("CreateAccountStatus", call["CreateAccountRequestId"])}


def list_create_account_status(call: Call) -> Document:
    states = call.get("States")
    rows = managing(call).list("CreateAccountStatus")
    return {"CreateAccountStatuses": [row for row in rows if not states or row["State"] in states]}


def close_account(call: Call) -> Document:
    organization = managing(call)
    account = organization.read("Account", call["AccountId"])
    if account["Status"] == "SUSPENDED":
        raise AwsError("AccountAlreadyClosedException", "You attempted to close an account that is already closed.")
    account["Status"], account["State"] = "SUSPENDED", "CLOSED"
    organization.keep("Account", account)
    return {}


def remove_account_from_organization(call: Call) -> Document:
    organization = managing(call)
    _leave(organization, organization.read("Account", call["AccountId"]))
    return {}


def leave_organization(call: Call) -> Document:
    organization = inside(call)
    _leave(organization, organization.read("Account", call.account))
    return {}


def _leave(call: Call, account: Resource) -> None:
    if account.key == call.account:
        text = "You can't remove a management account from an organization."
        raise AwsError("MasterCannotLeaveOrganizationException", text)
    for policy in list(call.list("Policy", targets=account.key)):
        policy["targets"].remove(account.key)
        call.keep("Policy", policy)
    call.drop("Account", account)
    store_of(call).drop_note(NOTE.format(account=account.key))
