"""JSON Web Tokens: those that this cloud's issuers sign, and what can be said of others' (RFC 7515, RFC 7519).

An issuer's keys are in the note `NOTE`: its private keys are sealed, its public ones are what a JWKS shows.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any

from fakeaws.core.store.database import Database
from fakeaws.core.tools import ids
from fakeaws.core.tools.sealing import seal, unseal

Document = dict[str, Any]
NOTE = "jwks {issuer}"


def issue(database: Database, chance: Callable[[int], bytes], issuer: str, claims: Document, alg: str = "RS256") -> str:
    """A token signed by an issuer of this cloud, whose key is made when it is first needed; `alg` RS256 or ES384."""
    key = _key(database, chance, issuer, alg)
    header = {"kid": key["kid"], "typ": "JWT", "alg": alg}
    signed = ".".join(_packed(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
    return f"{signed}.{_packed(_signature(database, key, signed.encode()))}"


def is_issuer(database: Database, issuer: str) -> bool:
    """Whether this cloud holds the keys of an issuer."""
    return database.note(NOTE.format(issuer=issuer)) is not None


def published(database: Database, issuer: str) -> Document:
    """The JWKS of an issuer of this cloud."""
    held = database.note(NOTE.format(issuer=issuer)) or {"keys": []}
    return {"keys": [key["public"] for key in held["keys"]]}


def claims(token: str) -> Document:
    """What a token claims, whoever signed it; ValueError where it is none."""
    parts = token.split(".")
    if len(parts) != 3:
        raise ValueError("a token has three parts")
    found = json.loads(_unpacked(parts[1]))
    if not isinstance(found, dict):
        raise ValueError("claims are an object")
    return found


def is_signed(database: Database, issuer: str, token: str) -> bool:
    """Whether an issuer of this cloud signed a token."""
    signed, _, signature = token.rpartition(".")
    try:
        header, given = json.loads(_unpacked(token.split(".")[0])), _unpacked(signature)
    except ValueError:
        return False
    keys = [key for key in published(database, issuer)["keys"] if key["kid"] == header.get("kid")]
    return bool(keys) and keys[0]["alg"] == header.get("alg") and _is_by(keys[0], signed.encode(), given)


def _packed(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")


def _unpacked(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _number(value: int) -> str:
    return _packed(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _key(database: Database, chance: Callable[[int], bytes], issuer: str, alg: str) -> Document:
    name = NOTE.format(issuer=issuer)
    held = database.note(name) or {"keys": []}
    found: Document | None = next((key for key in held["keys"] if key["public"]["alg"] == alg), None)
    if found is None:
        found = _made(database, chance, alg)
        held["keys"].append(found)
        database.keep_note(name, held)
    return {**found, "kid": found["public"]["kid"]}


def _made(database: Database, chance: Callable[[int], bytes], alg: str) -> Document:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key: Any = rsa.generate_private_key(65537, 2048) if alg == "RS256" else ec.generate_private_key(ec.SECP384R1())
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    numbers = key.public_key().public_numbers()
    public = {"kid": ids.uuid(chance), "alg": alg, "use": "sig"}
    if alg == "RS256":
        public |= {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}
    else:
        public |= {"kty": "EC", "crv": "P-384", "x": _number(numbers.x), "y": _number(numbers.y)}
    return {"public": public, "private": seal(database, text)}


def _signature(database: Database, key: Document, text: bytes) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    private: Any = load_pem_private_key(unseal(database, key["private"]).encode(), None)
    if key["public"]["alg"] == "RS256":
        return bytes(private.sign(text, padding.PKCS1v15(), hashes.SHA256()))
    r, s = utils.decode_dss_signature(private.sign(text, ec.ECDSA(hashes.SHA384())))
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
