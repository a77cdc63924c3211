"""Access control lists of buckets and objects: canned, granted by header, or given whole."""

from __future__ import annotations

import re
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.caller import canonical_user
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.s3.base import stored

Document = dict[str, Any]
Grants = list[Document]
OWNERSHIPS = ("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter")
ALL = "http://acs.amazonaws.com/groups/global/AllUsers"
AUTHENTICATED = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
LOG_DELIVERY = "http://acs.amazonaws.com/groups/s3/LogDelivery"
CANNED: dict[str, list[tuple[str, str]]] = {
    "private": [],
    "public-read": [(ALL, "READ")],
    "public-read-write": [(ALL, "READ"), (ALL, "WRITE")],
    "authenticated-read": [(AUTHENTICATED, "READ")],
    "log-delivery-write": [(LOG_DELIVERY, "WRITE"), (LOG_DELIVERY, "READ_ACP")],
    "aws-exec-read": [],
    "bucket-owner-read": [],
    "bucket-owner-full-control": [],
}
HEADERS = {
    "GrantFullControl": "FULL_CONTROL",
    "GrantRead": "READ",
    "GrantReadACP": "READ_ACP",
    "GrantWrite": "WRITE",
    "GrantWriteACP": "WRITE_ACP",
}
_GRANTEE = re.compile(r'\s*(id|uri|emailAddress)\s*=\s*+"?([^",]++)"?\s*')


def given(call: Call, bucket: Document, account: str) -> Grants:
    """The grants that the parameters make: a canned list, headers, or none but the owner's.

    Raises AwsError where the bucket takes no lists, which is so unless its ownership controls say otherwise.
    """
    canned = call.get("ACL")
    headers = [name for name in HEADERS if call.get(name)]
    if canned is None and not headers:
        return _owners(account)
    if canned is not None and headers:
        raise AwsError("InvalidRequest", "Specifying both Canned ACLs and Header Grants is not allowed", status=400)
    if canned is not None and canned not in CANNED:
        raise stored.invalid("", "x-amz-acl", canned)
    is_harmless = canned in ("private", "bucket-owner-full-control")
    if bucket["ownership"] == "BucketOwnerEnforced" and not is_harmless:
        if call.operation.name == "CreateBucket":
            raise _forbidden()
        raise _not_allowed()
    _check_public(bucket, canned)
    if canned is not None:
        return _owners(account) + [_grant({"Type": "Group", "URI": uri}, right) for uri, right in CANNED[canned]]
    return [grant for name in headers for grant in _from_header(name, call[name])]


def _check_public(bucket: Document, canned: str | None) -> None:
    block = bucket.get("settings", {}).get("PublicAccessBlock", {})
    if block.get("BlockPublicAcls") and canned in ("public-read", "public-read-write", "authenticated-read"):
        raise AwsError("AccessDenied", "Access Denied", status=403)


def check_closable(bucket: Document, account: str) -> None:
    """Refuse to do without lists where one lets others in."""
    if any(grant["Grantee"].get("ID") != canonical_user(account) for grant in bucket["acl"]):
        raise _forbidden()


def _forbidden() -> AwsError:
    text = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"
    return AwsError("InvalidBucketAclWithObjectOwnership", text, status=400)


def _not_allowed() -> AwsError:
    return AwsError("AccessControlListNotSupported", "The bucket does not allow ACLs", status=400)


def _owners(account: str) -> Grants:
    return [_grant({"ID": canonical_user(account), "Type": "CanonicalUser"}, "FULL_CONTROL")]


def _grant(grantee: Document, permission: str) -> Document:
    return {"Grantee": grantee, "Permission": permission}


