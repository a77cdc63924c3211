"""The organization itself, its root, the kinds of policies in use and the services that work with it."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.places import store_of
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.policies.organization import NOTE

Document = dict[str, Any]
FULL = '{\n  "Version": "2012-10-17",\n  "Statement": [\n    {\n      "Effect": "Allow",\n      "Action": "*",\n'
FULL_ACCESS = {
    "SERVICE_CONTROL_POLICY": ("FullAWSAccess", FULL + '      "Resource": "*"\n    }\n  ]\n}'),
    "RESOURCE_CONTROL_POLICY": (
        "RCPFullAWSAccess",
        FULL.replace('"Action"', '"Principal": "*",\n      "Action"') + '      "Resource": "*"\n    }\n  ]\n}',
    ),
}
"""Policies of AWS's own, which are attached to everything when their kind comes into use."""


def inside(call: Call) -> Call:
    """The call as made in the management account of the caller's organization; AwsError where it has none."""
    note = store_of(call).note(NOTE.format(account=call.account))
    if note is None:
        text = "Your account is not a member of an organization."
        raise AwsError("AWSOrganizationsNotInUseException", text)
    return call.of(account=note["management"])


def managing(call: Call) -> Call:
    """As `inside`, for the management account and delegated administrators alone."""
    organization = inside(call)
    is_delegate = next(organization.list("DelegatedAdministrator", account=call.account), None) is not None
    if organization.account != call.account and not is_delegate:
        raise AwsError("AccessDeniedException", "You don't have permissions to access this resource.", status=400)
    return organization


def the(call: Call) -> Resource:
    """The organization of the management account."""
    return next(iter(call.list("Organization")))


def root_of(call: Call) -> Resource:
    return next(iter(call.list("Root")))


def arn(call: Call, what: str, *ids: str) -> str:
    """`arn:aws:organizations::MANAGEMENT:WHAT/ORGANIZATION/ID…`"""
    path = "/".join((the(call)["Id"], *ids))
    return call.make("arn:{partition}:organizations::{account}:{what}/{path}", what=what, path=path)


def create_organization(call: Call) -> Document:
    database = store_of(call)
    if database.note(NOTE.format(account=call.account)) is not None:
        text = "The AWS account is already a member of an organization."
        raise AwsError("AlreadyInOrganizationException", text)
    organization: Document = {
        "Id": call.make("o-{alnum10}"),
        "FeatureSet": call.get("FeatureSet", "ALL"),
        "MasterAccountId": call.account,
        "MasterAccountEmail": "root@example.com",
    }
    place = {"id": organization["Id"], "root": call.make("r-{alnum4}")}
    make = "arn:{partition}:organizations::{account}:{what}"
    organization["Arn"] = call.make(make, what=f"organization/{place['id']}")
    organization["MasterAccountArn"] = call.make(make, what=f"account/{place['id']}/{call.account}")
    organization["AvailablePolicyTypes"] = [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]
    call.keep("Organization", organization)
    root_arn = call.make(make, what=f"root/{place['id']}/{place['root']}")
    call.keep("Root", {"Id": place["root"], "Arn": root_arn, "Name": "Root", "PolicyTypes": []})
    database.keep_note(NOTE.format(account=call.account), {"id": place["id"], "management": call.account})
    member = {"Id": call.account, "Arn": organization["MasterAccountArn"], "Email": "root@example.com"}
    member |= {"Name": "root", "JoinedMethod": "INVITED", "JoinedTimestamp": call.now, "parent": place["root"]}
    call.keep("Account", {**member, "Status": "ACTIVE", "State": "ACTIVE"})
    for kind, (name, text) in FULL_ACCESS.items():
        _keep_full(call, kind, name, text)
    return {"Organization": organization}


def _keep_full(call: Call, kind: str, name: str, text: str) -> None:
    number = f"p-{name}"
    policy: Document = {"Id": number, "Arn": f"arn:aws:organizations::aws:policy/{kind.lower()}/{number}", "Name": name}
    policy |= {"Description": "Allows access to every operation", "Type": kind, "AwsManaged": True}
    call.keep("Policy", {**policy, "content": text, "targets": []})


def describe_organization(call: Call) -> Document:
    return {"Organization": the(inside(call))}


def delete_organization(call: Call) -> Document:
    organization = managing(call)
    if sum(1 for _ in organization.list("Account")) > 1:
        raise AwsError(
            "OrganizationNotEmptyException", "To delete an organization you must first remove all member accounts"
        )
    for kind in ("Policy", "OrganizationalUnit", "Account", "Root", "Organization", "Handshake", "AWSServiceAccess"):
        for row in list(organization.list(kind)):
            organization.drop(kind, row)
    store_of(call).drop_note(NOTE.format(account=organization.account))
    return {}


