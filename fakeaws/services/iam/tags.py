"""Tags of everything in IAM that has them."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.store.tables import Resource
from fakeaws.services.iam import policies
from fakeaws.services.iam.entities import new_tags

Document = dict[str, Any]


def tag_user(call: Call) -> Document:
    return _tag(call, "User", call.read("User", call["UserName"]))


def untag_user(call: Call) -> Document:
    return _untag(call, "User", call.read("User", call["UserName"]))


def list_user_tags(call: Call) -> Document:
    return {"Tags": _sorted(call.read("User", call["UserName"]))}


def tag_role(call: Call) -> Document:
    return _tag(call, "Role", call.read("Role", call["RoleName"]))


def untag_role(call: Call) -> Document:
    return _untag(call, "Role", call.read("Role", call["RoleName"]))


def list_role_tags(call: Call) -> Document:
    return {"Tags": _sorted(call.read("Role", call["RoleName"]))}


def tag_policy(call: Call) -> Document:
    return _tag(call, "Policy", policies.own(call))


def untag_policy(call: Call) -> Document:
    return _untag(call, "Policy", policies.own(call))


def list_policy_tags(call: Call) -> Document:
    return {"Tags": _sorted(policies.read(call, call["PolicyArn"]))}


def tag_instance_profile(call: Call) -> Document:
    return _tag(call, "InstanceProfile", call.read("InstanceProfile", call["InstanceProfileName"]))


def untag_instance_profile(call: Call) -> Document:
    return _untag(call, "InstanceProfile", call.read("InstanceProfile", call["InstanceProfileName"]))


def list_instance_profile_tags(call: Call) -> Document:
    return {"Tags": _sorted(call.read("InstanceProfile", call["InstanceProfileName"]))}


def tag_mfa_device(call: Call) -> Document:
    return _tag(call, "VirtualMFADevice", call.read("VirtualMFADevice", call["SerialNumber"]))


def untag_mfa_device(call: Call) -> Document:
    return _untag(call, "VirtualMFADevice", call.read("VirtualMFADevice", call["SerialNumber"]))


def list_mfa_device_tags(call: Call) -> Document:
    return {"Tags": _sorted(call.read("VirtualMFADevice", call["SerialNumber"]))}


def tag_open_id_connect_provider(call: Call) -> Document:
    return _tag(call, "OpenIDConnectProvider", call.read("OpenIDConnectProvider", call["OpenIDConnectProviderArn"]))


def untag_open_id_connect_provider(call: Call) -> Document:
    return _untag(call, "OpenIDConnectProvider", call.read("OpenIDConnectProvider", call["OpenIDConnectProviderArn"]))


def list_open_id_connect_provider_tags(call: Call) -> Document:
    return {"Tags": _sorted(call.read("OpenIDConnectProvider", call["OpenIDConnectProviderArn"]))}


def tag_saml_provider(call: Call) -> Document:
    return _tag(call, "SAMLProvider", call.read("SAMLProvider", call["SAMLProviderArn"]))


def untag_saml_provider(call: Call) -> Document:
    return _untag(call, "SAMLProvider", call.read("SAMLProvider", call["SAMLProviderArn"]))


def list_saml_provider_tags(call: Call) -> Document:
    return {"Tags": _sorted(call.read("SAMLProvider", call["SAMLProviderArn"]))}


def tag_server_certificate(call: Call) -> Document:
    return _tag(call, "ServerCertificate", call.read("ServerCertificate", call["ServerCertificateName"]))


def untag_server_certificate(call: Call) -> Document:
    return _untag(call, "ServerCertificate", call.read("ServerCertificate", call["ServerCertificateName"]))


def list_server_certificate_tags(call: Call) -> Document:
    return {"Tags": _sorted(call.read("ServerCertificate", call["ServerCertificateName"]))}


def _tag(call: Call, kind: str, resource: Resource) -> Document:
    resource["Tags"] = new_tags(call, resource.get("Tags", ()))
    call.keep(kind, resource)
    return {}


def _untag(call: Call, kind: str, resource: Resource) -> Document:
    gone = {key.lower() for key in call["TagKeys"]}
    resource["Tags"] = [tag for tag in resource.get("Tags", ()) if tag["Key"].lower() not in gone]
    call.keep(kind, resource)
    return {}


def _sorted(resource: Document) -> list[Document]:
    return sorted(resource.get("Tags", ()), key=lambda tag: str(tag["Key"]))
