"""Signatures, message authentication codes, public keys and shared secrets."""

from __future__ import annotations

import hmac
from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.handlers import not_implemented
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.kms import material
from fakeaws.services.kms.resources import invalid, must_be_enabled, read, usable

Document = dict[str, Any]


def sign(call: Call) -> Document:
    """RAW messages are hashed here, a DIGEST is signed as it comes."""
    key, algorithm = _signing(call)
    digest = _digest(call, algorithm)
    private = material.private_of(key)
    ways = _ways(algorithm)
    return {"KeyId": key["Arn"], "Signature": private.sign(digest, *ways), "SigningAlgorithm": algorithm}


def verify(call: Call) -> Document:
    """A signature that is not right is an error, not an answer."""
    from cryptography.exceptions import InvalidSignature

    key, algorithm = _signing(call)
    public = material.private_of(key).public_key()
    try:
        public.verify(call["Signature"], _digest(call, algorithm), *_ways(algorithm))
    except InvalidSignature as error:
        raise AwsError("KMSInvalidSignatureException", "") from error
    return {"KeyId": key["Arn"], "SignatureValid": True, "SigningAlgorithm": algorithm}


def _signing(call: Call) -> tuple[Resource, str]:
    key, algorithm = usable(call, "SIGN_VERIFY"), call["SigningAlgorithm"]
    if algorithm not in key["SigningAlgorithms"]:
        said = f"Algorithm {algorithm} and key spec {key['KeySpec']} are incompatible."
        raise AwsError("InvalidKeyUsageException", said)
    return key, algorithm


def _hash(algorithm: str) -> Any:
    from cryptography.hazmat.primitives import hashes

    return getattr(hashes, f"SHA{algorithm[-3:]}")()


def _digest(call: Call, algorithm: str) -> bytes:
    from cryptography.hazmat.primitives.hashes import Hash

    form, message = call.get("MessageType", "RAW"), call["Message"]
    digest = _hash(algorithm)
    if form == "DIGEST":
        if len(message) != digest.digest_size:
            raise invalid("Digest is invalid length for algorithm " + algorithm + ".")
        return bytes(message)
    state = Hash(digest)
    state.update(message)
    return state.finalize()


def _ways(algorithm: str) -> tuple[Any, ...]:
    """The padding of RSA or the scheme of ECDSA, over a digest that is there already."""
    from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

    digest = _hash(algorithm)
    prehashed = utils.Prehashed(digest)
    if algorithm.startswith("ECDSA"):
        return (ec.ECDSA(prehashed),)
    if "PSS" in algorithm:
        return padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size), prehashed
    return padding.PKCS1v15(), prehashed


def generate_mac(call: Call) -> Document:
    key, algorithm, made = _mac(call)
    return {"Mac": made, "MacAlgorithm": algorithm, "KeyId": key["Arn"]}


def verify_mac(call: Call) -> Document:
    key, algorithm, made = _mac(call)
    if not hmac.compare_digest(made, call["Mac"]):
        raise AwsError("KMSInvalidMacException", "")
    return {"KeyId": key["Arn"], "MacValid": True, "MacAlgorithm": algorithm}


def _mac(call: Call) -> tuple[Resource, str, bytes]:
    key, algorithm = usable(call, "GENERATE_VERIFY_MAC"), call["MacAlgorithm"]
    if algorithm not in key["MacAlgorithms"]:
        said = f"Algorithm {algorithm} and key spec {key['KeySpec']} are incompatible."
        raise AwsError("InvalidKeyUsageException", said)
    return key, algorithm, hmac.digest(material.secret_of(key), call["Message"], f"sha{algorithm[-3:]}")


def get_public_key(call: Call) -> Document:
    key = read(call)
    must_be_enabled(key)
    if key["KeySpec"] == "SYMMETRIC_DEFAULT" or key["KeySpec"].startswith("HMAC_"):
        text = f"{key['Arn']} key spec is {key['KeySpec']} which is not valid for GetPublicKey."
        raise AwsError("UnsupportedOperationException", text)
    shown = {member: key[member] for member in ("CustomerMasterKeySpec", "KeySpec", "KeyUsage")}
    use = material.MEMBERS[key["KeyUsage"]]
    return {"KeyId": key["Arn"], "PublicKey": material.public_der(material.private_of(key)), **shown, use: key[use]}


def derive_shared_secret(call: Call) -> Document:
    """ECDH with the other side's public key; both sides come to the same bytes."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    if call.get("Recipient"):
        return not_implemented(call)
    key = usable(call, "KEY_AGREEMENT")
    try:
        other: Any = load_der_public_key(call["PublicKey"])
        secret = material.private_of(key).exchange(ec.ECDH(), other)
    except (ValueError, TypeError) as error:
        raise invalid("The public key is not valid for the key spec of the KMS key.") from error
    found = {"KeyId": key["Arn"], "SharedSecret": secret, "KeyOrigin": key["Origin"]}
    return {**found, "KeyAgreementAlgorithm": call["KeyAgreementAlgorithm"]}
