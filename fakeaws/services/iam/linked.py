"""Service-linked roles, and credentials that only one service takes."""

from __future__ import annotations

import base64
import json
from typing import Any

from fakeaws.core.model import catalogue
from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import refusal
from fakeaws.core.resources.places import drawn, store_of
from fakeaws.core.store.key import seal
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.iam import roles
from fakeaws.services.iam.entities import named

Document = dict[str, Any]
SERVICES = ("codecommit.amazonaws.com", "cassandra.amazonaws.com", "bedrock.amazonaws.com", "logs.amazonaws.com")


def create_service_linked_role(call: Call) -> Document:
    """The role's name is the service's; its policy and trust are AWS's to say."""
    service = call["AWSServiceName"]
    known = catalogue.load("service_linked_roles")
    stem = known.get(service) or "".join(part.title() for part in service.split(".")[0].split("-"))
    suffix = call.get("CustomSuffix")
    name = f"AWSServiceRoleFor{stem}" + (f"_{suffix}" if suffix else "")
    if call.find("Role", name) is not None:
        raise AwsError(
            "InvalidInput",
            f"Service role name {name} has been taken in this account, please try a different suffix.",
        )
    statement = {"Action": ["sts:AssumeRole"], "Effect": "Allow", "Principal": {"Service": [service]}}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = roles.made(call, name, f"{roles.LINKED}{service}/", trust)
    if "Description" in call:
        role["Description"] = call["Description"]
    call.keep("Role", role)
    return {"Role": roles.shown({key: value for key, value in role.items() if key != "MaxSessionDuration"})}


def delete_service_linked_role(call: Call) -> Document:
    role = call.read("Role")
    if not role["Path"].startswith(roles.LINKED):
        raise AwsError("InvalidInput", f"{role['RoleName']} is not a service-linked role.")
    task = f"task{role['Path']}{role['RoleName']}/{call.make('{uuid}')}"
    call.drop("Role", role)
    call.keep("Deletion", {"DeletionTaskId": task, "Status": "SUCCEEDED"})
    return {"DeletionTaskId": task}


def get_service_linked_role_deletion_status(call: Call) -> Document:
    found = call.find("Deletion", call["DeletionTaskId"])
    if found is None:
        raise AwsError("NoSuchEntity", f"No deletion task with id {call['DeletionTaskId']} was found.")
    return {"Status": found["Status"]}


# Service-specific credentials


def create_service_specific_credential(call: Call) -> Document:
    """The password is in this answer and in that of a reset only."""
    user, service = call.read("User"), call["ServiceName"]
    if service not in SERVICES:
        raise AwsError(
            "NotSupportedService", f"No such service {service} is supported for Service Specific Credentials"
        )
    held = list(call.list("ServiceSpecificCredential", UserName=user["UserName"]))
    if sum(1 for row in held if row["ServiceName"] == service) >= 2:
        raise AwsError("LimitExceeded", "Cannot exceed quota for ServiceSpecificCredentialsPerUser: 2")
    credential: Document = {
        "CreateDate": call.now,
        "ServiceName": service,
        "ServiceUserName": f"{user['UserName']}-at-{call.account}",
        "ServiceSpecificCredentialId": call.make("ACCA{upper17}"),
        "UserName": user["UserName"],
        "Status": "Active",
    }
    return {"ServiceSpecificCredential": _with_password(call, credential)}


def _with_password(call: Call, credential: Document) -> Document:
    password = base64.b64encode(drawn(call, 30)).decode() + "="
    credential["password"] = seal(store_of(call), password)
    call.keep("ServiceSpecificCredential", credential)
    return {**credential, "ServicePassword": password}


def reset_service_specific_credential(call: Call) -> Document:
    return {"ServiceSpecificCredential": _with_password(call, _credential(call))}


def list_service_specific_credentials(call: Call) -> Document:
    service = call.get("ServiceName")
    rows = call.list("ServiceSpecificCredential", UserName=named(call)["UserName"])
    return {"ServiceSpecificCredentials": [row for row in rows if service in (None, row["ServiceName"])]}


def update_service_specific_credential(call: Call) -> Document:
    credential = _credential(call)
    credential["Status"] = call["Status"]
    call.keep("ServiceSpecificCredential", credential)
    return {}


def delete_service_specific_credential(call: Call) -> Document:
    call.drop("ServiceSpecificCredential", _credential(call))
    return {}


def _credential(call: Call) -> Resource:
    user, key = named(call), call["ServiceSpecificCredentialId"]
    found = call.find("ServiceSpecificCredential", key)
    if found is None or found["UserName"] != user["UserName"]:
        raise refusal(call, "ServiceSpecificCredential", "missing", key)
    return found
