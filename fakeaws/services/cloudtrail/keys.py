"""The keys that digests are signed with, one a region."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.resources.places import store_of
from fakeaws.core.store.key import seal, unseal

Document = dict[str, Any]
NOTE = "cloudtrail key {region}"
VALID = 365 * 86400


def list_public_keys(call: Call) -> Document:
    """The public keys in PKCS#1 form that were in use within a time, in the region."""
    held = store_of(call).note(NOTE.format(region=call.region))
    since, until = call.get("StartTime", call.now), call.get("EndTime", call.now)
    if held is None or held["made"] > until or held["made"] + VALID < since:
        return {"PublicKeyList": []}
    key = {"Value": bytes.fromhex(held["public"]), "Fingerprint": held["fingerprint"]}
    return {"PublicKeyList": [{**key, "ValidityStartTime": held["made"], "ValidityEndTime": held["made"] + VALID}]}


def fingerprint(call: Call, region: str) -> str:
    """The name of the region's key, which is made when it is first needed."""
    return str(_key(call, region)["fingerprint"])


def signature(call: Call, region: str, text: bytes) -> str:
    """The signature of a text in hexadecimal digits."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    private = unseal(store_of(call), _key(call, region)["private"])
    return bytes(_loaded(private).sign(text, PKCS1v15(), hashes.SHA256())).hex()


@cache
def _loaded(text: str) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(text.encode(), None)


def _key(call: Call, region: str) -> Document:
    name = NOTE.format(region=region)
    held = store_of(call).note(name)
    if held is None:
        held = _made(call)
        store_of(call).keep_note(name, held)
    return held


def _made(call: Call) -> Document:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    private = rsa.generate_private_key(65537, 2048)
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
    text = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    sealed = seal(store_of(call), text)
    fingerprint = hashlib.md5(public, usedforsecurity=False).hexdigest()
    return {"private": sealed, "public": public.hex(), "fingerprint": fingerprint, "made": call.now - 86400}