def list_roots(call: Call) -> Document:
    return {"Roots": list(managing(call).list("Root"))}


# Kinds of policies


def enable_policy_type(call: Call) -> Document:
    """AWS's own policy that allows everything is attached to the root, all units and all accounts at once."""
    organization = managing(call)
    root, kind = _root(organization), call["PolicyType"]
    if any(each["Type"] == kind for each in root["PolicyTypes"]):
        text = "The specified policy type is already enabled."
        raise AwsError("PolicyTypeAlreadyEnabledException", text)
    root["PolicyTypes"].append({"Type": kind, "Status": "ENABLED"})
    organization.keep("Root", root)
    if kind in FULL_ACCESS:
        policy = organization.read("Policy", f"p-{FULL_ACCESS[kind][0]}")
        policy["targets"] = [
            root.key,
            *(row.key for what in ("OrganizationalUnit", "Account") for row in organization.list(what)),
        ]
        organization.keep("Policy", policy)
    return {"Root": root}


def disable_policy_type(call: Call) -> Document:
    """All policies of the kind are detached."""
    organization = managing(call)
    root, kind = _root(organization), call["PolicyType"]
    if not any(each["Type"] == kind for each in root["PolicyTypes"]):
        text = "The specified policy type isn't currently enabled in this root."
        raise AwsError("PolicyTypeNotEnabledException", text)
    root["PolicyTypes"] = [each for each in root["PolicyTypes"] if each["Type"] != kind]
    organization.keep("Root", root)
    for policy in list(organization.list("Policy")):
        if policy["Type"] == kind:
            policy["targets"] = []
            organization.keep("Policy", policy)
    return {"Root": root}


def _root(call: Call) -> Resource:
    root = call.find("Root", call["RootId"])
    if root is None:
        raise AwsError("RootNotFoundException", "You specified a root that doesn't exist.")
    return root


def full_access(call: Call, target: str) -> None:
    """Attach to what is new the policies that allow everything, of the kinds in use."""
    for each in root_of(call)["PolicyTypes"]:
        if each["Type"] in FULL_ACCESS:
            policy = call.read("Policy", f"p-{FULL_ACCESS[each['Type']][0]}")
            policy["targets"].append(target)
            call.keep("Policy", policy)


# Services and delegates


def enable_aws_service_access(call: Call) -> Document:
    managing(call).keep("AWSServiceAccess", {"ServicePrincipal": call["ServicePrincipal"], "DateEnabled": call.now})
    return {}


def disable_aws_service_access(call: Call) -> Document:
    organization = managing(call)
    found = organization.find("AWSServiceAccess", call["ServicePrincipal"])
    if found is not None:
        organization.drop("AWSServiceAccess", found)
    return {}


def list_aws_service_access_for_organization(call: Call) -> Document:
    return {"EnabledServicePrincipals": list(managing(call).list("AWSServiceAccess"))}


def register_delegated_administrator(call: Call) -> Document:
    organization, service = managing(call), call["ServicePrincipal"]
    account = organization.read("Account", call["AccountId"])
    key = f"{account.key} {service}"
    if organization.find("DelegatedAdministrator", key) is not None:
        text = "The specified account is already a delegated administrator for this AWS service."
        raise AwsError("AccountAlreadyRegisteredException", text)
    organization.keep(
        "DelegatedAdministrator", {"key": key, "account": account.key, "service": service, "at": call.now}
    )
    return {}


def deregister_delegated_administrator(call: Call) -> Document:
    organization = managing(call)
    found = organization.find("DelegatedAdministrator", f"{call['AccountId']} {call['ServicePrincipal']}")
    if found is None:
        text = "The specified account is not a delegated administrator for this AWS service."
        raise AwsError("AccountNotRegisteredException", text)
    organization.drop("DelegatedAdministrator", found)
    return {}


def list_delegated_administrators(call: Call) -> Document:
    organization, service = managing(call), call.get("ServicePrincipal")
    found: Document = {}
    for row in organization.list("DelegatedAdministrator"):
        if service in (None, row["service"]):
            account = organization.read("Account", row["account"])
            shown = {name: value for name, value in account.items() if name != "Tags"}
            found.setdefault(row["account"], {**shown, "DelegationEnabledDate": row["at"]})
    return {"DelegatedAdministrators": list(found.values())}


def list_delegated_services_for_account(call: Call) -> Document:
    rows = managing(call).list("DelegatedAdministrator", account=call["AccountId"])
    return {
        "DelegatedServices": [{"ServicePrincipal": row["service"], "DelegationEnabledDate": row["at"]} for row in rows]
    }
