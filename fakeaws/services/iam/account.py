"""The account itself: its alias, its summary, and all of it at once."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.places import store_of
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.policies import managed
from fakeaws.services.iam import policies, roles
from fakeaws.services.iam.attachments import attached
from fakeaws.services.iam.entities import quoted, without

Document = dict[str, Any]
QUOTAS = {
    "AccessKeysPerUserQuota": 2,
    "AssumeRolePolicySizeQuota": 2048,
    "AttachedPoliciesPerGroupQuota": 10,
    "AttachedPoliciesPerRoleQuota": 10,
    "AttachedPoliciesPerUserQuota": 10,
    "GroupPolicySizeQuota": 5120,
    "GroupsPerUserQuota": 10,
    "GroupsQuota": 300,
    "InstanceProfilesQuota": 1000,
    "PoliciesQuota": 1500,
    "PolicySizeQuota": 6144,
    "PolicyVersionsInUseQuota": 10000,
    "RolePolicySizeQuota": 10240,
    "RolesQuota": 1000,
    "ServerCertificatesQuota": 20,
    "SigningCertificatesPerUserQuota": 2,
    "UserPolicySizeQuota": 2048,
    "UsersQuota": 5000,
    "VersionsPerPolicyQuota": 5,
    "GlobalEndpointTokenVersion": 1,
}


def create_account_alias(call: Call) -> Document:
    """An account has one alias: another takes its place."""
    for held in list(call.list("AccountAlias")):
        if held.key == call["AccountAlias"]:
            raise AwsError("EntityAlreadyExists", f"The account alias {held.key} already exists.")
        call.drop("AccountAlias", held)
    call.keep("AccountAlias", {"AccountAlias": call["AccountAlias"]})
    return {}


def delete_account_alias(call: Call) -> Document:
    held = call.find("AccountAlias", call["AccountAlias"])
    if held is None:
        raise AwsError("NoSuchEntity", f"The account alias {call['AccountAlias']} cannot be found.")
    call.drop("AccountAlias", held)
    return {}


def list_account_aliases(call: Call) -> Document:
    return {"AccountAliases": [alias.key for alias in call.list("AccountAlias")]}


def set_security_token_service_preferences(call: Call) -> Document:
    version = 2 if call["GlobalEndpointTokenVersion"] == "v2Token" else 1
    store_of(call).keep_note(f"iam token version {call.account}", {"version": version})
    return {}


def get_account_summary(call: Call) -> Document:
    def count(kind: str) -> int:
        return sum(1 for _ in call.list(kind))

    devices = list(call.list("VirtualMFADevice"))
    held = list(call.list("Policy"))
    tokens = store_of(call).note(f"iam token version {call.account}") or {"version": 1}
    found = {
        "Users": count("User"),
        "Groups": count("Group"),
        "Roles": count("Role"),
        "InstanceProfiles": count("InstanceProfile"),
        "Policies": len(held),
        "PolicyVersionsInUse": sum(len(policy["versions"]) for policy in held),
        "Providers": count("SAMLProvider") + count("OpenIDConnectProvider"),
        "ServerCertificates": count("ServerCertificate"),
        "MFADevices": len(devices),
        "MFADevicesInUse": sum(1 for device in devices if device.get("UserName")),
        "AccountMFAEnabled": 0,
        "AccountAccessKeysPresent": 1,
        "AccountPasswordPresent": 1,
        "AccountSigningCertificatesPresent": 0,
    }
    return {"SummaryMap": dict(sorted({**QUOTAS, **found, "GlobalEndpointTokenVersion": tokens["version"]}.items()))}


def get_account_authorization_details(call: Call) -> Document:
    wanted = call.get("Filter") or ["User", "Group", "Role", "LocalManagedPolicy", "AWSManagedPolicy"]
    users = [_user(call, row) for row in call.list("User")] if "User" in wanted else []
    groups = [_group(call, row) for row in call.list("Group")] if "Group" in wanted else []
    found = [_role(call, row) for row in call.list("Role")] if "Role" in wanted else []
    local: list[Document] = list(call.list("Policy")) if "LocalManagedPolicy" in wanted else []
    if "AWSManagedPolicy" in wanted:
        local += _used_of_aws(call)
    return {
        "UserDetailList": users,
        "GroupDetailList": groups,
        "RoleDetailList": found,
        "Policies": [_policy(call, policy) for policy in local],
    }


def _inline(entity: Document) -> list[Document]:
    return [{"PolicyName": name, "PolicyDocument": quoted(text)} for name, text in entity.get("inline", {}).items()]


def _user(call: Call, user: Resource) -> Document:
    held = {"GroupList": user.get("groups", []), "AttachedManagedPolicies": attached(call, user)}
    inline = _inline(user)
    return {**user, **held, "Tags": user.get("Tags", []), **({"UserPolicyList": inline} if inline else {})}


def _group(call: Call, group: Resource) -> Document:
    return {**group, "GroupPolicyList": _inline(group), "AttachedManagedPolicies": attached(call, group)}


def _role(call: Call, role: Resource) -> Document:
    profiles = roles.list_instance_profiles_for_role(_asking(call, role))["InstanceProfiles"]
    shown = without(roles.shown(role), "MaxSessionDuration", "Description")
    held = {"RolePolicyList": _inline(role), "AttachedManagedPolicies": attached(call, role)}
    return {**shown, "InstanceProfileList": profiles, **held, "Tags": role.get("Tags", []), "RoleLastUsed": {}}


def _asking(call: Call, role: Resource) -> Call:
    """The same call, asking for one role."""
    asking = call.of()
    asking.params = {"RoleName": role["RoleName"]}
    return asking


def _used_of_aws(call: Call) -> list[Document]:
    arns = {arn for kind in policies.HOLDERS for row in call.list(kind) for arn in row.get("attached", ())}
    found = (managed.policy(arn) for arn in sorted(arns) if managed.is_managed(arn))
    return [policy for policy in found if policy is not None]


def _policy(call: Call, policy: Document) -> Document:
    versions = [{**version, "Document": quoted(version["Document"])} for version in policy["versions"]]
    return {**without(policies.counted(call, policy), "Tags"), "PolicyVersionList": versions}
