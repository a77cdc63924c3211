"""Public keys and certificates: of users for SSH and for signing, and of servers."""

from __future__ import annotations

import hashlib
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.naming import arn_for, refusal
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.iam.entities import named, new_tags, under

Document = dict[str, Any]
MOST_SSH_KEYS, MOST_SIGNING = 5, 2


# SSH keys


def upload_ssh_public_key(call: Call) -> Document:
    user, body = call.read("User"), call["SSHPublicKeyBody"].strip()
    held = list(call.list("SSHPublicKey", UserName=user["UserName"]))
    if len(held) >= MOST_SSH_KEYS:
        raise AwsError("LimitExceeded", f"Cannot exceed quota for SSHPublicKeysPerUser: {MOST_SSH_KEYS}")
    if any(key["SSHPublicKeyBody"] == body for key in held):
        raise AwsError("DuplicateSSHPublicKey", "Duplicate SSH public key.")
    key = {
        "UserName": user["UserName"],
        "SSHPublicKeyId": call.make("APKA{upper17}"),
        "Fingerprint": _fingerprint(body),
        "SSHPublicKeyBody": body,
        "Status": "Active",
        "UploadDate": call.now,
    }
    call.keep("SSHPublicKey", key)
    return {"SSHPublicKey": key}


def _fingerprint(body: str) -> str:
    """The MD5 of the key's DER form, in pairs of hexadecimal digits."""
    from cryptography.hazmat.primitives import serialization as forms

    try:
        data = body.encode()
        key = forms.load_ssh_public_key(data) if body.startswith("ssh-") else forms.load_pem_public_key(data)
    except ValueError as fault:
        raise AwsError("InvalidPublicKey", "The public key is malformed or otherwise invalid.") from fault
    der = key.public_bytes(forms.Encoding.DER, forms.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.md5(der, usedforsecurity=False).digest().hex(":")


def get_ssh_public_key(call: Call) -> Document:
    """In the form asked for, whichever it came in."""
    from cryptography.hazmat.primitives import serialization as forms

    key = _of_user(call, "SSHPublicKey", call["SSHPublicKeyId"])
    data = key["SSHPublicKeyBody"].encode()
    parsed = forms.load_ssh_public_key(data) if data.startswith(b"ssh-") else forms.load_pem_public_key(data)
    if call["Encoding"] == "SSH":
        body = parsed.public_bytes(forms.Encoding.OpenSSH, forms.PublicFormat.OpenSSH)
    else:
        body = parsed.public_bytes(forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo)
    return {"SSHPublicKey": {**key, "SSHPublicKeyBody": body.decode().strip()}}


def list_ssh_public_keys(call: Call) -> Document:
    found = call.page(call.list("SSHPublicKey", UserName=named(call)["UserName"]))
    members = ("UserName", "SSHPublicKeyId", "Status", "UploadDate")
    return {"SSHPublicKeys": [{member: key[member] for member in members} for key in found]}


def update_ssh_public_key(call: Call) -> Document:
    return _update(call, "SSHPublicKey", _of_user(call, "SSHPublicKey", call["SSHPublicKeyId"]))


def delete_ssh_public_key(call: Call) -> Document:
    call.drop("SSHPublicKey", _of_user(call, "SSHPublicKey", call["SSHPublicKeyId"]))
    return {}


def _of_user(call: Call, kind: str, key: str) -> Resource:
    user, found = named(call), call.find(kind, key)
    if found is None or found["UserName"] != user["UserName"]:
        raise refusal(call, kind, "missing", key)
    return found


def _update(call: Call, kind: str, key: Resource) -> Document:
    key["Status"] = call["Status"]
    call.keep(kind, key)
    return {}


# Signing certificates


def upload_signing_certificate(call: Call) -> Document:
    user, body = named(call), call["CertificateBody"]
    _certificate(body)
    held = list(call.list("SigningCertificate", UserName=user["UserName"]))
    if len(held) >= MOST_SIGNING:
        raise AwsError("LimitExceeded", f"Cannot exceed quota for CertificatesPerUser: {MOST_SIGNING}")
    if any(each["CertificateBody"] == body for each in held):
        raise AwsError("DuplicateCertificate", "Duplicate certificate.")
    certificate = {
        "UserName": user["UserName"],
        "CertificateId": call.make("{upper24}"),
        "CertificateBody": body,
        "Status": "Active",
        "UploadDate": call.now,
    }
    call.keep("SigningCertificate", certificate)
    return {"Certificate": certificate}


def _certificate(body: str) -> Any:
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificate(body.encode())
    except ValueError as fault:
        raise AwsError("MalformedCertificate", "Certificate file is malformed") from fault


def list_signing_certificates(call: Call) -> Document:
    return {"Certificates": call.page(call.list("SigningCertificate", UserName=named(call)["UserName"]))}


def update_signing_certificate(call: Call) -> Document:
    return _update(call, "SigningCertificate", _of_user(call, "SigningCertificate", call["CertificateId"]))


def delete_signing_certificate(call: Call) -> Document:
    call.drop("SigningCertificate", _of_user(call, "SigningCertificate", call["CertificateId"]))
    return {}


# Server certificates


def upload_server_certificate(call: Call) -> Document:
    """The private key is checked against the certificate, and not kept: IAM never shows it again."""
    name, path = call["ServerCertificateName"], call.get("Path", "/")
    if call.find("ServerCertificate", name) is not None:
        raise refusal(call, "ServerCertificate", "exists", name)
    certificate = _certificate(call["CertificateBody"])
    _check_private_key(certificate, call["PrivateKey"])
    metadata = {
        "Path": path,
        "ServerCertificateName": name,
        "ServerCertificateId": call.make("ASCA{upper17}"),
        "Arn": _arn(call, path, name),
        "UploadDate": call.now,
        "Expiration": certificate.not_valid_after_utc.timestamp(),
    }
    kept: Document = {**metadata, "body": call["CertificateBody"], "chain": call.get("CertificateChain")}
    tags = new_tags(call)
    kept["Tags"] = tags
    call.keep("ServerCertificate", kept)
    return {"ServerCertificateMetadata": metadata, **({"Tags": tags} if tags else {})}


def _check_private_key(certificate: Any, text: str) -> None:
    from cryptography.hazmat.primitives import serialization as forms

    try:
        key = forms.load_pem_private_key(text.encode(), None)
    except (ValueError, TypeError) as fault:
        raise AwsError("MalformedCertificate", "Unable to parse key; failed to decode private key.") from fault
    if key.public_key() != certificate.public_key():
        raise AwsError("KeyPairMismatch", "The public key certificate and the private key do not match.")


def _arn(call: Call, path: str, name: str) -> str:
    return arn_for(call, "ServerCertificate", Path=path, ServerCertificateName=name)


METADATA = ("Path", "ServerCertificateName", "ServerCertificateId", "Arn", "UploadDate", "Expiration")


def _metadata(kept: Resource) -> Document:
    return {member: kept[member] for member in METADATA}


def get_server_certificate(call: Call) -> Document:
    kept = call.read("ServerCertificate")
    found: Document = {"ServerCertificateMetadata": _metadata(kept), "CertificateBody": kept["body"]}
    if kept["chain"]:
        found["CertificateChain"] = kept["chain"]
    return {"ServerCertificate": {**found, "Tags": kept["Tags"]}}


def list_server_certificates(call: Call) -> Document:
    found = call.page(under(call, call.list("ServerCertificate")))
    return {"ServerCertificateMetadataList": [_metadata(kept) for kept in found]}


def update_server_certificate(call: Call) -> Document:
    kept = call.read("ServerCertificate")
    name, path = call.get("NewServerCertificateName", kept.key), call.get("NewPath", kept["Path"])
    if name != kept.key and call.find("ServerCertificate", name) is not None:
        raise refusal(call, "ServerCertificate", "exists", name)
    call.drop("ServerCertificate", kept)
    call.keep("ServerCertificate", {**kept, "ServerCertificateName": name, "Path": path, "Arn": _arn(call, path, name)})
    return {}


def delete_server_certificate(call: Call) -> Document:
    call.drop("ServerCertificate", call.read("ServerCertificate"))
    return {}
