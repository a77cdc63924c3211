"""The material of keys: what each spec is good for, how it is made, and the ciphertexts that it makes.

A ciphertext names the key and the material that made it, so that Decrypt needs neither; the encryption context is
authenticated with it (AES-256-GCM, as AWS says of its own).
"""

from __future__ import annotations

import json
import struct
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

from fakeaws.core.resources.places import drawn

if TYPE_CHECKING:
    from fakeaws.core.pipeline.call import Call
    from fakeaws.core.store.tables import Resource

Document = dict[str, Any]
MAGIC = b"\x01\x02\x02\x00"
NONCE = 12
RSA_SIGNING = [f"RSASSA_{way}_SHA_{size}" for way in ("PKCS1_V1_5", "PSS") for size in (256, 384, 512)]
RSA_ENCRYPTION = ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]
CURVES = {
    "ECC_NIST_P256": ("SECP256R1", "ECDSA_SHA_256"),
    "ECC_NIST_P384": ("SECP384R1", "ECDSA_SHA_384"),
    "ECC_NIST_P521": ("SECP521R1", "ECDSA_SHA_512"),
    "ECC_SECG_P256K1": ("SECP256K1", "ECDSA_SHA_256"),
}
"""The curve of a spec, as the library calls it, and what it signs with."""
MEMBERS = {
    "ENCRYPT_DECRYPT": "EncryptionAlgorithms",
    "SIGN_VERIFY": "SigningAlgorithms",
    "GENERATE_VERIFY_MAC": "MacAlgorithms",
    "KEY_AGREEMENT": "KeyAgreementAlgorithms",
}
"""Where the metadata of a key says what it can do, by its use."""


def algorithms(spec: str) -> dict[str, list[str]]:
    """What a key of a spec can be used for, and with which algorithms."""
    if spec == "SYMMETRIC_DEFAULT":
        return {"ENCRYPT_DECRYPT": ["SYMMETRIC_DEFAULT"]}
    if spec.startswith("RSA_"):
        return {"ENCRYPT_DECRYPT": RSA_ENCRYPTION, "SIGN_VERIFY": RSA_SIGNING}
    if spec.startswith("HMAC_"):
        return {"GENERATE_VERIFY_MAC": [spec.replace("HMAC_", "HMAC_SHA_")]}
    if spec in CURVES:
        agreement = {} if spec == "ECC_SECG_P256K1" else {"KEY_AGREEMENT": ["ECDH"]}
        return {"SIGN_VERIFY": [CURVES[spec][1]], **agreement}
    return {}


def is_known(spec: str) -> bool:
    """Whether keys of a spec can be made here."""
    return bool(algorithms(spec))


def new(call: Call, spec: str) -> Document:
    """Fresh material: random bytes, or a private key in DER."""
    if spec == "SYMMETRIC_DEFAULT" or spec.startswith("HMAC_"):
        size = 32 if spec == "SYMMETRIC_DEFAULT" else int(spec.removeprefix("HMAC_")) // 8
        secret = drawn(call, size)
    else:
        secret = new_private(spec)
    return {"id": call.make("{hex64}"), "secret": b64encode(secret).decode(), "created": call.now}


def new_private(spec: str) -> bytes:
    """A private key of an asymmetric spec, PKCS #8 in DER."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    made: Any
    if spec.startswith("RSA_"):
        made = rsa.generate_private_key(public_exponent=65537, key_size=int(spec.removeprefix("RSA_")))
    else:
        made = ec.generate_private_key(getattr(ec, CURVES[spec][0])())
    form = serialization.PrivateFormat.PKCS8
    found: bytes = made.private_bytes(serialization.Encoding.DER, form, serialization.NoEncryption())
    return found


def secret_of(key: Resource, identifier: str | None = None) -> bytes:
    """The secret of a key, of its newest material unless another is named; KeyError where it has none of that id."""
    for one in reversed(key["materials"]):
        if identifier in (None, one["id"]):
            return b64decode(one["secret"])
    raise KeyError(identifier)


def private_of(key: Resource) -> Any:
    """The private key of an asymmetric key, as the library has it."""
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    return load_der_private_key(secret_of(key), None)


def public_der(private: Any) -> bytes:
    """The public key that belongs to a private one: a SubjectPublicKeyInfo in DER (RFC 5280)."""
    from cryptography.hazmat.primitives import serialization

    form = serialization.PublicFormat.SubjectPublicKeyInfo
    found: bytes = private.public_key().public_bytes(serialization.Encoding.DER, form)
    return found


def seal(call: Call, key: Resource, plaintext: bytes, context: Document) -> bytes:
    """A ciphertext that says which key and material it is of."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    names = f"{key['Arn']} {key['CurrentKeyMaterialId']}".encode()
    nonce = drawn(call, NONCE)
    head = MAGIC + struct.pack(">H", len(names)) + names
    return head + nonce + AESGCM(secret_of(key)).encrypt(nonce, plaintext, _bound(head, context))


def opened(key: Resource, identifier: str, blob: bytes, context: Document) -> bytes | None:
    """The plaintext; None where the ciphertext or the encryption context is another one."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    size = len(MAGIC) + 2 + struct.unpack_from(">H", blob, len(MAGIC))[0]
    head, nonce, sealed = blob[:size], blob[size : size + NONCE], blob[size + NONCE :]
    try:
        return AESGCM(secret_of(key, identifier)).decrypt(nonce, sealed, _bound(head, context))
    except (InvalidTag, KeyError, ValueError):
        return None


def named_in(blob: bytes) -> tuple[str, str] | None:
    """The ARN of the key and the id of the material that a ciphertext names; None if it is none of ours."""
    if not blob.startswith(MAGIC) or len(blob) < len(MAGIC) + 2:
        return None
    size = struct.unpack_from(">H", blob, len(MAGIC))[0]
    names = blob[len(MAGIC) + 2 : len(MAGIC) + 2 + size].decode("ascii", "replace").split(" ")
    return (names[0], names[1]) if len(names) == 2 else None


def _bound(head: bytes, context: Document) -> bytes:
    return head + json.dumps(context, sort_keys=True).encode()
