"""Key pairs: real keys, of which the cloud keeps only the public half."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources import filters, kinds
from fakeaws.core.resources.naming import refusal
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.ec2.resources import tags_for

Document = dict[str, Any]


def create_key_pair(call: Call) -> Document:
    """The private key is in the answer and nowhere else."""
    _refuse_duplicate(call)
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

    if call.get("KeyFormat", "pem") != "pem":
        raise AwsError("NotImplemented", "fakeaws makes key pairs in the format pem only: --key-format ppk", status=501)
    kind = call.get("KeyType", "rsa")
    if kind == "ed25519":
        key: Any = ed25519.Ed25519PrivateKey.generate()
        style = form.PrivateFormat.OpenSSH
    else:
        key = rsa.generate_private_key(65537, 2048)
        style = form.PrivateFormat.TraditionalOpenSSL
    material = key.private_bytes(form.Encoding.PEM, style, form.NoEncryption()).decode().rstrip("\n")
    public = key.public_key().public_bytes(form.Encoding.OpenSSH, form.PublicFormat.OpenSSH).decode()
    if kind == "ed25519":
        fingerprint = _sha256(public)
    else:
        der = key.private_bytes(form.Encoding.DER, form.PrivateFormat.PKCS8, form.NoEncryption())
        fingerprint = _colons(hashlib.sha1(der).hexdigest())
    kept = _keep(call, kind, fingerprint, public)
    return {**_shown(kept), "KeyMaterial": material}


def import_key_pair(call: Call) -> Document:
    _refuse_duplicate(call)
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

    try:
        key = form.load_ssh_public_key(call["PublicKeyMaterial"].strip())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise AwsError("InvalidKey.Format", "Key is not in valid OpenSSH public key format") from error
    if not isinstance(key, (rsa.RSAPublicKey, ed25519.Ed25519PublicKey)):
        raise AwsError("InvalidKey.Format", "Key is not in valid OpenSSH public key format")
    public = key.public_bytes(form.Encoding.OpenSSH, form.PublicFormat.OpenSSH).decode()
    if isinstance(key, ed25519.Ed25519PublicKey):
        return _shown(_keep(call, "ed25519", _sha256(public), public))
    der = key.public_bytes(form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo)
    return _shown(_keep(call, "rsa", _colons(hashlib.md5(der).hexdigest()), public))


def describe_key_pairs(call: Call) -> Document:
    found = [
        {**pair, "PublicKey": f"{pair['public']} {pair['KeyName']}\n" if call.get("IncludePublicKey") else None}
        for pair in _described(call)
    ]
    return {"KeyPairs": found}


def _described(call: Call) -> list[Resource]:
    declared = kinds.kind("ec2", "KeyPair")
    named = [call.read("KeyPair", name) for name in call.get("KeyNames", ())]
    named += [_by_id(call, key) for key in call.get("KeyPairIds", ())]
    if "KeyNames" in call or "KeyPairIds" in call:
        return [pair for pair in named if filters.matching(declared, call.get("Filters"), pair)]
    return list(filters.selected(call, "KeyPair", call.get("Filters")))


def delete_key_pair(call: Call) -> Document:
    """A key pair that is not there is deleted with success all the same."""
    if "KeyPairId" in call:
        pair = next(call.list("KeyPair", KeyPairId=call["KeyPairId"]), None)
    elif "KeyName" in call:
        pair = call.find("KeyPair", call["KeyName"])
    else:
        raise AwsError("MissingParameter", "The request must contain the parameter KeyName or KeyPairId")
    if pair is not None:
        call.drop("KeyPair", pair)
        return {"Return": True, "KeyPairId": pair["KeyPairId"]}
    return {"Return": True}


def _by_id(call: Call, key: str) -> Resource:
    found = next(call.list("KeyPair", KeyPairId=key), None)
    if found is None:
        raise AwsError("InvalidKeyPair.NotFound", f"The key pair '{key}' does not exist")
    return found


def _refuse_duplicate(call: Call) -> None:
    if call.find("KeyPair", call["KeyName"]) is not None:
        raise refusal(call, "KeyPair", "exists")


def _keep(call: Call, kind: str, fingerprint: str, public: str) -> Resource:
    pair = {
        "KeyPairId": call.make("key-0{hex16}"),
        "KeyType": kind,
        "Tags": tags_for(call, "key-pair"),
        "CreateTime": call.now,
        "KeyName": call["KeyName"],
        "KeyFingerprint": fingerprint,
        "public": public,
    }
    return call.keep("KeyPair", pair)


def _shown(pair: Resource) -> Document:
    shown = {name: pair[name] for name in ("KeyName", "KeyPairId", "KeyFingerprint")}
    return {**shown, "Tags": pair["Tags"]} if pair["Tags"] else shown


def _colons(digits: str) -> str:
    return ":".join(digits[i : i + 2] for i in range(0, len(digits), 2))


def _sha256(public: str) -> str:
    return base64.b64encode(hashlib.sha256(base64.b64decode(public.split()[1])).digest()).decode()
