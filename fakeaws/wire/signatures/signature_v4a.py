"""Signature Version 4A: as Version 4, but signed with a key on the curve P-256, which is derived from the secret.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html; the derivation is that of NIST SP 800-108 in
counter mode over HMAC-SHA256, as https://github.com/awslabs/aws-c-auth has it.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

ALGORITHM = "AWS4-ECDSA-P256-SHA256"
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_BITS = 256


@lru_cache(maxsize=64)
def key_of(access_key: str, secret: str) -> EllipticCurvePrivateKey:
    """The key with which the owner of an access key signs: the first candidate that is within the curve's order."""
    from cryptography.hazmat.primitives.asymmetric import ec

    for counter in range(1, 255):
        context = access_key.encode() + bytes([counter])
        fixed = (1).to_bytes(4, "big") + ALGORITHM.encode() + b"\0" + context + _BITS.to_bytes(4, "big")
        candidate = int.from_bytes(hmac.new(("AWS4A" + secret).encode(), fixed, hashlib.sha256).digest(), "big")
        if candidate <= _ORDER - 2:
            return ec.derive_private_key(candidate + 1, ec.SECP256R1())
    raise AssertionError("no key in 254 attempts, each of which fails once in 2**32")


def is_signature(text: str, signature: str, access_key: str, secret: str) -> bool:
    """Whether a signature, in hexadecimal, is that of a text."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    public = key_of(access_key, secret).public_key()
    try:
        public.verify(bytes.fromhex(signature.rstrip("*")), text.encode(), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True