def _from_header(name: str, text: str) -> Grants:
    """`id="…", uri="…"`: who is granted what the header stands for."""
    out = []
    for part in text.split(","):
        found = _GRANTEE.fullmatch(part)
        if found is None:
            raise stored.invalid("Argument format not recognized", f"x-amz-{name}", text)
        kind, value = found.groups()
        if kind == "uri":
            _check_group(value)
            grantee = {"Type": "Group", "URI": value}
        elif kind == "id":
            _check_id(value, "id")
            grantee = {"ID": value, "Type": "CanonicalUser"}
        else:
            raise _unresolvable(value)
        out.append(_grant(grantee, HEADERS[name]))
    return out


def _check_group(uri: str) -> None:
    if uri not in (ALL, AUTHENTICATED, LOG_DELIVERY):
        raise stored.invalid("Invalid group uri", "uri", uri)


def _check_id(user: str, name: str = "CanonicalUser/ID") -> None:
    if not re.fullmatch(r"[0-9a-f]{64}", user):
        raise stored.invalid("Invalid id", name, user)


def _unresolvable(address: str) -> AwsError:
    text = "The e-mail address you provided does not match any account on record."
    return AwsError("UnresolvableGrantByEmailAddress", text, status=400, EmailAddress=address)


def _malformed() -> AwsError:
    text = "The XML you provided was not well-formed or did not validate against our published schema"
    return AwsError("MalformedACLError", text, status=400)


def _put(call: Call, bucket: Document, account: str) -> Grants:
    policy = call.get("AccessControlPolicy")
    if policy is None:
        if call.get("ACL") is None and not any(call.get(name) for name in HEADERS):
            raise AwsError(
                "MissingSecurityHeader",
                "Your request was missing a required header",
                status=400,
                MissingHeaderName="x-amz-acl",
            )
        return given(call, bucket, account)
    if call.get("ACL") is not None or any(call.get(name) for name in HEADERS):
        raise AwsError("UnexpectedContent", "This request does not support content", status=400)
    if "Grants" not in policy or "Owner" not in policy:
        raise _malformed()
    if policy["Owner"].get("ID", canonical_user(account)) != canonical_user(account):
        raise AwsError("AccessDenied", "Access Denied", status=403)
    grants: Grants = policy["Grants"]
    for grant in grants:
        _check_grant(grant)
    if bucket["ownership"] == "BucketOwnerEnforced" and grants != _owners(account):
        raise _not_allowed()
    return grants


def _check_grant(grant: Document) -> None:
    grantee = grant.get("Grantee", {})
    if "Permission" not in grant or grantee.get("Type") not in ("Group", "CanonicalUser", "AmazonCustomerByEmail"):
        raise _malformed()
    if grantee["Type"] == "AmazonCustomerByEmail":
        raise _unresolvable(grantee.get("EmailAddress", ""))
    if grantee["Type"] == "Group":
        _check_group(grantee.get("URI", ""))
    elif grantee["Type"] == "CanonicalUser":
        _check_id(grantee.get("ID", ""))


def _answer(account: str, grants: Grants) -> Document:
    return {"Owner": {"ID": canonical_user(account)}, "Grants": grants}


def get_bucket_acl(call: Call) -> Document:
    bucket = stored.bucket(call)
    return _answer(bucket.scope[0], bucket["acl"])


def put_bucket_acl(call: Call) -> Document:
    bucket = stored.bucket(call)
    bucket["acl"] = _put(call, bucket, bucket.scope[0])
    stored.save_bucket(call, bucket)
    return {}


def get_object_acl(call: Call) -> Document:
    bucket = stored.bucket(call)
    found = stored.wanted(call, bucket)
    return _answer(bucket.scope[0], _grants(bucket, found))


def _grants(bucket: Resource, found: Document) -> Grants:
    grants: Grants = found.get("acl") or _owners(bucket.scope[0])
    return grants


def put_object_acl(call: Call) -> Document:
    bucket = stored.bucket(call)
    found = stored.wanted(call, bucket)
    found["acl"] = _put(call, bucket, bucket.scope[0])
    stored.save(call, found)
    return {}
