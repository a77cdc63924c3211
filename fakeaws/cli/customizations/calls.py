"""What the client does around every call: last edits of the parameters, and decoding of the answers.

Not a service's module: botocore and the AWS CLI attach this to the call itself, so it applies to high-level commands
too.
"""

from __future__ import annotations

import binascii
import json
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

Document = dict[str, Any]

PROTOCOLS = {"tcp": "6", "udp": "17", "icmp": "1", "all": "-1"}

BUCKET_RULE = (
    'Bucket name must match the regex "^[a-zA-Z0-9.\\-_]{1,255}$" or be an ARN matching the regex '
    '"^arn:(aws).*:(s3|s3-object-lambda):[a-z\\-0-9]*:[0-9]{12}:accesspoint[/:][a-zA-Z0-9\\-.]{1,63}$'
    "|^arn:(aws).*:s3-outposts:[a-z\\-0-9]+:[0-9]{12}:outpost[/:][a-zA-Z0-9\\-]{1,63}[/:]accesspoint[/:]"
    '[a-zA-Z0-9\\-]{1,63}$"'
)

REDIRECT_ADVICE = (
    "\nYou can fix this issue by explicitly providing the correct region location using the --region argument, the "
    "AWS_DEFAULT_REGION environment variable, or the region variable in the AWS CLI configuration file.  You can get "
    'the bucket\'s location by running "aws s3api get-bucket-location --bucket BUCKET".'
)


def edit(service: str, operation: str, params: Document) -> Document:
    """The parameters as the client sends them."""
    function = EDITS.get((service, operation)) or EDITS.get((service, "*"))
    return function(dict(params)) if function is not None else params


def decode(service: str, operation: str, answer: Document) -> Document:
    """The answer as the client shows it: policies and templates as documents."""
    for path in DECODED.get((service, operation), ()):
        _decode_at(answer, path.split("."))
    if (service, operation) in ORDERED and isinstance(answer.get(ORDERED[service, operation]), dict):
        name = ORDERED[service, operation]
        answer = {**answer, name: _ordered(answer[name])}
    return answer


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return OrderedDict((key, _ordered(item)) for key, item in value.items())
    return [_ordered(item) for item in value] if isinstance(value, list) else value


def explain(service: str, code: str, message: str, fields: Document) -> str:
    """A service's message, with AWS CLI's own advice where it has any."""
    if (service, code) == ("s3", "PermanentRedirect") and "Endpoint" in fields:
        return f"{message.rstrip('.')}: {fields['Endpoint']}{REDIRECT_ADVICE}"
    return message


def refuse(service: str, params: Document) -> str | None:
    """What is wrong with the parameters beside what the model says."""
    import re

    bucket = params.get("Bucket")
    if service != "s3" or not isinstance(bucket, str) or re.fullmatch(r"[a-zA-Z0-9.\-_]{1,255}|arn:aws.*", bucket):
        return None
    return f'Invalid bucket name "{bucket}": {BUCKET_RULE}'


def _strip_route53_prefix(params: Document) -> Document:
    for name in ("HostedZoneId", "Id", "DelegationSetId", "ChangeId"):
        value = params.get(name)
        if isinstance(value, str) and value.startswith(("/hostedzone/", "/change/", "/delegationset/")):
            params[name] = value.rpartition("/")[2]
    return params


def _encode_user_data(params: Document) -> Document:
    data = params.get("UserData")
    if isinstance(data, str | bytes):
        params["UserData"] = _base64(data.encode() if isinstance(data, str) else data)
    return params


def _run_instances(params: Document) -> Document:
    """One instance by default; beside network interfaces, the parameters of an interface go into the first one."""
    params.setdefault("MaxCount", 1)
    params.setdefault("MinCount", 1)
    interfaces = params.get("NetworkInterfaces")
    if interfaces and ("AssociatePublicIpAddress" in interfaces[0] or "PrivateIpAddresses" in interfaces[0]):
        interfaces = params["NetworkInterfaces"] = [dict(interfaces[0]), *interfaces[1:]]
        _move_into(interfaces[0], params)
    return _encode_user_data(params)


def _move_into(interface: Document, params: Document) -> None:
    if "SubnetId" in params:
        interface["SubnetId"] = params.pop("SubnetId")
    if "SecurityGroupIds" in params:
        interface["Groups"] = params.pop("SecurityGroupIds")
    if "PrivateIpAddress" in params:
        address = {"PrivateIpAddress": params.pop("PrivateIpAddress"), "Primary": True}
        interface["PrivateIpAddresses"] = [address]


def _number_protocol(params: Document) -> Document:
    protocol = params.get("Protocol")
    if isinstance(protocol, str):
        params["Protocol"] = PROTOCOLS.get(protocol.lower(), protocol)
    return params


