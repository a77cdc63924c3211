"""JSON Web Tokens, signed and verified with given keys (RFC 7515, RFC 7517, RFC 7519)."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

Document = dict[str, Any]


def new_key(kid: str, alg: str) -> tuple[Document, str]:
    """The public part, as a JWKS shows it, and the private part, in PEM, of a new key; `alg` RS256 or ES384."""
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key: Any = rsa.generate_private_key(65537, 2048) if alg == "RS256" else ec.generate_private_key(ec.SECP384R1())
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    numbers = key.public_key().public_numbers()
    public = {"kid": kid, "alg": alg, "use": "sig"}
    if alg == "RS256":
        public |= {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}
    else:
        public |= {"kty": "EC", "crv": "P-384", "x": _number(numbers.x), "y": _number(numbers.y)}
    return public, text


def signed(public: Document, private: str, claims: Document) -> str:
    """The token with these claims, signed with a key of `new_key`."""
    header = {"kid": public["kid"], "typ": "JWT", "alg": public["alg"]}
    text = ".".join(_packed(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
    return f"{text}.{_packed(_signature(public['alg'], private, text.encode()))}"


def claims(token: str) -> Document:
    """What a token claims, whoever signed it; ValueError where it is none."""
    parts = token.split(".")
    if len(parts) != 3:
        raise ValueError("a token has three parts")
    found = json.loads(_unpacked(parts[1]))
    if not isinstance(found, dict):
        raise ValueError("claims are an object")
    return found


def is_signed(keys: list[Document], token: str) -> bool:
    """Whether one of these public keys, the one that the token names, verifies it."""
    text, _, signature = token.rpartition(".")
    try:
        header, given = json.loads(_unpacked(token.split(".")[0])), _unpacked(signature)
    except ValueError:
        return False
    named = [key for key in keys if key["kid"] == header.get("kid")]
    return bool(named) and named[0]["alg"] == header.get("alg") and _is_by(named[0], text.encode(), given)


def _packed(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")


def _unpacked(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _number(value: int) -> str:
    return _packed(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _signature(alg: str, private: str, text: bytes) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key: Any = load_pem_private_key(private.encode(), None)
    if alg == "RS256":
        return bytes(key.sign(text, padding.PKCS1v15(), hashes.SHA256()))
    r, s = utils.decode_dss_signature(key.sign(text, ec.ECDSA(hashes.SHA384())))
    return r.to_bytes(48, "big") + s.to_bytes(48, "big")


def _is_by(key: Document, text: bytes, signature: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

    at = {name: int.from_bytes(_unpacked(key[name]), "big") for name in ("n", "e", "x", "y") if name in key}
    try:
        if key["alg"] == "RS256":
            rsa.RSAPublicNumbers(at["e"], at["n"]).public_key().verify(
                signature, text, padding.PKCS1v15(), hashes.SHA256()
            )
        else:
            r, s = (int.from_bytes(half, "big") for half in (signature[:48], signature[48:]))
            public = ec.EllipticCurvePublicNumbers(at["x"], at["y"], ec.SECP384R1()).public_key()
            public.verify(utils.encode_dss_signature(r, s), text, ec.ECDSA(hashes.SHA384()))
    except InvalidSignature:
        return False
    return True
