"""Encrypting and decrypting, and the data keys that others encrypt with."""

from __future__ import annotations

from typing import Any

from fakeaws.core.pipeline.call import Call
from fakeaws.core.pipeline.enforcement import ask_for
from fakeaws.core.pipeline.handlers import not_implemented
from fakeaws.core.resources.places import drawn
from fakeaws.core.store.tables import Resource
from fakeaws.core.tools.errors import AwsError
from fakeaws.services.kms import material
from fakeaws.services.kms.resources import invalid, must_be_enabled, read, usable

Document = dict[str, Any]
SYMMETRIC = "SYMMETRIC_DEFAULT"
SIZES = {"AES_256": 32, "AES_128": 16}
USE = "ENCRYPT_DECRYPT"


def encrypt(call: Call) -> Document:
    key = usable(call, USE)
    algorithm = _algorithm(call, key, "EncryptionAlgorithm")
    blob = _encrypted(call, key, algorithm, call["Plaintext"], call.get("EncryptionContext", {}))
    return {"CiphertextBlob": blob, "KeyId": key["Arn"], "EncryptionAlgorithm": algorithm}


def decrypt(call: Call) -> Document:
    """A symmetric ciphertext names its key; where the caller names one as well, it has to be the same."""
    if call.get("Recipient"):
        return not_implemented(call)
    algorithm = call.get("EncryptionAlgorithm", SYMMETRIC)
    context = call.get("EncryptionContext", {})
    key, plaintext, used = _decrypted(call, call.get("KeyId"), algorithm, context)
    found = {"KeyId": key["Arn"], "Plaintext": plaintext, "EncryptionAlgorithm": algorithm}
    return {**found, **({"KeyMaterialId": used} if used else {})}


def re_encrypt(call: Call) -> Document:
    """Decrypts with one key and encrypts with another, and never shows the plaintext."""
    source = call.get("SourceEncryptionAlgorithm", SYMMETRIC)
    context = call.get("SourceEncryptionContext", {})
    old, plaintext, used = _decrypted(call, call.get("SourceKeyId"), source, context)
    key = usable(call, USE, call["DestinationKeyId"])
    algorithm = _algorithm(call, key, "DestinationEncryptionAlgorithm")
    blob = _encrypted(call, key, algorithm, plaintext, call.get("DestinationEncryptionContext", {}))
    found = {"CiphertextBlob": blob, "SourceKeyId": old["Arn"], "KeyId": key["Arn"]}
    found |= {"SourceEncryptionAlgorithm": source, "DestinationEncryptionAlgorithm": algorithm}
    found |= {"SourceKeyMaterialId": used} if used else {}
    current = key.get("CurrentKeyMaterialId")
    return {**found, **({"DestinationKeyMaterialId": current} if current else {})}


def _algorithm(call: Call, key: Resource, member: str) -> str:
    """The algorithm asked for, if the key has it."""
    algorithm = call.get(member, SYMMETRIC)
    if algorithm not in key["EncryptionAlgorithms"]:
        said = f"Algorithm {algorithm} and key spec {key['KeySpec']} are incompatible."
        raise AwsError("InvalidKeyUsageException", said)
    return str(algorithm)


def _encrypted(call: Call, key: Resource, algorithm: str, plaintext: bytes, context: Document) -> bytes:
    if algorithm == SYMMETRIC:
        return material.seal(call, key, plaintext, context)
    if context:
        raise invalid("EncryptionContext is not supported with asymmetric keys.")
    try:
        found: bytes = material.private_of(key).public_key().encrypt(plaintext, _padding(algorithm))
    except ValueError as error:
        raise invalid(f"Algorithm {algorithm} and key spec {key['KeySpec']} cannot encrypt data so long.") from error
    return found