def _sign_policy(params: Document) -> Document:
    """The secret key given for the bundle's upload policy is used to sign it, and not sent."""
    import hashlib
    import hmac

    s3 = dict(params.get("Storage", {}).get("S3", {}))
    if "_SAK" in s3:
        secret, policy = s3.pop("_SAK"), s3.get("UploadPolicy", "")
        text = _base64(policy if isinstance(policy, bytes) else str(policy).encode()).encode()
        s3["UploadPolicySignature"] = _base64(hmac.new(secret.encode(), text, hashlib.sha1).digest())
        params["Storage"] = {**params["Storage"], "S3": s3}
    return params


def _encode_customer_keys(params: Document) -> Document:
    """A customer's key goes with its MD5, both in base64."""
    import hashlib

    for prefix in ("SSECustomerKey", "CopySourceSSECustomerKey"):
        key = params.get(prefix)
        if key is not None and f"{prefix}MD5" not in params:
            raw = key.encode() if isinstance(key, str) else bytes(key)
            params[prefix] = _base64(raw)
            params[f"{prefix}MD5"] = _base64(hashlib.md5(raw, usedforsecurity=False).digest())
    return params


EDITS: dict[tuple[str, str], Callable[[Document], Document]] = {
    ("autoscaling", "CreateLaunchConfiguration"): _encode_user_data,
    ("ec2", "RunInstances"): _run_instances,
    ("ec2", "BundleInstance"): _sign_policy,
    ("ec2", "CreateNetworkAclEntry"): _number_protocol,
    ("ec2", "ReplaceNetworkAclEntry"): _number_protocol,
    ("route53", "*"): _strip_route53_prefix,
    ("s3", "*"): _encode_customer_keys,
}

DECODED: dict[tuple[str, str], tuple[str, ...]] = {
    ("cloudformation", "GetTemplate"): ("TemplateBody",),
    ("iam", "GetPolicyVersion"): ("PolicyVersion.Document",),
    ("iam", "CreatePolicyVersion"): ("PolicyVersion.Document",),
    ("iam", "ListPolicyVersions"): ("Versions.Document",),
    ("iam", "GetRole"): ("Role.AssumeRolePolicyDocument",),
    ("iam", "CreateRole"): ("Role.AssumeRolePolicyDocument",),
    ("iam", "UpdateRoleDescription"): ("Role.AssumeRolePolicyDocument",),
    ("iam", "CreateServiceLinkedRole"): ("Role.AssumeRolePolicyDocument",),
    ("iam", "ListRoles"): ("Roles.AssumeRolePolicyDocument",),
    ("iam", "GetRolePolicy"): ("PolicyDocument",),
    ("iam", "GetUserPolicy"): ("PolicyDocument",),
    ("iam", "GetGroupPolicy"): ("PolicyDocument",),
    ("iam", "GetInstanceProfile"): ("InstanceProfile.Roles.AssumeRolePolicyDocument",),
    ("iam", "CreateInstanceProfile"): ("InstanceProfile.Roles.AssumeRolePolicyDocument",),
    ("iam", "ListInstanceProfiles"): ("InstanceProfiles.Roles.AssumeRolePolicyDocument",),
    ("iam", "ListInstanceProfilesForRole"): ("InstanceProfiles.Roles.AssumeRolePolicyDocument",),
    ("iam", "GetAccountAuthorizationDetails"): (
        "UserDetailList.UserPolicyList.PolicyDocument",
        "GroupDetailList.GroupPolicyList.PolicyDocument",
        "RoleDetailList.AssumeRolePolicyDocument",
        "RoleDetailList.RolePolicyList.PolicyDocument",
        "RoleDetailList.InstanceProfileList.Roles.AssumeRolePolicyDocument",
        "Policies.PolicyVersionList.Document",
    ),
}
"""Members that hold a document as text; the path goes through every item of a list."""

ORDERED = {("cloudformation", "GetTemplate"): "TemplateBody"}
"""Members whose order is kept even in YAML, where an OrderedDict shows as `!!omap`."""


def _decode_at(part: Any, path: list[str]) -> None:
    if isinstance(part, list):
        for item in part:
            _decode_at(item, path)
    elif isinstance(part, dict) and path[0] in part:
        if path[1:]:
            _decode_at(part[path[0]], path[1:])
        elif isinstance(part[path[0]], str):
            part[path[0]] = _document(part[path[0]])


def _base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode()


def _document(text: str) -> Any:
    if text.startswith("%"):
        from urllib.parse import unquote

        text = unquote(text)
    try:
        return json.loads(text)
    except ValueError:
        return text
