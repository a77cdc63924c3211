"""IAM Identity Center's portal: the accounts and roles of who has signed in, and keys for them."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.sessions import issue
from fakeaws.core.resources import kinds
from fakeaws.core.resources.caller import root
from fakeaws.core.resources.places import store_of, table
from fakeaws.core.resources.request import anywhere
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError

Document = dict[str, Any]
ROLES = "/aws-reserved/sso.amazonaws.com/"


def list_accounts(call: Call) -> Document:
    token = _token(call)
    accounts = sorted({each["AccountId"] for each in _assignments(call, token)})
    return {"accountList": [_account(call, account) for account in accounts]}


def _account(call: Call, account: str) -> Document:
    try:
        described = call.perform("organizations", "DescribeAccount", {"AccountId": account}, _manager(call, account))
    except AwsError:
        return {"accountId": account, "accountName": account, "emailAddress": ""}
    found = described["Account"]
    return {"accountId": account, "accountName": found["Name"], "emailAddress": found["Email"]}


def _manager(call: Call, account: str) -> Any:
    note = store_of(call).note(f"organizations member {account}")
    return root(note["management"] if note else account, call.region)


def list_account_roles(call: Call) -> Document:
    token = _token(call)
    names = sorted({_set(call, token, arn)["Name"] for arn in _sets(call, token)})
    return {"roleList": [{"roleName": name, "accountId": call["accountId"]} for name in names]}


def get_role_credentials(call: Call) -> Document:
    """Keys of the role that the permission set is in the account, for as long as the permission set says."""
    token = _token(call)
    found = next((s for arn in _sets(call, token) if (s := _set(call, token, arn))["Name"] == call["roleName"]), None)
    role = _role(call, found) if found is not None else None
    if found is None or role is None:
        raise AwsError("ForbiddenException", "No access", status=403)
    account, session = call["accountId"], f"{role['RoleName']}/{token['name']}"
    who = {
        "kind": "AssumedRole",
        "arn": f"arn:aws:sts::{account}:assumed-role/{session}",
        "user_id": f"{role['RoleId']}:{token['name']}",
        "role": role["RoleName"],
        "role_arn": role["Arn"],
    }
    keys = issue(call, _seconds(found.get("SessionDuration") or "PT1H"), account, **who)
    given = {
        "accessKeyId": keys["AccessKeyId"],
        "secretAccessKey": keys["SecretAccessKey"],
        "sessionToken": keys["SessionToken"],
        "expiration": keys["Expiration"] * 1000,
    }
    return {"roleCredentials": given}


def logout(call: Call) -> Document:
    kind = kinds.kind("sso-oidc", "Token")
    table(call, kind).drop(_token(call))
    return {}


def _token(call: Call) -> Resource:
    """What stands behind the access token."""
    kept = anywhere(call.of("sso-oidc"), "Token", _hash(call["accessToken"]))
    if kept is None or kept["sort"] != "access" or kept["until"] <= call.now:
        raise AwsError("UnauthorizedException", "Session token not found or invalid")
    return kept


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _assignments(call: Call, token: Document) -> list[Document]:
    params = {"InstanceArn": token["instance"], "PrincipalId": token["user"], "PrincipalType": "USER"}
    owner = root(token["owner"], token["at"])
    found = call.perform("sso-admin", "ListAccountAssignmentsForPrincipal", params, owner)["AccountAssignments"]
    return list(found)


def _sets(call: Call, token: Document) -> set[str]:
    """The permission sets that the user has in the account that the call names."""
    return {e["PermissionSetArn"] for e in _assignments(call, token) if e["AccountId"] == call["accountId"]}


def _set(call: Call, token: Document, arn: str) -> Document:
    params = {"InstanceArn": token["instance"], "PermissionSetArn": arn}
    owner = root(token["owner"], token["at"])
    found: Document = call.perform("sso-admin", "DescribePermissionSet", params, owner)["PermissionSet"]
    return found


def _role(call: Call, permission_set: Document) -> Document | None:
    caller = root(call["accountId"], call.region)
    roles = call.perform("iam", "ListRoles", {"PathPrefix": ROLES}, caller)["Roles"]
    begin = f"AWSReservedSSO_{permission_set['Name']}_"
    return next((role for role in roles if re.fullmatch(re.escape(begin) + r"[0-9a-f]{16}", role["RoleName"])), None)


def _seconds(duration: str) -> int:
    """ISO 8601: `PT1H30M`."""
    parts = re.findall(r"(\d+)([HMS])", duration)
    return sum(int(count) * {"H": 3600, "M": 60, "S": 1}[unit] for count, unit in parts) or 3600