def _decrypted(call: Call, named: str | None, algorithm: str, context: Document) -> Any:
    """The key, the plaintext, and the id of the material that it was encrypted with."""
    if "CiphertextBlob" not in call:
        raise invalid("CiphertextBlob is required.")
    blob = call["CiphertextBlob"]
    if algorithm != SYMMETRIC:
        return _decrypted_by_private(call, blob, named, algorithm)
    names = material.named_in(blob)
    if names is None:
        raise AwsError("InvalidCiphertextException", "")
    try:
        key = read(call, names[0])
    except AwsError as error:
        raise AwsError("InvalidCiphertextException", "") from error
    if named is not None and read(call, named)["Arn"] != key["Arn"]:
        text = "The key ID in the request does not identify a CMK that can perform this operation."
        raise AwsError("IncorrectKeyException", text)
    ask_for(call, key["Arn"])
    must_be_enabled(key)
    plaintext = material.opened(key, names[1], blob, context)
    if plaintext is None:
        raise AwsError("InvalidCiphertextException", "")
    return key, plaintext, names[1]


def _decrypted_by_private(call: Call, blob: bytes, named: str | None, algorithm: str) -> Any:
    if named is None:
        raise invalid("The KeyId parameter is required when decrypting with an asymmetric key.")
    key = usable(call, USE, named)
    if algorithm not in key["EncryptionAlgorithms"]:
        said = f"Algorithm {algorithm} and key spec {key['KeySpec']} are incompatible."
        raise AwsError("InvalidKeyUsageException", said)
    try:
        return key, material.private_of(key).decrypt(blob, _padding(algorithm)), None
    except ValueError as error:
        raise AwsError("InvalidCiphertextException", "") from error


def _padding(algorithm: str) -> Any:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    digest = hashes.SHA1() if algorithm.endswith("SHA_1") else hashes.SHA256()
    return padding.OAEP(mgf=padding.MGF1(digest), algorithm=digest, label=None)


# Data keys


def generate_data_key(call: Call) -> Document:
    """A key to encrypt with outside of KMS: once as it is, and once encrypted, to be kept."""
    if call.get("Recipient"):
        return not_implemented(call)
    key, plaintext, blob = _data_key(call)
    return {"CiphertextBlob": blob, "Plaintext": plaintext, "KeyId": key["Arn"], **_material_id(key)}


def generate_data_key_without_plaintext(call: Call) -> Document:
    key, _, blob = _data_key(call)
    return {"CiphertextBlob": blob, "KeyId": key["Arn"], **_material_id(key)}


def _data_key(call: Call) -> tuple[Resource, bytes, bytes]:
    spec, size = call.get("KeySpec"), call.get("NumberOfBytes")
    if (spec is None) == (size is None):
        raise invalid("Please specify either number of bytes or key spec.")
    key = _wrapping(call)
    plaintext = drawn(call, SIZES[spec] if spec else size)
    return key, plaintext, material.seal(call, key, plaintext, call.get("EncryptionContext", {}))


def _wrapping(call: Call) -> Resource:
    """The symmetric key that data keys are encrypted with."""
    key = usable(call, USE)
    if key["KeySpec"] != SYMMETRIC:
        said = f"{key['Arn']} key spec is {key['KeySpec']} which is not valid for {call.operation.name}."
        raise AwsError("InvalidKeyUsageException", said)
    return key


def _material_id(key: Resource) -> Document:
    return {"KeyMaterialId": key["CurrentKeyMaterialId"]}


def generate_data_key_pair(call: Call) -> Document:
    if call.get("Recipient"):
        return not_implemented(call)
    answer, private = _pair(call)
    return {**answer, "PrivateKeyPlaintext": private} if private else answer


def generate_data_key_pair_without_plaintext(call: Call) -> Document:
    return _pair(call)[0]


def _pair(call: Call) -> tuple[Document, bytes]:
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    spec = call["KeyPairSpec"]
    if not material.is_known(spec):
        return not_implemented(call), b""
    key = _wrapping(call)
    private = call.outside(material.new_private, spec)
    blob = material.seal(call, key, private, call.get("EncryptionContext", {}))
    public = material.public_der(load_der_private_key(private, None))
    found = {"PrivateKeyCiphertextBlob": blob, "PublicKey": public, "KeyId": key["Arn"], "KeyPairSpec": spec}
    return {**found, **_material_id(key)}, private


def generate_random(call: Call) -> Document:
    if call.get("Recipient") or call.get("CustomKeyStoreId"):
        return not_implemented(call)
    if "NumberOfBytes" not in call:
        raise invalid("NumberOfBytes is required.")
    return {"Plaintext": drawn(call, call["NumberOfBytes"])}
